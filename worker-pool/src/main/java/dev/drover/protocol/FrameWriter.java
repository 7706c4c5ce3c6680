package dev.drover.protocol;

import dev.drover.task.Payload;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.msgpack.core.MessageBufferPacker;
import org.msgpack.core.MessagePack;

/**
 * Writes one message: small values into the body, large payloads as frames of their own behind it,
 * so that they are never copied. Belongs to one thread; reused from message to message.
 */
final class FrameWriter {
  /** Payloads from this many bytes on travel as frames of their own. */
  static final int OWN_FRAME_BYTES = 8 * 1024;

  private final MessageBufferPacker packer =
      new MessagePack.PackerConfig().withBufferSize(16 * 1024).newBufferPacker();
  private final List<byte[]> payloads = new ArrayList<>();

  void begin() {
    packer.clear();
    payloads.clear();
  }

  /** The frames of the message: the body first. */
  List<byte[]> end() {
    byte[] body = packer.toByteArray();
    packer.clear();
    if (payloads.isEmpty()) {
      return List.of(body);
    }
    List<byte[]> frames = new ArrayList<>(1 + payloads.size());
    frames.add(body);
    frames.addAll(payloads);
    payloads.clear();
    return frames;
  }

  void array(int size) {
    try {
      packer.packArrayHeader(size);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  void whole(long value) {
    try {
      packer.packLong(value);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  void decimal(double value) {
    try {
      packer.packDouble(value);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  void flag(boolean value) {
    try {
      packer.packBoolean(value);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  void text(String value) {
    try {
      packer.packString(value);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  void nothing() {
    try {
      packer.packNil();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  void optionalText(Optional<String> value) {
    if (value.isPresent()) {
      text(value.get());
    } else {
      nothing();
    }
  }

  void texts(List<String> values) {
    array(values.size());
    for (String value : values) {
      text(value);
    }
  }

  void counts(List<Integer> values) {
    array(values.size());
    for (int value : values) {
      whole(value);
    }
  }

  /** Small ones as binary in the body, large ones as the number of their frame. */
  void payload(Payload payload) {
    try {
      if (payload.size() < OWN_FRAME_BYTES) {
        packer.packBinaryHeader(payload.size());
        packer.writePayload(payload.bytes());
      } else {
        packer.packInt(payloads.size());
        payloads.add(payload.bytes());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
