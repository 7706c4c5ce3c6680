package dev.drover.headnode;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Reads a stream to its end on a thread of its own, so that the writer never blocks, and keeps the
 * last part. Any thread may ask for the text at any time.
 */
final class OutputTail {
  private final InputStream stream;
  private final int limit;
  private final Thread reader;

  /** A ring once {@code total} exceeds its length, which then is the limit. */
  private byte[] kept = new byte[8192];

  private long total;

  /**
   * Starts to read.
   *
   * @param limit how many bytes to keep at most; at least 8192
   */
  OutputTail(InputStream stream, int limit, String threadName) {
    this.stream = stream;
    this.limit = limit;
    this.reader = new Thread(this::drain, threadName);
    reader.setDaemon(true);
    reader.start();
  }

  private void drain() {
    byte[] chunk = new byte[8192];
    try (stream) {
      for (int count = stream.read(chunk); count >= 0; count = stream.read(chunk)) {
        add(chunk, count);
      }
    } catch (IOException closed) {
      // The process was killed and its stream closed: what came so far is the output.
    }
  }

  private synchronized void add(byte[] chunk, int count) {
    if (total + count > kept.length && kept.length < limit) {
      kept = Arrays.copyOf(kept, (int) Math.min(limit, Math.max(2L * kept.length, total + count)));
    }
    for (int done = 0; done < count; ) {
      int at = (int) ((total + done) % kept.length);
      int run = Math.min(count - done, kept.length - at);
      System.arraycopy(chunk, done, kept, at, run);
      done += run;
    }
    total += count;
  }

  /** Waits for the end of the stream, for at most so many milliseconds. */
  void awaitEnd(long millis) throws InterruptedException {
    reader.join(millis);
  }

  /** What was kept, as UTF-8; bytes that are none become U+FFFD. */
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
