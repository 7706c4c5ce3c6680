package dev.drover.journal;

/**
 * Reads the type and the first numbers of a line without parsing the rest, which is many times
 * faster: {@code id} stands right after {@code t}, and {@code n} and {@code i} of an acceptance
 * right after that. Used by one thread; reused for every line.
 */
final class LineStart {
  private static final byte[] ID = JournalEncoder.key("id");
  private static final byte[] COUNT = JournalEncoder.key("n");
  private static final byte[] INDEX = JournalEncoder.key("i");

  /** More digits than these might not fit. */
  private static final int MOST_DIGITS = 18;

  private byte[] bytes;
  private int at;
  private int end;
  private long number;

  /** Begins a line; false when it cannot be whole, so that only a parser can judge it. */
  boolean begin(byte[] newBytes, int from, int length) {
    bytes = newBytes;
    at = from;
    end = from + length;
    return length > 0 && bytes[end - 1] == '}';
  }

  /** Whether the line is of the type that {@code open} begins; moves on behind it. */
  boolean is(byte[] open) {
    return skip(open);
  }

  /** The number of this key when it comes next, else {@code none}; moves on behind it. */
  private long next(byte[] key, long none) {
    return skip(key) && digits() ? number : none;
  }

  /** Its id; 0 = it is not where it should be. */
  long id() {
    return next(ID, 0);
  }

  /** How many tasks it accepts. */
  long count() {
    return next(COUNT, 1);
  }

  /** Index of the first of them; -1 = none. */
  long index() {
    return next(INDEX, -1);
  }

  private boolean skip(byte[] expected) {
    if (end - at < expected.length) {
      return false;
    }
    for (int i = 0; i < expected.length; i++) {
      if (bytes[at + i] != expected[i]) {
        return false;
      }
    }
    at += expected.length;
    return true;
  }

  private boolean digits() {
    int from = at;
    number = 0;
    while (at < end && bytes[at] >= '0' && bytes[at] <= '9' && at - from < MOST_DIGITS) {
      number = number * 10 + bytes[at++] - '0';
    }
    return at > from && at < end && (bytes[at] == ',' || bytes[at] == '}');
  }
}
