package dev.drover.journal;

/**
 * What a reading of a journal came upon.
 *
 * @param entries lines that were understood
 * @param skippedEntries lines of a type that a newer minor version added
 * @param skippedKeys keys that a newer minor version added to lines of a known type
 * @param wholeBytes length of the file up to the end of its last whole line
 * @param tornBytes bytes after that: a line whose writing was cut off, or is under way; 0 = none
 */
public record JournalSummary(
    long entries, long skippedEntries, long skippedKeys, long wholeBytes, long tornBytes) {

  /** Whether the last line was cut off, as by a crash in mid-write. */
  public boolean isTorn() {
    return tornBytes > 0;
  }
}
