package dev.drover.benchmark;

import dev.drover.protocol.CurveKeys;
import dev.drover.protocol.FrameCodec;
import dev.drover.protocol.FromManager;
import dev.drover.protocol.ManagerFacts;
import dev.drover.protocol.ManagerId;
import dev.drover.protocol.ProtocolException;
import dev.drover.protocol.ProtocolVersion;
import dev.drover.protocol.Session;
import dev.drover.protocol.ToManager;
import dev.drover.task.Ending;
import dev.drover.task.OutputRange;
import dev.drover.task.Payload;
import dev.drover.task.TaskAssignment;
import dev.drover.task.TaskOutcome;
import java.io.IOException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.zeromq.SocketType;
import org.zeromq.ZContext;
import org.zeromq.ZMQ;

/**
 * Many managers in one process that run nothing: each registers over a CURVE connection of its own,
 * opens a data connection of its own, and answers every task at once with its success. One thread
 * owns all sockets.
 *
 * <pre>SimulatedManagers PORT KEYS|- MANAGERS SLOTS</pre>
 *
 * Prints {@code joined} when the last has joined; ends when the interchange closes a connection or
 * says stop.
 */
public final class SimulatedManagers {
  private static final String HOST = "127.0.0.1";

  /** Managers that shake hands at a time. */
  private static final int JOINING_AT_ONCE = 32;

  private final int port;
  private final String keys;
  private final int slots;
  private final Selector selector = Selector.open();
  private final ZContext context = new ZContext(1);
  private final FrameCodec codec = new FrameCodec();
  private final SecureRandom random = new SecureRandom();
  private final List<Simulated> joined = new ArrayList<>();
  private long heartbeatNanos;
  private boolean stopped;

  private final class Simulated {
    final String id;
    final Payload route;
    ZmtpStream data;
    Session session;
    SelectionKey key;
    long batch;
    long saidNanos;

    Simulated(int number) {
      id = "simulated-" + number;
      byte[] bytes = new byte[16];
      random.nextBytes(bytes);
      bytes[0] |= 1; // an identity must not begin with a zero byte
      route = Payload.of(bytes);
    }

    FromManager.Register registration() {
      ManagerFacts facts =
          new ManagerFacts(
              new ManagerId(id),
              "",
              "node-" + id,
              1,
              slots,
              1,
              0,
              List.of(),
              slots,
              0,
              "",
              "",
              "",
              1);
      return new FromManager.Register(facts, route, capacity(), List.of());
    }

    void enter(ToManager.Welcome welcome) throws IOException {
      heartbeatNanos = welcome.heartbeatPeriod().toNanos();
      session = Session.ofManager(welcome.key());
      data = new ZmtpStream(HOST, welcome.dataPort(), route.bytes());
      key = data.channel.register(selector, SelectionKey.OP_READ, this);
      joined.add(this);
      say(new FromManager.Ready());
    }

    void say(FromManager message) throws IOException {
      saidNanos = System.nanoTime();
      boolean all = data.send(session.seal(codec.encode(message)));
      key.interestOps(all ? SelectionKey.OP_READ : SelectionKey.OP_READ | SelectionKey.OP_WRITE);
    }

    void readable() throws IOException, ProtocolException {
      data.fill();
      List<byte[]> frames;
      while ((frames = data.next()) != null) {
        ToManager message = FrameCodec.decodeToManager(session.open(frames)).message();
        if (message instanceof ToManager.RunTasks run) {
          say(new FromManager.TasksFinished(++batch, outcomes(run.tasks()), capacity()));
        } else if (message instanceof ToManager.Stop) {
          stopped = true;
        } else if (message instanceof ToManager.Rejoin rejoin) {
          throw new ProtocolException("asked to rejoin: " + rejoin.reason());
        }
      }
    }
  }

  private SimulatedManagers(int port, String keys, int slots) throws IOException {
    this.port = port;
    this.keys = keys;
    this.slots = slots;
    context.getContext().setMaxSockets(16 * 1024); // closed ones count for a while
  }

  public static void main(String[] arguments) throws Exception {
    SimulatedManagers managers =
        new SimulatedManagers(
            Integer.parseInt(arguments[0]), arguments[1], Integer.parseInt(arguments[3]));
    managers.join(Integer.parseInt(arguments[2]));
    System.out.println("joined");
    managers.serve();
    System.exit(0);
  }

