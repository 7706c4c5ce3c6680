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
 * (HMAC-SHA256), and a frame's number, which never repeats under a key, is its nonce. A frame is
 * {@code version(1) sealed(1) number(8, big-endian) bytes tag(16)}, its first ten bytes
 * authenticated. Frames come in order or not at all: a number that was passed over breaks the
 * session ({@link LostFramesException}), one that was seen before is refused as a replay.
 *
 * <p>Belongs to the loop that owns the socket. Without a key the frames travel in the clear,
 * numbered all the same.
 */
public final class Session {
  /** Bytes of a session key. */
  public static final int KEY_BYTES = 32;

  private static final int HEADER = 10;
  private static final int TAG = 16;

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
      byte[] frame = new byte[HEADER + part.length + (key == null ? 0 : TAG)];
      frame[0] = (byte) ProtocolVersion.CURRENT;
      frame[1] = (byte) (key == null ? 0 : 1);
      ByteBuffer.wrap(frame).putLong(2, number);
      if (key == null) {
        System.arraycopy(part, 0, frame, HEADER, part.length);
        return frame;
      }
      try {
        cipher.init(Cipher.ENCRYPT_MODE, key, nonce(number));
        cipher.updateAAD(frame, 0, HEADER);
        cipher.doFinal(part, 0, part.length, frame, HEADER);
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
        cipher.init(Cipher.DECRYPT_MODE, key, nonce(number));
        cipher.updateAAD(frame, 0, HEADER);
        byte[] part = new byte[frame.length - HEADER - TAG];
        cipher.doFinal(frame, HEADER, frame.length - HEADER, part, 0);
        return part;
      } catch (AEADBadTagException e) {
        throw new ProtocolException("a frame that is not sealed by the peer", e);
      } catch (GeneralSecurityException e) {
        throw new ProtocolException("a frame that cannot be opened: " + e.getMessage(), e);
      }
    }

    private static GCMParameterSpec nonce(long number) {
      byte[] nonce = new byte[12];
      ByteBuffer.wrap(nonce).putLong(4, number);
      return new GCMParameterSpec(8 * TAG, nonce);
    }
  }
}
