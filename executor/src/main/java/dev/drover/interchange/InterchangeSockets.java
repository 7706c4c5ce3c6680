package dev.drover.interchange;

import dev.drover.protocol.CurveKeys;
import dev.drover.protocol.Session;
import java.io.IOException;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.zeromq.SocketType;
import org.zeromq.ZContext;
import org.zeromq.ZMQ;
import org.zeromq.ZMQException;
import zmq.ZError;

/**
 * The sockets of an interchange, or of its door for submitters: a control ROUTER behind CURVE,
 * whose clients' keys are checked, and a data ROUTER whose frames the sessions seal. Created, used
 * and closed by the loop's thread.
 */
public final class InterchangeSockets implements AutoCloseable {
  private static final int CONTROL_MESSAGE_BYTES = 16 << 20;
  private static final String HANG_UPS = "inproc://drover.hang-ups";

  public final ZMQ.Socket control;
  public final ZMQ.Socket data;
  public final int controlPort;
  public final int dataPort;

  /** Answers whether a client's key may pass; null when nothing is encrypted. */
  public final ZMQ.Socket zap;

  /** Where the data socket tells of connections that ended. */
  private final ZMQ.Socket hangUps;

  private final ZContext context;
  private final byte[] clientKey;

  /**
   * Binds both.
   *
   * @throws IOException when no port can be had or the keys cannot be read
   */
  public InterchangeSockets(InterchangeAddress address) throws IOException {
    context = new ZContext(1);
    context.setLinger(500); // what was sent last, such as Stop, still leaves
    try {
      control = router(CONTROL_MESSAGE_BYTES);
      data = router(Session.MOST_FRAME_BYTES);
      // Managers keep only the data connection once they have registered.
      data.monitor(HANG_UPS, ZMQ.EVENT_DISCONNECTED);
      hangUps = context.createSocket(SocketType.PAIR);
      hangUps.connect(HANG_UPS);
      if (address.keys().isPresent()) {
        zap = context.createSocket(SocketType.REP);
        zap.bind("inproc://zeromq.zap.01");
        CurveKeys.Pair own = CurveKeys.interchange(address.keys().get());
        control.setCurveServer(true);
        control.setCurvePublicKey(ZMQ.Curve.z85Decode(own.publicKey()));
        control.setCurveSecretKey(ZMQ.Curve.z85Decode(own.secretKey()));
        control.setZAPDomain("drover");
        clientKey = ZMQ.Curve.z85Decode(CurveKeys.client(address.keys().get()).publicKey());
      } else {
        zap = null;
        clientKey = new byte[0];
      }
      controlPort = bind(control, address, address.port(), address.preferredPort());
      dataPort = bind(data, address, 0, 0);
    } catch (IOException | RuntimeException e) {
      context.close();
      throw e;
    }
  }

  /** Whether a data connection has ended since the last call. */
  boolean takeHangUps() {
    boolean any = false;
    while (ZMQ.Event.recv(hangUps, ZMQ.DONTWAIT) != null) {
      any = true;
    }
    return any;
  }

  private ZMQ.Socket router(long maxMessageBytes) {
    ZMQ.Socket socket = context.createSocket(SocketType.ROUTER);
    socket.setRouterMandatory(true); // else a send to a dead manager says it went well
    socket.setHWM(0); // what is under way is bounded by the managers' capacities
    socket.setLinger(500);
    socket.setMaxMsgSize(maxMessageBytes);
    socket.setTCPKeepAlive(1);
    socket.setTCPKeepAliveIdle(60);
    socket.setBacklog(4096); // thousands of managers may dial at once
    return socket;
  }

  private static int bind(ZMQ.Socket socket, InterchangeAddress address, int fixed, int preferred)
      throws IOException {
    List<Integer> ports = new ArrayList<>();
    if (fixed != 0) {
      ports.add(fixed);
    } else {
      if (preferred != 0) {
        ports.add(preferred);
      }
      int span = address.lastPort() - address.firstPort() + 1;
      int start = ThreadLocalRandom.current().nextInt(span);
      for (int i = 0; i < Math.min(span, 200); i++) {
        ports.add(address.firstPort() + (start + i) % span);
      }
    }
    for (int port : ports) {
      if (bindAll(socket, address.bind(), port)) {
        return port;
      }
    }
    throw new IOException(
        fixed != 0
            ? "port %d on %s is taken or not allowed: set executor.port = 0 to choose a free one"
                .formatted(fixed, address.bind())
            : "no free port in %d-%d on %s: set executor.port-range"
                .formatted(address.firstPort(), address.lastPort(), address.bind()));
  }

  private static boolean bindAll(ZMQ.Socket socket, List<String> interfaces, int port)
      throws IOException {
    List<String> bound = new ArrayList<>();
    for (String name : interfaces) {
      String endpoint = "tcp://" + name + ":" + port;
      try {
        if (!socket.bind(endpoint)) {
          bound.forEach(socket::unbind);
          return false;
        }
        bound.add(endpoint);
      } catch (ZMQException e) {
        bound.forEach(socket::unbind);
        if (e.getErrorCode() == ZError.EADDRINUSE) {
          return false;
        }
        throw new IOException(
            "cannot listen on %s: %s: set executor.address to an address of this host"
                .formatted(endpoint, e.getMessage()),
            e);
      }
    }
    return true;
  }

  /** Answers one question of the ZAP protocol: only the run's client key may pass. */
  public void answerZap() {
    List<byte[]> request = receive(zap);
    if (request == null || request.size() < 6) {
      return;
    }
    boolean curve = "CURVE".equals(new String(request.get(5), ZMQ.CHARSET));
    boolean pass = curve && request.size() > 6 && MessageDigest.isEqual(request.get(6), clientKey);
    zap.sendMore(request.get(0));
    zap.sendMore(request.get(1));
    zap.sendMore(pass ? "200" : "400");
    zap.sendMore(pass ? "OK" : "this key is not the run's");
    zap.sendMore(pass ? "drover" : "");
    zap.send(new byte[0]);
  }

  /** All frames of the next message; null = there is none. */
  public static List<byte[]> receive(ZMQ.Socket socket) {
    byte[] first = socket.recv(ZMQ.DONTWAIT);
    if (first == null) {
      return null;
    }
    List<byte[]> frames = new ArrayList<>(3);
    frames.add(first);
    while (socket.hasReceiveMore()) {
      frames.add(socket.recv(0));
    }
    return frames;
  }

  /** Sends to one peer; false = there is no such peer any more. */
  public static boolean send(ZMQ.Socket socket, byte[] peer, List<byte[]> frames) {
    try {
      if (!socket.send(peer, ZMQ.SNDMORE | ZMQ.DONTWAIT)) {
        return false;
      }
      for (int i = 0; i < frames.size(); i++) {
        int more = i < frames.size() - 1 ? ZMQ.SNDMORE : 0;
        if (!socket.send(frames.get(i), more | ZMQ.DONTWAIT)) {
          return false;
        }
      }
      return true;
    } catch (ZMQException e) {
      if (e.getErrorCode() == ZError.EHOSTUNREACH) {
        return false;
      }
      throw e;
    }
  }

  /** A poller for these sockets and a mailbox. */
  public ZMQ.Poller poller() {
    return context.createPoller(4);
  }

  @Override
  public void close() {
    context.close();
  }
}
