package dev.drover.manager;

import dev.drover.protocol.CurveKeys;
import dev.drover.protocol.FrameCodec;
import dev.drover.protocol.FromManager;
import dev.drover.protocol.LostFramesException;
import dev.drover.protocol.ProtocolException;
import dev.drover.protocol.ProtocolVersion;
import dev.drover.protocol.Session;
import dev.drover.protocol.ToManager;
import dev.drover.task.Payload;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.zeromq.SocketType;
import org.zeromq.ZContext;
import org.zeromq.ZMQ;

/**
 * A manager's line to its interchange: it tries every address at once behind CURVE, registers at
 * the first that answers, then speaks in a sealed session over a socket of its own, and does all
 * that again when the session breaks. Created, used and closed by the loop's thread.
 */
final class ManagerLink implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(ManagerLink.class);

  /** Who is told what came. Called on the loop's thread. */
  interface Listener {
    /** A session stands; what the interchange may not have is to be sent again. */
    void joined(ToManager.Welcome welcome);

    /** The interchange said something. */
    void said(ToManager message, long ackedBatch);

    /** The interchange will never take this manager. */
    void refused(String reason);
  }

  private static final long FIRST_NUDGE_MICROS = 30_000;
  private static final long FIRST_PATIENCE_MICROS = 5_000_000;
  private static final long MOST_PATIENCE_MICROS = 120_000_000;

  private enum Stage {
    PROBING,
    REGISTERING,
    JOINED
  }

  private final ZContext context = new ZContext(1);
  private final FrameCodec codec = new FrameCodec();
  private final SecureRandom random = new SecureRandom();
  private final List<String> addresses;
  private final int port;
  private final Optional<Path> keys;
  private final Function<Payload, FromManager.Register> registration;
  private final Listener listener;

  private final Map<String, ZMQ.Socket> controls = new LinkedHashMap<>();
  private Stage stage = Stage.PROBING;
  private String answering;
  private Payload route;
  private ZMQ.Socket data;
  private Session session;
  private long patienceMicros;
  private long nudgeMicros;
  private long askedMicros;
  private long heardMicros;
  private long refusedFrames;
  private boolean heardInSession;
  private boolean socketsChanged = true;

  /**
   * @param registration makes the registration for a route, with what the manager holds at that
   *     moment
   */
  ManagerLink(
      List<String> addresses,
      int port,
      Optional<Path> keys,
      Function<Payload, FromManager.Register> registration,
      Listener listener) {
    this.addresses = addresses;
    this.port = port;
    this.keys = keys;
    this.registration = registration;
    this.listener = listener;
    context.setLinger(1_000); // the last outcomes and the goodbye still leave
  }

  boolean isJoined() {
    return stage == Stage.JOINED;
  }

  /** How long the interchange has said nothing, or nobody has answered, microseconds. */
  long silenceMicros(long nowMicros) {
    return nowMicros - Math.max(heardMicros, 0);
  }

  /** Time passed that this process did not have: nobody's silence. */
  void stoodStill(long nowMicros) {
    heardMicros = nowMicros;
  }

  /** Whether the interchange has spoken since the session began. */
  boolean hasHeardInSession() {
    return stage == Stage.JOINED && heardInSession;
  }

  String address() {
    return answering == null ? String.join(", ", addresses) : answering;
  }

  /** Starts over: probes all addresses and registers with what is held now. */
  void join(long nowMicros) throws IOException {
    patienceMicros = FIRST_PATIENCE_MICROS;
    dial(nowMicros);
  }

  private void dial(long nowMicros) throws IOException {
    closeSockets();
    session = null;
    stage = Stage.PROBING;
    if (heardMicros == 0) {
      heardMicros = nowMicros;
    }
    for (String address : addresses) {
      controls.put(address, openControl(address));
    }
    hello(nowMicros);
  }

  private ZMQ.Socket openControl(String address) throws IOException {
    ZMQ.Socket socket = context.createSocket(SocketType.DEALER);
    if (keys.isPresent()) {
      CurveKeys.Pair own = CurveKeys.client(keys.get());
      socket.setCurveServerKey(ZMQ.Curve.z85Decode(CurveKeys.interchangePublicKey(keys.get())));
      socket.setCurvePublicKey(ZMQ.Curve.z85Decode(own.publicKey()));
      socket.setCurveSecretKey(ZMQ.Curve.z85Decode(own.secretKey()));
    }
    socket.setReconnectIVL(200);
    socket.setReconnectIVLMax(5_000);
    socket.setLinger(0);
    socket.connect("tcp://" + address + ":" + port);
    return socket;
  }

  private void hello(long nowMicros) {
    askedMicros = nowMicros;
    nudgeMicros = FIRST_NUDGE_MICROS;
    controls.values().forEach(socket -> sendControl(socket, new FromManager.Hello()));
  }

  private void sendControl(ZMQ.Socket socket, FromManager message) {
    socket.send(new byte[] {ProtocolVersion.CURRENT}, ZMQ.SNDMORE | ZMQ.DONTWAIT);
    sendAll(socket, codec.encode(message));
  }

  private static void sendAll(ZMQ.Socket socket, List<byte[]> frames) {
    for (int i = 0; i < frames.size(); i++) {
      socket.send(frames.get(i), ZMQ.DONTWAIT | (i < frames.size() - 1 ? ZMQ.SNDMORE : 0));
    }
  }

  /** Whether the sockets that a poller must watch are others than at the last call. */
  boolean takeSocketsChanged() {
    boolean changed = socketsChanged;
    socketsChanged = false;
    return changed;
  }

  void register(ZMQ.Poller poller) {
    controls.values().forEach(socket -> poller.register(socket, ZMQ.Poller.POLLIN));
    if (data != null) {
      poller.register(data, ZMQ.Poller.POLLIN);
    }
  }

  /** Sends in the session; false = there is none now. */
  boolean send(FromManager message) {
    if (stage != Stage.JOINED) {
      return false;
    }
    sendAll(data, session.seal(codec.encode(message)));
    return true;
  }

  /** Takes what came; how many messages. */
  int receive(long nowMicros) throws IOException {
    int received = 0;
    for (String address : List.copyOf(controls.keySet())) {
      ZMQ.Socket socket = controls.get(address);
      List<byte[]> frames;
      while (socket != null && (frames = receiveAll(socket)) != null) {
        received++;
        control(address, frames, nowMicros);
        socket = controls.get(address);
      }
    }
    List<byte[]> frames;
    while (data != null && received < 1_000 && (frames = receiveAll(data)) != null) {
      received++;
      inSession(frames, nowMicros);
    }
    return received;
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

  private void control(String address, List<byte[]> frames, long nowMicros) throws IOException {
    try {
      if (frames.size() < 2 || frames.get(0)[0] != ProtocolVersion.CURRENT) {
        throw new ProtocolException("not a control message of this version");
      }
      ToManager message = FrameCodec.decodeToManager(frames.subList(1, frames.size())).message();
      if (message instanceof ToManager.HelloReply && stage == Stage.PROBING) {
        registerAt(address, nowMicros);
      } else if (message instanceof ToManager.Welcome welcome && stage == Stage.REGISTERING) {
        enter(address, welcome, nowMicros);
      } else if (message instanceof ToManager.Refused refused) {
        listener.refused(refused.reason());
      }
    } catch (ProtocolException e) {
      refuse(e);
    }
  }

  private void registerAt(String address, long nowMicros) {
    answering = address;
    heardMicros = nowMicros;
    askedMicros = nowMicros;
    stage = Stage.REGISTERING;
    byte[] random16 = new byte[16];
    random.nextBytes(random16);
    random16[0] |= 1; // an identity must not begin with a zero byte
    route = Payload.of(random16);
    sendControl(controls.get(address), registration.apply(route));
  }

  private void enter(String address, ToManager.Welcome welcome, long nowMicros) {
    heardMicros = nowMicros;
    controls.values().forEach(context::destroySocket);
    controls.clear();
    data = context.createSocket(SocketType.DEALER);
    data.setIdentity(route.bytes());
    data.setHWM(0); // what is under way is bounded by the capacity that was told
    data.setLinger(1_000);
    data.setReconnectIVL(200);
    data.setTCPKeepAlive(1);
    data.setTCPKeepAliveIdle(60);
    data.connect("tcp://" + address + ":" + welcome.dataPort());
    session = Session.ofManager(welcome.key());
    stage = Stage.JOINED;
    askedMicros = nowMicros;
    nudgeMicros = FIRST_NUDGE_MICROS;
    heardInSession = false;
    socketsChanged = true;
    send(new FromManager.Ready());
    listener.joined(welcome);
  }

  private void inSession(List<byte[]> frames, long nowMicros) throws IOException {
    try {
      FrameCodec.Received received = FrameCodec.decodeToManager(session.open(frames));
      heardMicros = nowMicros;
      heardInSession = true;
      if (received.message() instanceof ToManager.Rejoin rejoin) {
        log.warn("registering again: {}", rejoin.reason());
        join(nowMicros);
      } else {
        listener.said(received.message(), received.ackedBatch());
      }
    } catch (LostFramesException e) {
      log.warn("registering again: {}", e.getMessage());
      join(nowMicros);
    } catch (ProtocolException e) {
      refuse(e);
    }
  }

  private void refuse(ProtocolException e) {
    if (refusedFrames++ == 0) {
      log.warn("a frame was refused: {} (more will only be counted)", e.getMessage());
    }
  }

  /**
   * Looks after a session that does not stand yet: nudges JeroMQ, and dials again when nobody has
   * answered for long. The growing, random patience keeps thousands of managers from drowning an
   * interchange that is merely busy.
   */
  void tick(long nowMicros) throws IOException {
    if (hasHeardInSession()) {
      return;
    }
    long waited = nowMicros - askedMicros;
    if (waited > patienceMicros) {
      patienceMicros = Math.min(MOST_PATIENCE_MICROS, 2 * patienceMicros + random.nextInt(200_000));
      dial(nowMicros);
    } else if (waited > nudgeMicros) {
      nudgeMicros = 3 * nudgeMicros;
      nudge();
    }
  }

  /**
   * JeroMQ 0.6.0 now and then stops watching a connection in the moment when it is made: its poller
   * drops the key when the connector's and the engine's handle of one channel change in the same
   * round. Any change of what it watches makes it look again, so something is opened and closed.
   */
  private void nudge() {
    ZMQ.Socket something = context.createSocket(SocketType.DEALER);
    something.bindToRandomPort("tcp://127.0.0.1");
    context.destroySocket(something);
  }

  private void closeSockets() {
    controls.values().forEach(context::destroySocket);
    controls.clear();
    if (data != null) {
      context.destroySocket(data);
      data = null;
    }
    socketsChanged = true;
  }

  /** The interchange said its last word: nothing that is sent from now on would be read. */
  void peerIsDone() {
    context.setLinger(0);
    if (data != null) {
      data.setLinger(0);
    }
  }

  ZMQ.Poller poller(int size) {
    return context.createPoller(size);
  }

  @Override
  public void close() {
    context.close();
  }
}
