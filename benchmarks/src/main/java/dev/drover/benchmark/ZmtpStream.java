package dev.drover.benchmark;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/**
 * One DEALER connection in ZeroMQ's wire protocol (ZMTP 3.0, NULL mechanism) over a non-blocking
 * channel: thousands of them cost one thread and one selector. The selector's thread only.
 */
final class ZmtpStream implements AutoCloseable {
  private static final int GREETING = 64;
  private static final int MORE = 1;
  private static final int LONG = 2;
  private static final int COMMAND = 4;

  final SocketChannel channel;
  private final ArrayDeque<ByteBuffer> unwritten = new ArrayDeque<>();
  private final ArrayDeque<ByteBuffer> early = new ArrayDeque<>();
  private final List<byte[]> frames = new ArrayList<>(2);
  private ByteBuffer unread = ByteBuffer.allocate(4096).flip();
  private boolean greeted;
  private boolean ready;

  ZmtpStream(String host, int port, byte[] identity) throws IOException {
    channel = SocketChannel.open(new InetSocketAddress(host, port));
    channel.configureBlocking(false);
    byte[] greeting = new byte[GREETING];
    greeting[0] = (byte) 0xff;
    greeting[9] = 0x7f;
    greeting[10] = 3;
    System.arraycopy("NULL".getBytes(StandardCharsets.US_ASCII), 0, greeting, 12, 4);
    unwritten.add(ByteBuffer.wrap(greeting));
    unwritten.add(readyCommand(identity));
    flush();
  }

  private static ByteBuffer readyCommand(byte[] identity) {
    ByteBuffer body = ByteBuffer.allocate(128);
    name(body, "READY");
    name(body, "Socket-Type").putInt(6).put("DEALER".getBytes(StandardCharsets.US_ASCII));
    name(body, "Identity").putInt(identity.length).put(identity);
    body.flip();
    ByteBuffer frame = ByteBuffer.allocate(2 + body.remaining());
    frame.put((byte) COMMAND).put((byte) body.remaining()).put(body);
    return frame.flip();
  }

  private static ByteBuffer name(ByteBuffer out, String name) {
    return out.put((byte) name.length()).put(name.getBytes(StandardCharsets.US_ASCII));
  }

  /**
   * Queues a message and writes as much as the socket takes, nothing before the peer has shaken
   * hands; false = some is left.
   */
  boolean send(List<byte[]> message) throws IOException {
    int size = 0;
    for (byte[] frame : message) {
      size += 9 + frame.length;
    }
    ByteBuffer out = ByteBuffer.allocate(size);
    for (int i = 0; i < message.size(); i++) {
      byte[] frame = message.get(i);
      int more = i < message.size() - 1 ? MORE : 0;
      if (frame.length < 256) {
        out.put((byte) more).put((byte) frame.length);
      } else {
        out.put((byte) (more | LONG)).putLong(frame.length);
      }
      out.put(frame);
    }
    (ready ? unwritten : early).add(out.flip());
    return flush();
  }

  /** Writes what is left; false = some still is. */
  boolean flush() throws IOException {
    while (!unwritten.isEmpty()) {
      channel.write(unwritten.peekFirst());
      if (unwritten.peekFirst().hasRemaining()) {
        return false;
      }
      unwritten.pollFirst();
    }
    return true;
  }

  /** Reads what the socket has, once; false = there was nothing. */
  boolean fill() throws IOException {
    unread.compact();
    if (!unread.hasRemaining()) {
      unread = ByteBuffer.allocate(2 * unread.capacity()).put(unread.flip());
    }
    int count = channel.read(unread);
    unread.flip();
    if (count < 0) {
      throw new EOFException("the interchange has closed a data connection");
    }
    return count > 0;
  }

  /** The next whole message of what was read; null = none. */
  List<byte[]> next() throws IOException {
    if (!greeted) {
      if (unread.remaining() < GREETING) {
        return null;
      }
      unread.position(unread.position() + GREETING);
      greeted = true;
    }
    while (true) {
      int at = unread.position();
      if (unread.remaining() < 2) {
        return null;
      }
      int flags = unread.get(at);
      boolean isLong = (flags & LONG) != 0;
      int header = isLong ? 9 : 2;
      if (unread.remaining() < header) {
        return null;
      }
      long size = isLong ? unread.getLong(at + 1) : unread.get(at + 1) & 0xff;
      if (unread.remaining() < header + size) {
        return null;
      }
      byte[] frame = new byte[Math.toIntExact(size)];
      unread.position(at + header);
      unread.get(frame);
      if ((flags & COMMAND) != 0) {
        ready = true;
        unwritten.addAll(early);
        early.clear();
        flush();
        continue;
      }
      frames.add(frame);
      if ((flags & MORE) == 0) {
        List<byte[]> message = List.copyOf(frames);
        frames.clear();
        return message;
      }
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
