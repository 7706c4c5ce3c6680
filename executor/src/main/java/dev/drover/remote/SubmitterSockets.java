package dev.drover.remote;

import dev.drover.protocol.CurveKeys;
import dev.drover.protocol.FromSubmitter;
import dev.drover.protocol.ProtocolException;
import dev.drover.protocol.ProtocolVersion;
import dev.drover.protocol.Session;
import dev.drover.protocol.SubmitterCodec;
import dev.drover.protocol.ToSubmitter;
import dev.drover.task.Payload;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.zeromq.SocketType;
import org.zeromq.ZContext;
import org.zeromq.ZMQ;

/**
 * A submitter's sockets: one behind CURVE to attach, then one for the sealed session; all new after
 * each loss. Created, used and closed by the link's thread.
 */
final class SubmitterSockets implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(SubmitterSockets.class);
  private static final long FIRST_NUDGE_MICROS = 30_000;

  private final ZContext context = new ZContext(1);
  private final SubmitterCodec codec = new SubmitterCodec();
  private final SecureRandom random = new SecureRandom();
  private RemoteInterchange.Addresses addresses;
  private Payload route;
  private ZMQ.Socket control;
  private ZMQ.Socket data;
  private Session session;
  private boolean changed = true;
  private boolean unheard;
  private long askedMicros;
  private long nudgeMicros;
  private long refusedFrames;

  /** An identity for the next data socket: it must not begin with a zero byte. */
  Payload newRoute() {
    byte[] bytes = new byte[FromSubmitter.Attach.ROUTE_BYTES];
    random.nextBytes(bytes);
    bytes[0] |= 1;
    route = Payload.of(bytes);
    return route;
  }

  /** Dials the control address and attaches. */
  void attach(
      RemoteInterchange.Addresses where, Path keys, FromSubmitter.Attach attach, long nowMicros)
      throws IOException {
    disconnect(0);
    addresses = where;
    CurveKeys.Pair own = CurveKeys.client(keys);
    String peer = CurveKeys.interchangePublicKey(keys);
    control = context.createSocket(SocketType.DEALER);
    control.setCurveServerKey(ZMQ.Curve.z85Decode(peer));
    control.setCurvePublicKey(ZMQ.Curve.z85Decode(own.publicKey()));
    control.setCurveSecretKey(ZMQ.Curve.z85Decode(own.secretKey()));
    control.setReconnectIVL(200);
    control.setLinger(0);
    control.connect("tcp://" + where.control());
    control.send(new byte[] {ProtocolVersion.CURRENT}, ZMQ.SNDMORE | ZMQ.DONTWAIT);
    sendAll(control, codec.encode(attach));
    dialed(nowMicros);
  }

  /** Dials the data address. */
  void openSession(Payload key, long nowMicros) {
    context.destroySocket(control);
    control = null;
    data = context.createSocket(SocketType.DEALER);
    data.setIdentity(route.bytes());
    data.setHWM(0); // what is under way is bounded by the windows
    data.setLinger(0);
    data.setReconnectIVL(200);
    data.connect("tcp://" + addresses.data());
    session = Session.ofManager(key);
    dialed(nowMicros);
  }

  private void dialed(long nowMicros) {
    changed = true;
    unheard = true;
    askedMicros = nowMicros;
    nudgeMicros = FIRST_NUDGE_MICROS;
  }

  void send(FromSubmitter message) {
    if (data != null) {
      sendAll(data, session.seal(codec.encode(message)));
    }
  }

  private static void sendAll(ZMQ.Socket socket, List<byte[]> frames) {
    for (int i = 0; i < frames.size(); i++) {
      socket.send(frames.get(i), ZMQ.DONTWAIT | (i < frames.size() - 1 ? ZMQ.SNDMORE : 0));
    }
  }

  /**
   * Takes what came, until the sockets are others.
   *
   * @return how many messages
   * @throws ProtocolException when the session is broken: frames were lost
   */
  int receive(Consumer<ToSubmitter> each) throws ProtocolException {
    int received = 0;
    List<byte[]> frames;
    while (control != null && (frames = receiveAll(control)) != null) {
      received++;
      unheard = false;
      each.accept(control(frames));
    }
    while (data != null && received < 1_000 && (frames = receiveAll(data)) != null) {
      received++;
      try {
        ToSubmitter message = SubmitterCodec.decodeToSubmitter(session.open(frames));
        unheard = false;
        each.accept(message);
      } catch (dev.drover.protocol.LostFramesException e) {
        throw e;
      } catch (ProtocolException e) {
        if (refusedFrames++ == 0) {
          log.warn("a frame was refused: {} (more will only be counted)", e.getMessage());
        }
      }
    }
    return received;
  }

  private static ToSubmitter control(List<byte[]> frames) throws ProtocolException {
    if (frames.size() < 2 || frames.get(0).length != 1) {
      throw new ProtocolException("what answers there is no interchange");
    }
    if (frames.get(0)[0] != ProtocolVersion.CURRENT) {
      return new ToSubmitter.Refused(
          "the interchange speaks protocol version %d, this side %d: use the same drover.jar on both"
              .formatted(frames.get(0)[0] & 0xff, ProtocolVersion.CURRENT),
          false);
    }
    return SubmitterCodec.decodeToSubmitter(frames.subList(1, frames.size()));
  }

  private static List<byte[]> receiveAll(ZMQ.Socket socket) {
    byte[] first = socket.recv(ZMQ.DONTWAIT);
    if (first == null) {
      return null;
    }
    List<byte[]> frames = new ArrayList<>(2);
    frames.add(first);
    while (socket.hasReceiveMore()) {
      frames.add(socket.recv(0));
    }
    return frames;
  }

  /** Whether the sockets that a poller must watch are others than at the last call. */
  boolean takeChanged() {
    boolean taken = changed;
    changed = false;
    return taken;
  }

  void register(ZMQ.Poller poller) {
    if (control != null) {
      poller.register(control, ZMQ.Poller.POLLIN);
    }
    if (data != null) {
      poller.register(data, ZMQ.Poller.POLLIN);
    }
  }

  ZMQ.Poller poller() {
    return context.createPoller(3);
  }

  /** How long the poller may sleep before the next nudge, in milliseconds; at least 1. */
  long patienceMillis(long most, long nowMicros) {
    return unheard
        ? Math.max(1, Math.min(most, (askedMicros + nudgeMicros - nowMicros) / 1000))
        : most;
  }

  /**
   * JeroMQ 0.6.0 now and then stops watching a connection in the moment when it is made, until
   * anything else is opened or closed: so that is done while nothing was heard.
   */
  void tick(long nowMicros) {
    if (unheard && (control != null || data != null) && nowMicros - askedMicros > nudgeMicros) {
      nudgeMicros = 3 * nudgeMicros;
      ZMQ.Socket something = context.createSocket(SocketType.DEALER);
      something.bindToRandomPort("tcp://127.0.0.1");
      context.destroySocket(something);
    }
  }

  /**
   * Closes the sockets.
   *
   * @param lingerMillis how long what was sent may take to leave
   */
  void disconnect(int lingerMillis) {
    if (control != null) {
      context.destroySocket(control);
      control = null;
    }
    if (data != null) {
      data.setLinger(lingerMillis);
      context.destroySocket(data);
      data = null;
    }
    session = null;
    changed = true;
    unheard = false;
  }

  @Override
  public void close() {
    disconnect(500);
    context.setLinger(500);
    context.close();
  }
}
