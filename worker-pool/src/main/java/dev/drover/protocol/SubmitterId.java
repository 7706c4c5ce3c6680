package dev.drover.protocol;

import java.util.Objects;

/**
 * Names one submitting process of a run, however often it connects; another process of the same run
 * has another.
 */
public record SubmitterId(String value) {
  public SubmitterId {
    Objects.requireNonNull(value);
    if (value.isEmpty() || value.length() > 64) {
      throw new IllegalArgumentException("a submitter's id has 1 to 64 characters");
    }
  }

  @Override
  public String toString() {
    return value;
  }
}
