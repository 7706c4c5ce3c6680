package dev.drover.task;

import java.util.Objects;

/**
 * One jar of a task's classpath.
 *
 * @param path where the submitting side has it; used on the node when a file of the same content is
 *     there too
 * @param sha256 hash of its content, lower-case hex
 * @param size bytes
 */
public record ClasspathEntry(String path, String sha256, long size) {
  public ClasspathEntry {
    Objects.requireNonNull(path);
    if (!sha256.matches("[0-9a-f]{64}")) {
      throw new IllegalArgumentException("not a SHA-256 hash: " + sha256);
    }
    if (size < 0) {
      throw new IllegalArgumentException("a file cannot have " + size + " bytes");
    }
  }
}
