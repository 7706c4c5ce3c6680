package dev.drover.classpath;

import dev.drover.worker.FileHashes;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.time.LocalDateTime;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * Packs a directory of classes into a jar whose bytes depend only on the files' names and content.
 * The jar is kept under a fingerprint of names, sizes and times, and made again when that changed.
 */
final class DirectoryPacker {
  private final Path directory;

  /**
   * @param directory where the jars are kept; made with permissions 0700
   */
  DirectoryPacker(Path directory) {
    this.directory = directory;
  }

  Path pack(Path classes) throws IOException {
    List<Path> files = filesOf(classes);
    Path jar = directory.resolve(fingerprint(classes, files) + ".jar");
    if (Files.isRegularFile(jar)) {
      return jar;
    }
    if (!Files.isDirectory(directory)) {
      Files.createDirectories(
          directory,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    }
    Path temporary = Files.createTempFile(directory, "pack", ".part");
    try {
      write(classes, files, temporary);
      return Files.move(temporary, jar, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(temporary);
    }
  }

  private static List<Path> filesOf(Path classes) throws IOException {
    try (Stream<Path> walk = Files.walk(classes)) {
      return walk.filter(Files::isRegularFile)
          .map(classes::relativize)
          .sorted((a, b) -> nameOf(a).compareTo(nameOf(b)))
          .toList();
    }
  }

  private static String fingerprint(Path classes, List<Path> files) throws IOException {
    MessageDigest digest = FileHashes.newDigest();
    digest.update(classes.toRealPath().toString().getBytes(StandardCharsets.UTF_8));
    for (Path file : files) {
      BasicFileAttributes attributes =
          Files.readAttributes(classes.resolve(file), BasicFileAttributes.class);
      String line =
          "\n%s %d %d %s"
              .formatted(
                  nameOf(file),
                  attributes.size(),
                  attributes.lastModifiedTime().to(TimeUnit.NANOSECONDS),
                  attributes.fileKey());
      digest.update(line.getBytes(StandardCharsets.UTF_8));
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  private static void write(Path classes, List<Path> files, Path target) throws IOException {
    try (OutputStream out = Files.newOutputStream(target);
        ZipOutputStream zip = new ZipOutputStream(out)) {
      for (Path file : files) {
        ZipEntry entry = new ZipEntry(nameOf(file));
        entry.setTimeLocal(LocalDateTime.of(2000, 1, 1, 0, 0));
        zip.putNextEntry(entry);
        Files.copy(classes.resolve(file), zip);
        zip.closeEntry();
      }
    }
  }

  private static String nameOf(Path relative) {
    return relative.toString().replace('\\', '/');
  }
}
