package dev.drover.protocol;

import dev.drover.task.Payload;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.List;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * The frames of one session between an interchange and a manager, sealed with AES-256-GCM.
 *
 * <p>The session's key travelled over CURVE; each direction has a key of its own made from it
 * (HMAC-SHA256). Each part of a message, its body or a payload, travels in frames of up to 256 KiB
 * of it. A frame is {@code version(1) flags(1) number(8, big-endian)}, then its bytes in pieces of
 * 32 KiB, the last one shorter, each followed by its tag(16). A piece's nonce is its place in the
 * frame(4) and the frame's number(8), which never repeats under a key; the frame's first ten bytes
 * and its length(4) are authenticated with each piece. The flags tell whether the frame is sealed,
 * whether its part goes on in the next one, and whether another part of the message follows, so
 * that messages are neither cut nor joined.
 *
 * <p>Pieces, since the JDK reaches the processor's speed only in code that it has run often: a
 * single piece of a megabyte took 12 ms, the same in pieces 0.3 ms. Frames, since JeroMQ and the
 * JDK copy what is left of a frame again at each step of writing it, and allocate large ones
 * dearly.
 *
 * <p>Frames come in order or not at all: a number that was passed over breaks the session ({@link
 * LostFramesException}), one that was seen before is refused as a replay.
 *
 * <p>Belongs to the loop that owns the socket. Without a key the frames travel in the clear,
 * numbered all the same.
 */
public final class Session {
  /** Bytes of a session key. */
  public static final int KEY_BYTES = 32;

  private static final int HEADER = 10;
  private static final int TAG = 16;
  private static final int PIECE = 32 * 1024;
  private static final int FRAME = 8 * PIECE;

  /** Longest frame that a session makes. */
  public static final int MOST_FRAME_BYTES = HEADER + FRAME + TAG * (FRAME / PIECE);

  private static final int MOST_PART_BYTES = Integer.MAX_VALUE - 16;
  private static final int SEALED = 1;
  private static final int PART_GOES_ON = 2;
  private static final int PART_FOLLOWS = 4;

  private final Direction sending;
  private final Direction receiving;

  private final long mostPartBytes;

  private Session(Direction sending, Direction receiving, long mostPartBytes) {
    this.sending = sending;
    this.receiving = receiving;
    this.mostPartBytes = Math.min(mostPartBytes, MOST_PART_BYTES);
  }

  /** The manager's end. An empty key seals nothing. */
  public static Session ofManager(Payload key) {
    return new Session(
        new Direction(key, "from-manager"), new Direction(key, "to-manager"), MOST_PART_BYTES);
  }

  /** The interchange's end. An empty key seals nothing. */
  public static Session ofInterchange(Payload key) {
    return ofInterchange(key, MOST_PART_BYTES);
  }

  /**
   * The interchange's end.
   *
   * @param mostPartBytes longest part of a message that is accepted
   */
  public static Session ofInterchange(Payload key, long mostPartBytes) {
    return new Session(
        new Direction(key, "to-manager"), new Direction(key, "from-manager"), mostPartBytes);
  }

  /** Makes the next frames of this direction out of a message's parts. */
  public List<byte[]> seal(List<byte[]> message) {
    List<byte[]> frames = new ArrayList<>(message.size());
    for (int i = 0; i < message.size(); i++) {
      byte[] part = message.get(i);
      int from = 0;
      for (; part.length - from > FRAME; from += FRAME) {
        frames.add(sending.seal(part, from, FRAME, PART_GOES_ON));
      }
      int follows = i < message.size() - 1 ? PART_FOLLOWS : 0;
      frames.add(sending.seal(part, from, part.length - from, follows));
    }
    return frames;
  }

  /**
   * Opens the frames of one message: its parts.
   *
   * @throws LostFramesException when earlier frames are missing
   * @throws ProtocolException when a frame is garbage, of another version, replayed or not the
   *     peer's, or when they are not one whole message
   */
  public List<byte[]> open(List<byte[]> frames) throws ProtocolException {
    long before = receiving.next;
    try {
      List<byte[]> message = new ArrayList<>(frames.size());
      int first = 0;
      while (first < frames.size()) {
        int end = endOfPart(frames, first);
        message.add(openPart(frames.subList(first, end)));
        first = end;
      }
      return message;
    } catch (ProtocolException e) {
      receiving.next = before; // all of a message or nothing: its genuine frames may come yet
      throw e;
    }
  }

  private static int endOfPart(List<byte[]> frames, int first) throws ProtocolException {
    int last = first;
    while (last < frames.size() && has(frames.get(last), PART_GOES_ON)) {
      last++;
    }
    if (last == frames.size() || has(frames.get(last), PART_FOLLOWS) != last < frames.size() - 1) {
      throw new ProtocolException("a message that was cut off or joined to another");
    }
    return last + 1;
  }

  private static boolean has(byte[] frame, int flag) {
    return frame.length > 1 && (frame[1] & flag) != 0;
  }

  private byte[] openPart(List<byte[]> frames) throws ProtocolException {
    long length = 0;
    for (byte[] frame : frames) {
      length += receiving.contentLength(frame);
    }
    if (length > mostPartBytes) {
      throw new ProtocolException(
          "a part of %d bytes, of at most %d".formatted(length, mostPartBytes));
    }
    byte[] part = new byte[(int) length];
    int at = 0;
    for (byte[] frame : frames) {
      at += receiving.open(frame, part, at);
    }
    return part;
  }

