package dev.drover.headnode;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.SocketTimeoutException;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Bytes from one thread to another. The writer waits only when the reader is more than the limit
 * behind; the reader may wait with a timeout, as on a socket. Closed from either side: what is
 * there can still be read, and a write fails.
 */
final class ByteQueue {
  private final int limit;
  private final Deque<byte[]> chunks = new ArrayDeque<>();
  private int readOfFirst;
  private int waiting;
  private boolean closed;

  /**
   * An empty one.
   *
   * @param limit in bytes
   */
  ByteQueue(int limit) {
    this.limit = limit;
  }

  /** The writing end; closing it closes the queue. */
  OutputStream writer() {
    return new OutputStream() {
      @Override
      public void write(int b) throws IOException {
        put(new byte[] {(byte) b}, 0, 1);
      }

      @Override
      public void write(byte[] bytes, int from, int count) throws IOException {
        put(bytes, from, count);
      }

      @Override
      public void close() {
        ByteQueue.this.close();
      }
    };
  }

  /** A source of timeouts in milliseconds; zero = without end. */
  interface Timeout {
    int millis() throws IOException;
  }

  /** The reading end; a read that lasts longer throws {@link SocketTimeoutException}. */
  InputStream reader(Timeout timeout) {
    return new InputStream() {
      @Override
      public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
      }

      @Override
      public int read(byte[] into, int from, int count) throws IOException {
        return take(into, from, count, timeout.millis());
      }

      @Override
      public void close() {
        ByteQueue.this.close();
      }
    };
  }

  private synchronized void put(byte[] bytes, int from, int count) throws IOException {
    while (!closed && waiting > limit) {
      await(0);
    }
    if (closed) {
      throw new IOException("closed");
    }
    if (count > 0) {
      byte[] chunk = new byte[count];
      System.arraycopy(bytes, from, chunk, 0, count);
      chunks.add(chunk);
      waiting += count;
      notifyAll();
    }
  }

  private synchronized int take(byte[] into, int from, int count, int timeout) throws IOException {
    if (count == 0) {
      return 0;
    }
    long end = System.nanoTime() + timeout * 1_000_000L;
    while (chunks.isEmpty() && !closed) {
      long left = timeout == 0 ? 0 : (end - System.nanoTime()) / 1_000_000;
      if (timeout > 0 && left <= 0) {
        throw new SocketTimeoutException("nothing came in " + timeout + " ms");
      }
      await(left);
    }
    if (chunks.isEmpty()) {
      return -1;
    }
    byte[] first = chunks.peek();
    int taken = Math.min(count, first.length - readOfFirst);
    System.arraycopy(first, readOfFirst, into, from, taken);
    readOfFirst += taken;
    waiting -= taken;
    if (readOfFirst == first.length) {
      chunks.remove();
      readOfFirst = 0;
    }
    notifyAll();
    return taken;
  }

  private void await(long millis) throws IOException {
    try {
      wait(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  private synchronized void close() {
    closed = true;
    notifyAll();
  }
}