  private int capacity() {
    return 2 * slots;
  }

  private static List<TaskOutcome> outcomes(List<TaskAssignment> tasks) {
    long now = System.currentTimeMillis() * 1000;
    List<TaskOutcome> outcomes = new ArrayList<>(tasks.size());
    for (TaskAssignment task : tasks) {
      outcomes.add(
          new TaskOutcome(
              task.id(),
              task.attempt(),
              Ending.SUCCEEDED,
              -1,
              0,
              "",
              Payload.EMPTY,
              now,
              now + 5,
              5,
              -1,
              0,
              OutputRange.NOTHING,
              OutputRange.NOTHING,
              ""));
    }
    return outcomes;
  }

  private record Joining(Simulated manager, ZMQ.Socket control) {}

  private void join(int count) throws Exception {
    ArrayDeque<Joining> joining = new ArrayDeque<>();
    int begun = 0;
    while (joined.size() < count) {
      while (begun < count && joining.size() < JOINING_AT_ONCE) {
        Joining next = new Joining(new Simulated(begun++), openControl());
        sendControl(next.control, new FromManager.Hello());
        joining.add(next);
      }
      boolean moved = false;
      for (int i = joining.size(); i > 0; i--) {
        Joining one = joining.poll();
        ToManager answer = receiveControl(one.control);
        moved |= answer != null;
        if (answer instanceof ToManager.Welcome welcome) {
          one.manager.enter(welcome);
          context.destroySocket(one.control);
          continue;
        }
        if (answer instanceof ToManager.HelloReply) {
          sendControl(one.control, one.manager.registration());
        } else if (answer != null) {
          throw new IllegalStateException("refused: " + answer);
        }
        joining.add(one);
      }
      turn(moved ? 0 : 1);
    }
  }

  private ZMQ.Socket openControl() throws IOException {
    ZMQ.Socket socket = context.createSocket(SocketType.DEALER);
    socket.setLinger(0);
    if (!keys.equals("-")) {
      Path directory = Path.of(keys);
      CurveKeys.Pair own = CurveKeys.client(directory);
      socket.setCurveServerKey(ZMQ.Curve.z85Decode(CurveKeys.interchangePublicKey(directory)));
      socket.setCurvePublicKey(ZMQ.Curve.z85Decode(own.publicKey()));
      socket.setCurveSecretKey(ZMQ.Curve.z85Decode(own.secretKey()));
    }
    socket.connect("tcp://" + HOST + ":" + port);
    return socket;
  }

  private void sendControl(ZMQ.Socket socket, FromManager message) {
    socket.send(new byte[] {ProtocolVersion.CURRENT}, ZMQ.SNDMORE);
    List<byte[]> frames = codec.encode(message);
    for (int i = 0; i < frames.size(); i++) {
      socket.send(frames.get(i), i < frames.size() - 1 ? ZMQ.SNDMORE : 0);
    }
  }

  private static ToManager receiveControl(ZMQ.Socket socket) throws ProtocolException {
    if (socket.recv(ZMQ.DONTWAIT) == null) {
      return null;
    }
    List<byte[]> body = new ArrayList<>(1);
    while (socket.hasReceiveMore()) {
      body.add(socket.recv(0));
    }
    return FrameCodec.decodeToManager(body).message();
  }

  private void serve() throws Exception {
    long nextTick = System.nanoTime();
    while (!stopped) {
      turn(100);
      if (System.nanoTime() >= nextTick) {
        nextTick = System.nanoTime() + 100_000_000;
        beat();
      }
    }
  }

  private void beat() throws IOException {
    long now = System.nanoTime();
    for (Simulated manager : joined) {
      if (now - manager.saidNanos >= heartbeatNanos) {
        manager.say(new FromManager.Heartbeat(capacity()));
      }
    }
  }

  private void turn(long waitMillis) throws Exception {
    if (waitMillis > 0) {
      selector.select(waitMillis);
    } else {
      selector.selectNow();
    }
    for (SelectionKey key : selector.selectedKeys()) {
      Simulated manager = (Simulated) key.attachment();
      if (key.isWritable() && manager.data.flush()) {
        key.interestOps(SelectionKey.OP_READ);
      }
      if (key.isReadable()) {
        manager.readable();
      }
    }
    selector.selectedKeys().clear();
  }
}
