package dev.drover.interchange;

import dev.drover.protocol.CurveKeys;
import dev.drover.protocol.FrameCodec;
import dev.drover.protocol.FromClient;
import dev.drover.protocol.ProtocolException;
import dev.drover.protocol.ProtocolVersion;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.zeromq.SocketType;
import org.zeromq.ZContext;
import org.zeromq.ZMQ;

/**
 * Asks a live interchange from another process of the same user: it dials every address that the
 * run wrote down, and the first answer counts. Each question has sockets of its own on the calling
 * thread, and nothing is kept between two.
 */
public final class InterchangeClient {
  private static final long FIRST_PATIENCE_MILLIS = 500;

  private final Path keys;
  private final FrameCodec codec = new FrameCodec();

  /**
   * A client of one run.
   *
   * @param keys directory of the run's keys, where its address is, too
   */
  public InterchangeClient(Path keys) {
    this.keys = keys;
  }

  /**
   * Asks, and waits for the answer.
   *
   * @param limit longest wait
   * @throws IOException when there is no answer, saying why
   */
  public String ask(FromClient question, Duration limit) throws IOException {
    ClientAddresses run = ClientAddresses.read(keys);
    long end = System.nanoTime() + limit.toNanos();
    long patience = FIRST_PATIENCE_MILLIS;
    // A few CURVE handshakes in a hundred fail by themselves (seen with JeroMQ 0.6.0), and such a
    // socket never dials again of its own: after some patience all are made anew. A question that
    // was asked twice does no harm.
    while (true) {
      long left = (end - System.nanoTime()) / 1_000_000;
      if (left <= 0) {
        throw new IOException(
            "no answer from " + String.join(", ", run.addresses()) + " within " + words(limit));
      }
      FrameCodec.ClientReply reply = askOnce(run, question, Math.min(left, patience));
      if (reply != null) {
        if (!reply.ok()) {
          throw new IOException(reply.text());
        }
        return reply.text();
      }
      patience *= 2;
    }
  }

  private static String words(Duration limit) {
    return limit.toMillis() % 1000 == 0 ? limit.toSeconds() + " s" : limit.toMillis() + " ms";
  }

  private FrameCodec.ClientReply askOnce(ClientAddresses run, FromClient question, long millis)
      throws IOException {
    try (ZContext context = new ZContext(1)) {
      context.setLinger(0);
      List<ZMQ.Socket> sockets = new ArrayList<>();
      ZMQ.Poller poller = context.createPoller(run.addresses().size());
      for (String address : run.addresses()) {
        ZMQ.Socket socket = dial(context, run, address);
        sockets.add(socket);
        poller.register(socket, ZMQ.Poller.POLLIN);
        socket.send(new byte[] {ProtocolVersion.CURRENT}, ZMQ.SNDMORE | ZMQ.DONTWAIT);
        List<byte[]> body = codec.encode(question);
        for (int i = 0; i < body.size(); i++) {
          socket.send(body.get(i), ZMQ.DONTWAIT | (i < body.size() - 1 ? ZMQ.SNDMORE : 0));
        }
      }
      if (poller.poll(millis) <= 0) {
        return null;
      }
      for (ZMQ.Socket socket : sockets) {
        List<byte[]> frames = InterchangeSockets.receive(socket);
        if (frames != null) {
          return read(frames);
        }
      }
      return null;
    }
  }

  private static FrameCodec.ClientReply read(List<byte[]> frames) throws IOException {
    if (frames.size() < 2 || frames.get(0).length != 1) {
      throw new IOException("what answers there is no interchange");
    }
    if (frames.get(0)[0] != ProtocolVersion.CURRENT) {
      throw new IOException(
          "the run is of another version of Drover: ask with the one that started it");
    }
    try {
      return FrameCodec.decodeReply(frames.subList(1, frames.size()));
    } catch (ProtocolException e) {
      throw new IOException("its answer cannot be read: " + e.getMessage(), e);
    }
  }

  private ZMQ.Socket dial(ZContext context, ClientAddresses run, String address)
      throws IOException {
    ZMQ.Socket socket = context.createSocket(SocketType.DEALER);
    if (run.encrypted()) {
      CurveKeys.Pair own = CurveKeys.client(keys);
      socket.setCurveServerKey(ZMQ.Curve.z85Decode(CurveKeys.interchangePublicKey(keys)));
      socket.setCurvePublicKey(ZMQ.Curve.z85Decode(own.publicKey()));
      socket.setCurveSecretKey(ZMQ.Curve.z85Decode(own.secretKey()));
    }
    socket.setLinger(0);
    socket.connect("tcp://" + address);
    return socket;
  }
}