  private static final class Direction {
    private final SecretKeySpec key;
    private final Cipher cipher;
    private long next;

    Direction(Payload sessionKey, String name) {
      if (sessionKey.isEmpty()) {
        key = null;
        cipher = null;
        return;
      }
      if (sessionKey.size() != KEY_BYTES) {
        throw new IllegalArgumentException("a session key has " + KEY_BYTES + " bytes");
      }
      try {
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(sessionKey.bytes(), "HmacSHA256"));
        byte[] label = ("drover session " + name).getBytes(StandardCharsets.US_ASCII);
        key = new SecretKeySpec(mac.doFinal(label), "AES");
        cipher = Cipher.getInstance("AES/GCM/NoPadding");
      } catch (GeneralSecurityException e) {
        throw new IllegalStateException("this JDK lacks AES-GCM or HMAC-SHA256", e);
      }
    }

    byte[] seal(byte[] part, int from, int length, int flags) {
      long number = next++;
      byte[] frame = new byte[HEADER + length + (key == null ? 0 : TAG * pieces(length))];
      frame[0] = (byte) ProtocolVersion.CURRENT;
      frame[1] = (byte) (flags | (key == null ? 0 : SEALED));
      ByteBuffer.wrap(frame).putLong(2, number);
      if (key == null) {
        System.arraycopy(part, from, frame, HEADER, length);
        return frame;
      }
      try {
        byte[] authenticated = authenticated(frame);
        int to = HEADER;
        int done = 0;
        int piece = 0;
        do {
          int size = Math.min(PIECE, length - done);
          cipher.init(Cipher.ENCRYPT_MODE, key, nonce(piece++, number));
          cipher.updateAAD(authenticated);
          to += cipher.doFinal(part, from + done, size, frame, to);
          done += size;
        } while (done < length);
        return frame;
      } catch (GeneralSecurityException e) {
        throw new IllegalStateException("cannot seal a frame", e);
      }
    }

    /** Bytes that a frame carries, by its own length; whether they are genuine is not looked at. */
    int contentLength(byte[] frame) throws ProtocolException {
      if (frame.length < 1 || frame[0] != ProtocolVersion.CURRENT) {
        throw new ProtocolException(
            frame.length < 1
                ? "an empty frame"
                : "a frame of protocol version %d; this side speaks %d: use the same drover.jar on both"
                    .formatted(frame[0] & 0xff, ProtocolVersion.CURRENT));
      }
      if (frame.length < HEADER + (key == null ? 0 : TAG)) {
        throw new ProtocolException("a frame of only " + frame.length + " bytes");
      }
      if (has(frame, SEALED) != (key != null)) {
        throw new ProtocolException(
            key == null
                ? "a sealed frame in a clear session"
                : "a clear frame in a sealed session");
      }
      int content = frame.length - HEADER;
      if (key == null) {
        return content;
      }
      int pieces = (content + PIECE + TAG - 1) / (PIECE + TAG);
      if (content - (pieces - 1) * (PIECE + TAG) < TAG) {
        throw new ProtocolException("a frame of " + frame.length + " bytes, cut off in a tag");
      }
      return content - TAG * pieces;
    }

    /** Opens a frame into its place; how many bytes it carried. */
    int open(byte[] frame, byte[] part, int at) throws ProtocolException {
      long number = ByteBuffer.wrap(frame).getLong(2);
      int length = frame.length - HEADER;
      if (key == null) {
        System.arraycopy(frame, HEADER, part, at, length);
      } else {
        length = unseal(frame, number, part, at);
      }
      if (number < next) {
        throw new ProtocolException("frame " + number + " came again");
      }
      if (number > next) {
        throw new LostFramesException((number - next) + " frames before frame " + number + " lost");
      }
      next++;
      return length;
    }

    private int unseal(byte[] frame, long number, byte[] part, int at) throws ProtocolException {
      try {
        byte[] authenticated = authenticated(frame);
        int to = at;
        int piece = 0;
        for (int from = HEADER; from < frame.length; from += PIECE + TAG) {
          int length = Math.min(PIECE + TAG, frame.length - from);
          cipher.init(Cipher.DECRYPT_MODE, key, nonce(piece++, number));
          cipher.updateAAD(authenticated);
          to += cipher.doFinal(frame, from, length, part, to);
        }
        return to - at;
      } catch (AEADBadTagException e) {
        throw new ProtocolException("a frame that is not sealed by the peer", e);
      } catch (GeneralSecurityException e) {
        throw new ProtocolException("a frame that cannot be opened: " + e.getMessage(), e);
      }
    }

    /** At least one: an empty part has its tag too. */
    private static int pieces(int length) {
      return Math.max(1, (length + PIECE - 1) / PIECE);
    }

    private static byte[] authenticated(byte[] frame) {
      return ByteBuffer.allocate(HEADER + 4).put(frame, 0, HEADER).putInt(frame.length).array();
    }

    private static GCMParameterSpec nonce(int piece, long number) {
      return new GCMParameterSpec(
          8 * TAG, ByteBuffer.allocate(12).putInt(piece).putLong(number).array());
    }
  }
}
