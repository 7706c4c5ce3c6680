package dev.drover.protocol;

import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
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

  /** Room that is made for a frame on the word of a header; more is made as the bytes come. */
  private static final int TRUSTED_BYTES = 16 << 20;

  /**
   * Room that the system is asked for in the socket; it grants no more than {@code
   * net.core.wmem_max}. A write that does not fit has its thread woken several times while the peer
   * reads, which cost more than twice the CPU of all else that is done to a payload.
   */
  private static final int SOCKET_BYTES = 4 << 20;

  private final SocketChannel channel;
  private final ArrayDeque<ByteBuffer> unwritten = new ArrayDeque<>();
  private ByteBuffer unread = ByteBuffer.allocate(READ_BYTES).flip();
  private Incoming incoming;

  public FrameChannel(SocketChannel channel) throws IOException {
    this.channel = channel;
    channel.setOption(StandardSocketOptions.SO_SNDBUF, SOCKET_BYTES);
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
      if (incoming == null) {
        incoming = readHeader();
      }
      if (incoming != null && incoming.take(unread)) {
        List<byte[]> message = incoming.frames;
        incoming = null;
        return message;
      }
      int count = incoming == null ? fillUnread() : incoming.readFrom(channel);
      if (count < 0) {
        throw new EOFException("the peer has closed");
      }
      if (count == 0) {
        return null;
      }
    }
  }

  /** The head of the next message; null = it is not all there yet. */
  private Incoming readHeader() throws ProtocolException {
    int at = unread.position();
    if (unread.remaining() < 4) {
      return null;
    }
    int count = unread.getInt(at);
    if (count < 1 || count > MOST_FRAMES) {
      throw new ProtocolException("a message of " + count + " frames");
    }
    if (unread.remaining() < 4 + 4 * count) {
      if (unread.capacity() < 4 + 4 * count) {
        unread = ByteBuffer.allocate(4 + 4 * count).put(unread).flip();
      }
      return null;
    }
    int[] lengths = new int[count];
    long total = 0;
    for (int i = 0; i < count; i++) {
      lengths[i] = unread.getInt(at + 4 + 4 * i);
      if (lengths[i] < 0) {
        throw new ProtocolException("a frame of " + lengths[i] + " bytes");
      }
      total += lengths[i];
    }
    if (total > Integer.MAX_VALUE - 16) {
      throw new ProtocolException("a message of " + total + " bytes");
    }
    unread.position(at + 4 + 4 * count);
    return new Incoming(lengths);
  }

  private int fillUnread() throws IOException {
    unread.compact();
    int count = channel.read(unread);
    unread.flip();
    return count;
  }

  /** A message whose head was read, and as much of its frames as came; no byte is copied twice. */
  private static final class Incoming {
    final List<byte[]> frames;
    private final int[] lengths;
    private byte[] frame;
    private int filled;

    Incoming(int[] lengths) {
      this.lengths = lengths;
      this.frames = new ArrayList<>(lengths.length);
    }

    /** Takes what it still needs; true = that was all. */
    boolean take(ByteBuffer unread) {
      while (frames.size() < lengths.length) {
        reserve();
        int count = Math.min(unread.remaining(), frame.length - filled);
        unread.get(frame, filled, count);
        filled += count;
        if (filled < lengths[frames.size()]) {
          if (!unread.hasRemaining()) {
            return false;
          }
        } else {
          frames.add(frame);
          frame = null;
        }
      }
      return true;
    }

    /** Reads into the frame that {@link #take} left unfinished. */
    int readFrom(SocketChannel channel) throws IOException {
      reserve();
      int count =
          channel.read(
              ByteBuffer.wrap(frame, filled, Math.min(SLICE_BYTES, frame.length - filled)));
      filled += Math.max(0, count);
      return count;
    }

    private void reserve() {
      int length = lengths[frames.size()];
      if (frame == null) {
        frame = new byte[Math.min(length, TRUSTED_BYTES)];
        filled = 0;
      } else if (filled == frame.length && filled < length) {
        frame = Arrays.copyOf(frame, (int) Math.min(length, 2L * frame.length));
      }
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
