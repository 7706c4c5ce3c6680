package dev.drover.headnode;

import java.io.IOException;
import java.io.InputStream;

/**
 * Reads a stream to its end on a thread of its own, so that the writer never blocks, and keeps the
 * last part. Any thread may ask for the text at any time.
 */
final class OutputTail {
  private final InputStream stream;
  private final TailBuffer tail;
  private final Thread reader;

  /**
   * Starts to read.
   *
   * @param limit how many bytes to keep at most; at least 8192
   */
  OutputTail(InputStream stream, int limit, String threadName) {
    this.stream = stream;
    this.tail = new TailBuffer(limit);
    this.reader = new Thread(this::drain, threadName);
    reader.setDaemon(true);
    reader.start();
  }

  private void drain() {
    byte[] chunk = new byte[8192];
    try (stream) {
      for (int count = stream.read(chunk); count >= 0; count = stream.read(chunk)) {
        tail.add(chunk, 0, count);
      }
    } catch (IOException closed) {
      // The process was killed and its stream closed: what came so far is the output.
    }
  }

  /** Waits for the end of the stream, for at most so many milliseconds. */
  void awaitEnd(long millis) throws InterruptedException {
    reader.join(millis);
  }

  /** What was kept, as UTF-8; bytes that are none become U+FFFD. */
  String text() {
    return tail.text();
  }
}
