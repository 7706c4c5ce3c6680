package dev.drover.protocol;

import java.util.List;

/**
 * Messages to MessagePack bodies and back. A body is one array: its type, then the message's fields
 * in the order of the record. Encoding reuses buffers: one codec a thread. Decoding throws {@link
 * ProtocolException} for anything that is not a message, whatever the bytes.
 */
public final class FrameCodec {
  static {
    if (Runtime.version().feature() >= 23) {
      // Before MessagePack's buffers are loaded: from 23 on the JDK complains of sun.misc.Unsafe.
      System.setProperty("msgpack.universal-buffer", "true");
    }
  }

  private final FrameWriter out = new FrameWriter();
  private final FromManagerFields fromManager = new FromManagerFields(out);
  private final ToManagerFields toManager = new ToManagerFields(out);
  private final ToWorkerFields toWorker = new ToWorkerFields(out);
  private final FromWorkerFields fromWorker = new FromWorkerFields(out);
  private final FromClientFields fromClient = new FromClientFields(out);

  /** The frames of a message to the interchange. */
  public List<byte[]> encode(FromManager message) {
    out.begin();
    fromManager.write(message);
    return out.end();
  }

  /** The frames of a message to a manager; {@code ackedBatch} rides on every one. */
  public List<byte[]> encode(ToManager message, long ackedBatch) {
    out.begin();
    toManager.write(message, ackedBatch);
    return out.end();
  }

  public List<byte[]> encode(ToWorker message) {
    out.begin();
    toWorker.write(message);
    return out.end();
  }

  public List<byte[]> encode(FromWorker message) {
    out.begin();
    fromWorker.write(message);
    return out.end();
  }

  public List<byte[]> encode(FromClient message) {
    out.begin();
    fromClient.write(message);
    return out.end();
  }

  /** The answer to a client: text that it shows or parses. */
  public List<byte[]> encodeReply(boolean ok, String text) {
    out.begin();
    MessageType.CLIENT_REPLY.open(out);
    out.flag(ok);
    out.text(text);
    return out.end();
  }

  /** An answer to a client, decoded. */
  public record ClientReply(boolean ok, String text) {}

  public static ClientReply decodeReply(List<byte[]> frames) throws ProtocolException {
    FrameReader in = new FrameReader(frames);
    MessageType type = MessageType.read(in);
    if (type != MessageType.CLIENT_REPLY) {
      throw type.isNot("to a client");
    }
    return in.message(() -> new ClientReply(in.flag(), in.text()));
  }

  /** Whether a control-socket body is of a client and not of a manager. */
  public static boolean isFromClient(List<byte[]> frames) throws ProtocolException {
    return MessageType.isOfClient(new FrameReader(frames));
  }

  public static FromClient decodeFromClient(List<byte[]> frames) throws ProtocolException {
    return FromClientFields.read(new FrameReader(frames));
  }

  public static FromManager decodeFromManager(List<byte[]> frames) throws ProtocolException {
    return FromManagerFields.read(new FrameReader(frames));
  }

  /** A message of the interchange with the acknowledgement that rode on it. */
  public record Received(ToManager message, long ackedBatch) {}

  public static Received decodeToManager(List<byte[]> frames) throws ProtocolException {
    return ToManagerFields.read(new FrameReader(frames));
  }

  public static ToWorker decodeToWorker(List<byte[]> frames) throws ProtocolException {
    return ToWorkerFields.read(new FrameReader(frames));
  }

  public static FromWorker decodeFromWorker(List<byte[]> frames) throws ProtocolException {
    return FromWorkerFields.read(new FrameReader(frames));
  }
}
