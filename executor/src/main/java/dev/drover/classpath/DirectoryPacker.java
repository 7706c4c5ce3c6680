package dev.drover.classpath;

import dev.drover.worker.FileHashes;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;
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

  /** All but run directories: where "." is on the class path, it holds those of earlier runs. */
  private static List<Path> filesOf(Path classes) throws IOException {
    List<Path> files = new ArrayList<>();
    Files.walkFileTree(
        classes,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
            return !folder.equals(classes) && isForeign(folder)
                ? FileVisitResult.SKIP_SUBTREE
                : FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            if (Files.isRegularFile(file)) { // a link to one, too
              files.add(classes.relativize(file));
            }
            return FileVisitResult.CONTINUE;
          }
        });
    files.sort(Comparator.comparing(DirectoryPacker::nameOf));
    return files;
  }

  private static boolean isForeign(Path folder) {
    boolean isRun =
        Files.exists(folder.resolve("lock")) && Files.isDirectory(folder.resolve("keys"));
    return isRun || folder.getFileName().toString().equals(".git");
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
