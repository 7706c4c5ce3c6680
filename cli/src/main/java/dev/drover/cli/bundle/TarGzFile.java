package dev.drover.cli.bundle;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;

/**
 * A tarball in the making (ustar, gzip). Its bytes depend on names, contents and the owner's
 * permissions alone: all belongs to root and has one time. One thread.
 */
final class TarGzFile implements AutoCloseable {
  /** The time of all that is in it; GNU tar warns of 1970. */
  static final FileTime TIME = FileTime.fromMillis(315_532_800_000L); // 1980

  private static final int BLOCK = 512;
  private static final int LONGEST_NAME = 100;
  private static final int EXECUTABLE = 0755;

  private final OutputStream out;

  TarGzFile(Path file) throws IOException {
    out =
        new BufferedOutputStream(
            new GZIPOutputStream(Files.newOutputStream(file), 1 << 16), 1 << 16);
  }

  void directory(String name) throws IOException {
    header(name + "/", '5', EXECUTABLE, 0, "");
  }

  void executable(String name, byte[] content) throws IOException {
    header(name, '0', EXECUTABLE, content.length, "");
    out.write(content);
    pad(content.length);
  }

  void file(String name, Path file) throws IOException {
    long size = Files.size(file);
    header(name, '0', Files.isExecutable(file) ? EXECUTABLE : 0644, size, "");
    if (Files.copy(file, out) != size) {
      throw new IOException(file + " was changed while it was packed");
    }
    pad(size);
  }

  /** A directory with all below it; links stay links. */
  void tree(String name, Path directory) throws IOException {
    directory(name);
    List<Path> entries;
    try (Stream<Path> listed = Files.list(directory)) {
      entries = listed.sorted().toList();
    }
    for (Path entry : entries) {
      String entryName = name + "/" + entry.getFileName();
      if (Files.isSymbolicLink(entry)) {
        header(entryName, '2', 0777, 0, Files.readSymbolicLink(entry).toString());
      } else if (Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS)) {
        tree(entryName, entry);
      } else {
        file(entryName, entry);
      }
    }
  }

  private void header(String name, char type, int mode, long size, String target)
      throws IOException {
    int slash = name.length() <= LONGEST_NAME ? -1 : name.indexOf('/', name.length() - 101);
    slash = slash == name.length() - 1 ? -1 : slash; // a directory's own
    byte[] block = new byte[BLOCK];
    put(block, 0, name.substring(slash + 1), LONGEST_NAME);
    put(block, 100, "%07o".formatted(mode), 8);
    put(block, 108, "0000000", 8); // root's
    put(block, 116, "0000000", 8);
    put(block, 124, "%011o".formatted(size), 12);
    put(block, 136, "%011o".formatted(TIME.toMillis() / 1000), 12);
    put(block, 148, "        ", 8); // the checksum counts as blanks
    block[156] = (byte) type;
    put(block, 157, target, LONGEST_NAME);
    put(block, 257, "ustar", 6);
    put(block, 263, "00", 2);
    put(block, 345, slash < 0 ? "" : name.substring(0, slash), 155);
    int sum = 0;
    for (byte each : block) {
      sum += each & 0xff;
    }
    put(block, 148, "%06o\0".formatted(sum), 8);
    out.write(block);
  }

  private static void put(byte[] block, int at, String text, int room) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    if (bytes.length > room) {
      throw new IOException("'" + text + "' is too long a name for a tarball");
    }
    System.arraycopy(bytes, 0, block, at, bytes.length);
  }

  private void pad(long size) throws IOException {
    out.write(new byte[(int) (-size & (BLOCK - 1))]);
  }

  @Override
  public void close() throws IOException {
    out.write(new byte[2 * BLOCK]);
    out.close();
  }
}
