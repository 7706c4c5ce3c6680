package dev.drover.task;

import java.util.Objects;

/**
 * Where the captured output of one attempt lies: {@code length} bytes from {@code offset} of a
 * file.
 *
 * @param file path; relative ones are relative to the run directory
 */
public record OutputRange(String file, long offset, long length) {
  /** The task wrote nothing. */
  public static final OutputRange NOTHING = new OutputRange("", 0, 0);

  public OutputRange {
    Objects.requireNonNull(file);
    if (offset < 0 || length < 0) {
      throw new IllegalArgumentException("offset " + offset + ", length " + length);
    }
  }

  public boolean isNothing() {
    return length == 0 && file.isEmpty();
  }
}
