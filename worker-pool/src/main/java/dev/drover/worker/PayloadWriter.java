package dev.drover.worker;

import dev.drover.task.Payload;
import java.io.IOException;
import java.io.ObjectOutputStream;
import java.io.ObjectStreamClass;
import java.io.OutputStream;
import java.util.Arrays;

/**
 * Writes one object into one {@link Payload}: Java serialization with short class descriptors for
 * {@link WellKnownClasses}; {@link PayloadReader} reads it. {@code null} is the empty payload.
 *
 * <p>Confined to one thread: its buffer is used again for the next object.
 */
public final class PayloadWriter {
  private static final int KEPT_BYTES = 4 << 20;
  private static final int RECENT = 4;

  private final int limitBytes;
  private final Buffer buffer = new Buffer();
  private final Payload[] recent = new Payload[RECENT];
  private int nextRecent;

  /**
   * @param limitBytes largest payload that is written, in bytes; {@link Integer#MAX_VALUE} = none
   */
  public PayloadWriter(int limitBytes) {
    if (limitBytes < 1) {
      throw new IllegalArgumentException("a payload of at most " + limitBytes + " bytes is none");
    }
    this.limitBytes = limitBytes;
  }

  /**
   * The object's payload. When it equals one of the last few that this writer made, that same
   * object is returned, so that a million equal tasks share one.
   *
   * @throws PayloadTooLargeException when it passes the limit; writing ends there
   * @throws java.io.NotSerializableException its message is the class's name
   * @throws RuntimeException what the object's own {@code writeObject} threw
   */
  public Payload write(Object value) throws IOException {
    if (value == null) {
      return Payload.EMPTY;
    }
    buffer.clear();
    try {
      Output out = new Output(buffer);
      out.writeObject(value);
      out.flush();
      return share();
    } finally {
      buffer.shrink();
    }
  }

  private Payload share() {
    for (Payload payload : recent) {
      if (payload != null && buffer.holds(payload.bytes())) {
        return payload;
      }
    }
    Payload payload = Payload.of(buffer.copy());
    recent[nextRecent] = payload.size() <= KEPT_BYTES / RECENT ? payload : null;
    nextRecent = (nextRecent + 1) % RECENT;
    return payload;
  }

  /** Told when an object's payload passes the writer's limit. */
  public static final class PayloadTooLargeException extends IOException {
    private static final long serialVersionUID = 1;

    PayloadTooLargeException(int limitBytes) {
      super("serialized, it has more than " + limitBytes + " bytes");
    }
  }

  private static final class Output extends ObjectOutputStream {
    Output(OutputStream out) throws IOException {
      super(out);
    }

    @Override
    protected void writeClassDescriptor(ObjectStreamClass descriptor) throws IOException {
      int code = WellKnownClasses.codeOf(descriptor);
      write(code);
      if (code == WellKnownClasses.FULL_DESCRIPTOR) {
        super.writeClassDescriptor(descriptor);
      }
    }
  }

  /** A byte array that grows up to the limit and is neither locked nor copied twice. */
  private final class Buffer extends OutputStream {
    private byte[] bytes = new byte[1024];
    private int size;

    @Override
    public void write(int b) throws IOException {
      reserve(1);
      bytes[size++] = (byte) b;
    }

    @Override
    public void write(byte[] source, int offset, int length) throws IOException {
      reserve(length);
      System.arraycopy(source, offset, bytes, size, length);
      size += length;
    }

    private void reserve(int more) throws IOException {
      if (more > limitBytes - size) {
        throw new PayloadTooLargeException(limitBytes);
      }
      if (more > bytes.length - size) {
        long doubled = Math.min(2L * bytes.length, Integer.MAX_VALUE - 16L);
        bytes = Arrays.copyOf(bytes, (int) Math.max(doubled, (long) size + more));
      }
    }

    boolean holds(byte[] other) {
      return Arrays.equals(bytes, 0, size, other, 0, other.length);
    }

    byte[] copy() {
      return Arrays.copyOf(bytes, size);
    }

    void clear() {
      size = 0;
    }

    void shrink() {
      if (bytes.length > KEPT_BYTES) {
        bytes = new byte[1024];
      }
    }
  }
}
