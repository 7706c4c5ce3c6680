package dev.drover.headnode;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Keeps the last part of what is added to it. Safe on any thread; nothing here blocks. */
final class TailBuffer {
  private final int limit;

  /** A ring once {@code total} exceeds its length, which then is the limit. */
  private byte[] kept = new byte[8192];

  private long total;

  /**
   * An empty one.
   *
   * @param limit how many bytes to keep at most; at least 8192
   */
  TailBuffer(int limit) {
    this.limit = limit;
  }

  synchronized void add(byte[] bytes, int from, int count) {
    if (total + count > kept.length && kept.length < limit) {
      kept = Arrays.copyOf(kept, (int) Math.min(limit, Math.max(2L * kept.length, total + count)));
    }
    for (int done = 0; done < count; ) {
      int at = (int) ((total + done) % kept.length);
      int run = Math.min(count - done, kept.length - at);
      System.arraycopy(bytes, from + done, kept, at, run);
      done += run;
    }
    total += count;
  }

  /** What was kept, as UTF-8, from a line's beginning; bytes that are none become U+FFFD. */
  synchronized String text() {
    if (total <= kept.length) {
      return new String(kept, 0, (int) total, StandardCharsets.UTF_8);
    }
    int start = (int) (total % kept.length);
    byte[] inOrder = new byte[kept.length];
    System.arraycopy(kept, start, inOrder, 0, kept.length - start);
    System.arraycopy(kept, 0, inOrder, kept.length - start, start);
    String tail = new String(inOrder, StandardCharsets.UTF_8);
    // A line without its beginning could be taken for another.
    return tail.substring(tail.indexOf('\n') + 1);
  }
}
