package dev.drover.protocol;

import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/**
 * Messages of frames over a stream socket: {@code count(4) length(4)… bytes…}, big-endian. Works on
 * a blocking and on a non-blocking channel. One thread reads and one writes; they may differ.
 */
public final class FrameChannel implements Closeable {
  private static final int MOST_FRAMES = 1 << 16;
  private static final int READ_BYTES = 64 * 1024;

  /**
   * Most bytes of one read or write: the JDK copies all that it is offered, however little the
   * socket takes.
   */
  private static final int SLICE_BYTES = 256 * 1024;

  /** Room that is made on the word of a header; more is made as the bytes come. */
  private static final int TRUSTED_BYTES = 16 << 20;

  private final SocketChannel channel;
  private final ArrayDeque<ByteBuffer> unwritten = new ArrayDeque<>();
  private ByteBuffer unread = ByteBuffer.allocate(READ_BYTES).flip();

  public FrameChannel(SocketChannel channel) {
    this.channel = channel;
  }

  public SocketChannel channel() {
    return channel;
  }

  /** Queues a message and writes as much as the socket takes. */
  public void write(List<byte[]> frames) throws IOException {
    ByteBuffer header = ByteBuffer.allocate(4 + 4 * frames.size());
    header.putInt(frames.size());
    long bytes = 0;
    for (byte[] frame : frames) {
      header.putInt(frame.length);
      bytes += frame.length;
    }
    header.flip();
    if (bytes < READ_BYTES) {
      ByteBuffer whole = ByteBuffer.allocate(header.remaining() + (int) bytes).put(header);
      frames.forEach(whole::put);
      unwritten.add(whole.flip());
    } else {
      unwritten.add(header);
      frames.forEach(frame -> unwritten.add(ByteBuffer.wrap(frame)));
    }
    flush();
  }

  /** Writes what is left; false = some still is. */
  public boolean flush() throws IOException {
    while (!unwritten.isEmpty()) {
      long written = writeSlice();
      while (!unwritten.isEmpty() && !unwritten.peekFirst().hasRemaining()) {
        unwritten.pollFirst();
      }
      if (written == 0 && !unwritten.isEmpty() && !channel.isBlocking()) {
        return false;
      }
    }
    return true;
  }

  private long writeSlice() throws IOException {
    ByteBuffer first = unwritten.peekFirst();
    if (first.remaining() > SLICE_BYTES) {
      int written = channel.write(first.slice().limit(SLICE_BYTES));
      first.position(first.position() + written);
      return written;
    }
    List<ByteBuffer> slice = new ArrayList<>();
    long bytes = 0;
    for (ByteBuffer buffer : unwritten) {
      bytes += buffer.remaining();
      if (bytes > SLICE_BYTES) {
        break;
      }
      slice.add(buffer);
    }
    return channel.write(slice.toArray(ByteBuffer[]::new));
  }

  /** Whether a write is unfinished. */
  public boolean isWriting() {
    return !unwritten.isEmpty();
  }

  /**
   * The next message; null = no whole one is there yet (non-blocking channels only).
   *
   * @throws EOFException when the peer has closed
   */
  public List<byte[]> read() throws IOException, ProtocolException {
    while (true) {
      List<byte[]> message = parse();
      if (message != null) {
        return message;
      }
      int count = readSlice();
      if (count < 0) {
        throw new EOFException("the peer has closed");
      }
      if (count == 0) {
        return null;
      }
    }
  }

  private int readSlice() throws IOException {
    if (unread.position() > 0 && (!unread.hasRemaining() || unread.limit() == unread.capacity())) {
      unread.compact().flip();
    }
    int end = unread.limit();
    ByteBuffer free = unread.duplicate();
    free.limit(Math.min(unread.capacity(), end + SLICE_BYTES)).position(end);
    int count = channel.read(free);
    unread.limit(free.position());
    return count;
  }

  private List<byte[]> parse() throws ProtocolException {
    int at = unread.position();
    if (unread.remaining() < 4) {
      return null;
    }
    int count = unread.getInt(at);
    if (count < 1 || count > MOST_FRAMES) {
      throw new ProtocolException("a message of " + count + " frames");
    }
    if (unread.remaining() < 4 + 4 * count) {
      reserve(4 + 4 * count);
      return null;
    }
    long total = 4 + 4L * count;
    for (int i = 0; i < count; i++) {
      int length = unread.getInt(at + 4 + 4 * i);
      if (length < 0) {
        throw new ProtocolException("a frame of " + length + " bytes");
      }
      total += length;
    }
    if (total > Integer.MAX_VALUE - 16) {
      throw new ProtocolException("a message of " + total + " bytes");
    }
    if (unread.remaining() < total) {
      reserve((int) total);
      return null;
    }
    List<byte[]> frames = new ArrayList<>(count);
    unread.position(at + 4 + 4 * count);
    for (int i = 0; i < count; i++) {
      byte[] frame = new byte[unread.getInt(at + 4 + 4 * i)];
      unread.get(frame);
      frames.add(frame);
    }
    if (!unread.hasRemaining() && unread.capacity() > READ_BYTES) {
      unread = ByteBuffer.allocate(READ_BYTES).flip();
    }
    return frames;
  }

  private void reserve(int bytes) {
    int capacity = unread.capacity();
    int trusted = Math.min(bytes, TRUSTED_BYTES);
    if (capacity < trusted) {
      unread = ByteBuffer.allocate(trusted).put(unread).flip();
    } else if (unread.remaining() == capacity) {
      unread = ByteBuffer.allocate((int) Math.min(bytes, 2L * capacity)).put(unread).flip();
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
