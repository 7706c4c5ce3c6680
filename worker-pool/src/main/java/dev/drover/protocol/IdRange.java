package dev.drover.protocol;

/**
 * Tasks whose ids follow each other.
 *
 * @param first at least 1
 * @param last included
 */
public record IdRange(long first, long last) {
  public IdRange {
    if (first < 1 || last < first) {
      throw new IllegalArgumentException("tasks " + first + " to " + last);
    }
  }
}
