package dev.drover.process;

import java.nio.file.Path;
import java.util.Objects;

/**
 * Where a child's stdout or stderr goes.
 *
 * @param path the file, made when missing; a relative one is taken from the child's directory
 * @param append whether what the file holds already is kept
 */
public record Output(Path path, boolean append) {
  /** Nowhere. */
  public static final Output DISCARD = new Output(Path.of("/dev/null"), true);

  public Output {
    Objects.requireNonNull(path, "path");
  }

  /** Into this file, emptied first. */
  public static Output truncate(Path path) {
    return new Output(path, false);
  }

  /** To the end of this file. */
  public static Output append(Path path) {
    return new Output(path, true);
  }

  Output from(Path directory) {
    return path.isAbsolute() ? this : new Output(directory.resolve(path), append);
  }
}
