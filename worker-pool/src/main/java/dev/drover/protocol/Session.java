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
 * (HMAC-SHA256). A frame is {@code version(1) sealed(1) number(8, big-endian)}, then its bytes in
 * pieces of 32 KiB, the last one shorter, each followed by its tag(16). A piece's nonce is its
 * place in the frame(4) and the frame's number(8), which never repeats under a key; the frame's
 * first ten bytes and its length(4) are authenticated with each piece. Pieces, since the JDK
 * reaches the processor's speed only in code that it has run often: a single piece of a megabyte
 * took 12 ms, the same in pieces 0.3 ms.
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

  private final Direction sending;
  private final Direction receiving;

  private Session(Direction sending, Direction receiving) {
    this.sending = sending;
    this.receiving = receiving;
  }

  /** The manager's end. An empty key seals nothing. */
  public static Session ofManager(Payload key) {
    return new Session(new Direction(key, "from-manager"), new Direction(key, "to-manager"));
  }

  /** The interchange's end. An empty key seals nothing. */
  public static Session ofInterchange(Payload key) {
    return new Session(new Direction(key, "to-manager"), new Direction(key, "from-manager"));
  }

  /** Makes the next frames of this direction out of a message's. */
  public List<byte[]> seal(List<byte[]> message) {
    if (message.size() == 1) {
      return List.of(sending.seal(message.get(0)));
    }
    List<byte[]> frames = new ArrayList<>(message.size());
    for (byte[] part : message) {
      frames.add(sending.seal(part));
    }
    return frames;
  }

  /**
   * Opens the frames of one message.
   *
   * @throws LostFramesException when earlier frames are missing
   * @throws ProtocolException when a frame is garbage, of another version, replayed or not the
   *     peer's
   */
  public List<byte[]> open(List<byte[]> frames) throws ProtocolException {
    if (frames.size() == 1) {
      return List.of(receiving.open(frames.get(0)));
    }
    List<byte[]> message = new ArrayList<>(frames.size());
    long before = receiving.next;
    try {
      for (byte[] frame : frames) {
        message.add(receiving.open(frame));
      }
      return message;
    } catch (ProtocolException e) {
      receiving.next = before; // all of a message or nothing: its genuine frames may come yet
      throw e;
    }
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

    byte[] seal(byte[] part) {
      long number = next++;
      byte[] frame = new byte[HEADER + part.length + (key == null ? 0 : TAG * pieces(part.length))];
      frame[0] = (byte) ProtocolVersion.CURRENT;
      frame[1] = (byte) (key == null ? 0 : 1);
      ByteBuffer.wrap(frame).putLong(2, number);
      if (key == null) {
        System.arraycopy(part, 0, frame, HEADER, part.length);
        return frame;
      }
      try {
        byte[] authenticated = authenticated(frame);
        int to = HEADER;
        int from = 0;
        int piece = 0;
        do {
          int length = Math.min(PIECE, part.length - from);
          cipher.init(Cipher.ENCRYPT_MODE, key, nonce(piece++, number));
          cipher.updateAAD(authenticated);
          to += cipher.doFinal(part, from, length, frame, to);
          from += length;
        } while (from < part.length);
        return frame;
      } catch (GeneralSecurityException e) {
        throw new IllegalStateException("cannot seal a frame", e);
      }
    }

    byte[] open(byte[] frame) throws ProtocolException {
      int overhead = HEADER + (key == null ? 0 : TAG);
      if (frame.length < 1 || frame[0] != ProtocolVersion.CURRENT) {
        throw new ProtocolException(
            frame.length < 1
                ? "an empty frame"
                : "a frame of protocol version %d; this side speaks %d: use the same drover.jar on both"
                    .formatted(frame[0] & 0xff, ProtocolVersion.CURRENT));
      }
      if (frame.length < overhead) {
        throw new ProtocolException("a frame of only " + frame.length + " bytes");
      }
      if (frame[1] != (key == null ? 0 : 1)) {
        throw new ProtocolException(
            key == null
                ? "a sealed frame in a clear session"
                : "a clear frame in a sealed session");
      }
      long number = ByteBuffer.wrap(frame).getLong(2);
      byte[] part = key == null ? clear(frame) : unseal(frame, number);
      if (number < next) {
        throw new ProtocolException("frame " + number + " came again");
      }
      if (number > next) {
        throw new LostFramesException((number - next) + " frames before frame " + number + " lost");
      }
      next++;
      return part;
    }

    private static byte[] clear(byte[] frame) {
      byte[] part = new byte[frame.length - HEADER];
      System.arraycopy(frame, HEADER, part, 0, part.length);
      return part;
    }

    private byte[] unseal(byte[] frame, long number) throws ProtocolException {
      try {
        int sealed = frame.length - HEADER;
        int pieces = (sealed + PIECE + TAG - 1) / (PIECE + TAG);
        if (sealed < TAG * pieces) {
          throw new ProtocolException("a frame of " + frame.length + " bytes, cut off in a tag");
        }
        byte[] authenticated = authenticated(frame);
        byte[] part = new byte[sealed - TAG * pieces];
        int to = 0;
        int from = HEADER;
        for (int piece = 0; piece < pieces; piece++) {
          int length = Math.min(PIECE + TAG, frame.length - from);
          if (length < TAG) {
            throw new ProtocolException("a frame of " + frame.length + " bytes, cut off in a tag");
          }
          cipher.init(Cipher.DECRYPT_MODE, key, nonce(piece, number));
          cipher.updateAAD(authenticated);
          to += cipher.doFinal(frame, from, length, part, to);
          from += length;
        }
        return part;
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
