package dev.drover.protocol;

import dev.drover.task.Payload;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.msgpack.core.MessagePack;
import org.msgpack.core.MessagePackException;
import org.msgpack.core.MessageUnpacker;
import org.msgpack.value.ValueType;

/**
 * Reads what {@link FrameWriter} wrote. Whatever the bytes are, it either yields values or throws
 * {@link ProtocolException}; no length in the input makes it allocate more than the input's own
 * size allows.
 */
final class FrameReader {
  private final MessageUnpacker unpacker;
  private final int bodySize;
  private final List<byte[]> payloads;
  private int payloadsRead;

  FrameReader(List<byte[]> frames) throws ProtocolException {
    if (frames.isEmpty()) {
      throw new ProtocolException("a message without a body");
    }
    this.unpacker = MessagePack.newDefaultUnpacker(frames.get(0));
    this.bodySize = frames.get(0).length;
    this.payloads = frames.subList(1, frames.size());
  }

  private interface Unpack<T> {
    T get() throws IOException;
  }

  private <T> T read(Unpack<T> unpack) throws ProtocolException {
    try {
      return unpack.get();
    } catch (IOException | MessagePackException | ArithmeticException e) {
      throw new ProtocolException("unreadable message: " + e.getMessage(), e);
    }
  }

  int array() throws ProtocolException {
    int size;
    try {
      size = unpacker.unpackArrayHeader();
    } catch (IOException | MessagePackException e) {
      throw new ProtocolException("unreadable message: " + e.getMessage(), e);
    }
    if (size > bodySize) {
      throw new ProtocolException("an array of " + size + " in " + bodySize + " bytes");
    }
    return size;
  }

  long whole() throws ProtocolException {
    try {
      return unpacker.unpackLong();
    } catch (IOException | MessagePackException e) {
      throw new ProtocolException("unreadable message: " + e.getMessage(), e);
    }
  }

  int count() throws ProtocolException {
    try {
      return unpacker.unpackInt();
    } catch (IOException | MessagePackException e) {
      throw new ProtocolException("unreadable message: " + e.getMessage(), e);
    }
  }

  double decimal() throws ProtocolException {
    return read(unpacker::unpackDouble);
  }

  boolean flag() throws ProtocolException {
    return read(unpacker::unpackBoolean);
  }

  String text() throws ProtocolException {
    return read(unpacker::unpackString);
  }

  Optional<String> optionalText() throws ProtocolException {
    return read(
        () -> unpacker.tryUnpackNil() ? Optional.empty() : Optional.of(unpacker.unpackString()));
  }

  /** Whether the next value is nothing; it is passed over if so. */
  boolean isNothing() throws ProtocolException {
    try {
      return unpacker.tryUnpackNil();
    } catch (IOException | MessagePackException e) {
      throw new ProtocolException("unreadable message: " + e.getMessage(), e);
    }
  }

  List<String> texts() throws ProtocolException {
    int size = array();
    List<String> values = new ArrayList<>(size);
    for (int i = 0; i < size; i++) {
      values.add(text());
    }
    return values;
  }

  List<Integer> counts() throws ProtocolException {
    int size = array();
    List<Integer> values = new ArrayList<>(size);
    for (int i = 0; i < size; i++) {
      values.add(count());
    }
    return values;
  }

  Payload payload() throws ProtocolException {
    try {
      if (unpacker.getNextFormat().getValueType() == ValueType.BINARY) {
        int size = unpacker.unpackBinaryHeader();
        if (size > bodySize) {
          throw new ProtocolException("a payload of " + size + " in " + bodySize + " bytes");
        }
        return size == 0 ? Payload.EMPTY : Payload.of(unpacker.readPayload(size));
      }
      int frame = unpacker.unpackInt();
      if (frame != payloadsRead || frame >= payloads.size()) {
        throw new ProtocolException("payload frame " + frame + " of " + payloads.size());
      }
      payloadsRead++;
      return Payload.of(payloads.get(frame));
    } catch (IOException | MessagePackException e) {
      throw new ProtocolException("unreadable message: " + e.getMessage(), e);
    }
  }

  /**
   * Checks that nothing is left, neither in the body nor of the frames: what nobody reads may be
   * another message that somebody glued on, which would be lost without a word.
   */
  private void end() throws ProtocolException {
    if (read(unpacker::hasNext)) {
      throw new ProtocolException("a message with more behind its last field");
    }
    if (payloadsRead != payloads.size()) {
      throw new ProtocolException(
          "a message that names %d of its %d payload frames"
              .formatted(payloadsRead, payloads.size()));
    }
  }

  /** Makes a message of values of a reader. */
  interface Reading<T> {
    T get() throws ProtocolException;
  }

  /**
   * Reads what is left as one message. A value that a record refuses is as unreadable as a wrong
   * byte, and so is one too many.
   */
  <T> T message(Reading<T> reading) throws ProtocolException {
    try {
      T message = reading.get();
      end();
      return message;
    } catch (IllegalArgumentException | NullPointerException | ArithmeticException e) {
      throw new ProtocolException("impossible value in a message: " + e.getMessage(), e);
    }
  }

  /** Checks that an array has the number of fields that this version knows. */
  void fields(int expected, String what) throws ProtocolException {
    int size = array();
    if (size != expected) {
      throw new ProtocolException(what + " with " + size + " fields, not " + expected);
    }
  }
}
