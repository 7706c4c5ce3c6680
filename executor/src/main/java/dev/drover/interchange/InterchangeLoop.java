package dev.drover.interchange;

import dev.drover.loop.Mailbox;
import dev.drover.protocol.FrameCodec;
import dev.drover.protocol.FromManager;
import dev.drover.protocol.LostFramesException;
import dev.drover.protocol.ManagerId;
import dev.drover.protocol.ProtocolException;
import dev.drover.protocol.ProtocolVersion;
import dev.drover.protocol.ToManager;
import dev.drover.task.Payload;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.zeromq.ZMQ;

/**
 * The interchange's thread: it owns the sockets, feeds what comes in to {@link InterchangeState}
 * and does what that decides. Other threads {@link #post} events and {@link #ask} for what the
 * state knows.
 */
public final class InterchangeLoop implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(InterchangeLoop.class);

  /** Inputs of one kind that are taken before the others get their turn. */
  private static final int BURST = 2_000;

  /** What others put in the mailbox. */
  private sealed interface Input {
    record Happened(Event event) implements Input {}

    /**
     * @param refused run instead when the loop has ended
     */
    record Asked(Runnable question, Runnable refused) implements Input {}

    record Closing() implements Input {}
  }

  private final InterchangeSettings settings;
  private final InterchangeListener listener;
  private final TaskFiles files;
  private final InterchangeState state;
  private final Mailbox<Input> mailbox = new Mailbox<>();
  private final InterchangeSockets sockets;
  private final FrameCodec codec = new FrameCodec();
  private final Sessions sessions;
  private final ClientRequests clients;
  private final LastEnds lastEnds;
  private final Thread thread;
  private final Map<ManagerId, byte[]> controlPeers = new HashMap<>();
  private final ArrayDeque<Event> followUps = new ArrayDeque<>();
  private final EffectPerformer performer = new EffectPerformer();
  private long refusedFrames;
  private boolean closing;
  private volatile boolean ended;

  private InterchangeLoop(
      InterchangeSettings settings,
      InterchangeAddress address,
      TaskFiles files,
      InterchangeListener listener)
      throws IOException {
    this.settings = settings;
    this.listener = listener;
    this.files = files;
    this.state = new InterchangeState(settings);
    this.sockets = new InterchangeSockets(address);
    this.sessions = new Sessions(address, sockets, codec, followUps::add);
    this.clients = new ClientRequests(state, this::on);
    this.lastEnds = new LastEnds(state, listener);
    this.thread = new Thread(this::run, "drover-interchange");
    this.thread.setDaemon(true);
  }

  /**
   * Binds the sockets and starts the thread.
   *
   * @throws IOException when no port can be had or the keys cannot be read
   */
  public static InterchangeLoop start(
      InterchangeSettings settings,
      InterchangeAddress address,
      TaskFiles files,
      InterchangeListener listener)
      throws IOException {
    InterchangeLoop loop = new InterchangeLoop(settings, address, files, listener);
    loop.thread.start();
    return loop;
  }

  /** Port that managers and clients dial first. */
  public int port() {
    return sockets.controlPort;
  }

  /** Tells the state what happened; any thread, never blocks. */
  public void post(Event event) {
    post(new Input.Happened(event));
  }

  /** Whatever comes when nobody takes it any more, its poster refuses. */
  private void post(Input input) {
    mailbox.post(input);
    if (ended) {
      refuseAll();
    }
  }

  /**
   * Asks the state on the loop's thread; the answer must not keep hold of it. Fails with {@link
   * IllegalStateException} once the loop is closed.
   */
  public <T> CompletableFuture<T> ask(Function<InterchangeState, T> question) {
    CompletableFuture<T> answer = new CompletableFuture<>();
    post(
        new Input.Asked(
            () -> {
              try {
                answer.complete(question.apply(state));
              } catch (RuntimeException | Error e) {
                answer.completeExceptionally(e);
              }
            },
            () ->
                answer.completeExceptionally(
                    new IllegalStateException("the interchange has ended"))));
    return answer;
  }

  /**
   * Tells every manager to stop, lets the message leave, closes the sockets; returns when that is
   * done.
   */
  @Override
  public void close() {
    post(new Input.Closing());
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true; // the sockets are the loop's to close: wait for it all the same
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private static long nowMicros() {
    return System.nanoTime() / 1000;
  }

  private void run() {
    try {
      ZMQ.Poller poller = sockets.poller();
      poller.register(sockets.control, ZMQ.Poller.POLLIN);
      poller.register(sockets.data, ZMQ.Poller.POLLIN);
      poller.register(mailbox.wakeUps(), ZMQ.Poller.POLLIN);
      if (sockets.zap != null) {
        poller.register(sockets.zap, ZMQ.Poller.POLLIN);
      }
      long tickMicros = Math.min(1_000_000, settings.heartbeatPeriod().toNanos() / 4000);
      long nextTick = nowMicros() + tickMicros;
      while (!closing) {
        int work = mailbox.take(this::take, BURST);
        if (sockets.zap != null) {
          sockets.answerZap();
        }
        work += receiveControl();
        work += receiveData();
        if (nowMicros() >= nextTick) {
          on(new Event.Tick());
          if (sockets.takeHangUps()) {
            listener.connectionLost();
          }
          nextTick = nowMicros() + tickMicros;
        }
        if (work > 0 || state.hasMoreToGive()) {
          on(new Event.Dispatch());
        } else if (mailbox.beforeSleep()) {
          poller.poll(Math.max(1, (nextTick - nowMicros()) / 1000));
          mailbox.afterSleep();
        }
      }
      sessions.stopAll("the run is over");
    } catch (Throwable e) {
      lastEnds.broke(e);
      lastEnds.trying(() -> sessions.stopAll("the interchange broke"));
    } finally {
      ended = true;
      refuseAll();
      try {
        sockets.close();
      } finally {
        closeMailbox();
      }
      if (refusedFrames > 0) {
        log.info("{} frames were refused in all", refusedFrames);
      }
    }
  }

  private void closeMailbox() {
    try {
      mailbox.close();
    } catch (IOException e) {
      log.debug("closing the mailbox", e);
    }
  }

  private void take(Input input) {
    if (input instanceof Input.Happened happened) {
      on(happened.event());
    } else if (input instanceof Input.Asked asked) {
      asked.question().run();
    } else {
      closing = true;
    }
  }

  /** On any thread, once the loop has ended. */
  private void refuseAll() {
    mailbox.take(this::refuse, Integer.MAX_VALUE);
  }

  /** Who asks after the end is told so, instead of waiting for ever; so is who gave tasks. */
  private void refuse(Input input) {
    if (input instanceof Input.Asked asked) {
      asked.refused().run();
    } else if (input instanceof Input.Happened happened) {
      lastEnds.late(happened.event());
    }
  }

  private void on(Event event) {
    handle(event);
    while (!followUps.isEmpty()) {
      handle(followUps.poll());
    }
  }

  private void handle(Event event) {
    lastEnds.taking(event);
    for (Effect effect : state.on(event, nowMicros())) {
      effect.match(performer);
      state.turn().performed();
    }
    lastEnds.taken();
  }

  private int receiveControl() {
    int received = 0;
    List<byte[]> frames;
    while (received < BURST && (frames = InterchangeSockets.receive(sockets.control)) != null) {
      received++;
      try {
        control(frames.get(0), versioned(frames.subList(1, frames.size())));
      } catch (ProtocolException e) {
        refuse("control", e);
      }
    }
    return received;
  }

  /**
   * Control messages carry their version in a frame of its own, so that any version can be told.
   */
  private static List<byte[]> versioned(List<byte[]> frames) throws ProtocolException {
    if (frames.size() < 2 || frames.get(0).length != 1) {
      throw new ProtocolException("not a control message");
    }
    if (frames.get(0)[0] != ProtocolVersion.CURRENT) {
      throw new ProtocolException("of protocol version " + (frames.get(0)[0] & 0xff));
    }
    return frames.subList(1, frames.size());
  }

  private void control(byte[] peer, List<byte[]> message) throws ProtocolException {
    if (FrameCodec.isFromClient(message)) {
      String answer = FrameCodec.decodeFromClient(message).match(clients);
      sendControl(peer, codec.encodeReply(true, answer));
      return;
    }
    FromManager decoded = FrameCodec.decodeFromManager(message);
    if (decoded instanceof FromManager.Hello) {
      sendControl(peer, codec.encode(new ToManager.HelloReply(), 0));
    } else if (decoded instanceof FromManager.Register register) {
      controlPeers.put(register.facts().id(), peer);
      on(new Event.Registered(register));
    } else {
      throw new ProtocolException("not a message for the control socket");
    }
  }

  private void sendControl(byte[] peer, List<byte[]> body) {
    List<byte[]> frames = new ArrayList<>(1 + body.size());
    frames.add(new byte[] {ProtocolVersion.CURRENT});
    frames.addAll(body);
    InterchangeSockets.send(sockets.control, peer, frames);
  }

  private int receiveData() {
    int received = 0;
    List<byte[]> frames;
    while (received < BURST && (frames = InterchangeSockets.receive(sockets.data)) != null) {
      received++;
      Sessions.Peer peer = sessions.of(frames.get(0));
      if (peer == null) {
        refuse("data", new ProtocolException("a frame of no session"));
        continue;
      }
      try {
        said(
            peer,
            FrameCodec.decodeFromManager(peer.session.open(frames.subList(1, frames.size()))));
      } catch (LostFramesException e) {
        lostFrames(peer, e.getMessage());
      } catch (ProtocolException e) {
        refuse("data", e);
      }
    }
    return received;
  }

  private void lostFrames(Sessions.Peer peer, String what) {
    if (sessions.askToRejoin(peer, what, nowMicros())) {
      on(new Event.RouteLost(peer.manager, what));
    }
  }

  private void said(Sessions.Peer peer, FromManager message) {
    sessions.heard(peer);
    if (message instanceof FromManager.Ready) {
      sessions.send(peer, new ToManager.Heartbeat(), 0); // it waits for a word on its new socket
    } else if (message instanceof FromManager.NeedClasspath need) {
      files
          .classpath(need.classpath())
          .ifPresent(
              entries ->
                  sessions.send(peer, new ToManager.Classpath(need.classpath(), entries), 0));
    } else if (message instanceof FromManager.NeedFile need) {
      files.read(
          need.sha256(),
          need.offset(),
          part -> post(new Input.Asked(() -> sessions.send(peer, part, 0), () -> {})));
    }
    on(new Event.FromManagerSaid(peer.manager, message));
  }

  /** Garbage is refused and told once; the service goes on. */
  private void refuse(String port, ProtocolException e) {
    if (refusedFrames++ == 0) {
      log.warn(
          "a frame on the {} port was refused: {} (more will only be counted)",
          port,
          e.getMessage());
    }
  }

  private final class EffectPerformer implements Effect.Cases<Void> {
    @Override
    public Void openSession(Effect.OpenSession effect) {
      Payload sessionKey = sessions.open(effect.manager(), effect.route());
      ToManager.Welcome welcome =
          new ToManager.Welcome(
              sessionKey,
              sockets.dataPort,
              settings.heartbeatPeriod(),
              settings.heartbeatThreshold(),
              effect.acked());
      byte[] controlPeer = controlPeers.remove(effect.manager());
      if (controlPeer != null) {
        sendControl(controlPeer, codec.encode(welcome, effect.acked()));
      }
      return null;
    }

    @Override
    public Void closeSession(Effect.CloseSession effect) {
      sessions.close(effect.manager(), effect.mayReturn());
      return null;
    }

    @Override
    public Void send(Effect.Send effect) {
      sessions.send(effect.manager(), effect.message(), effect.acked());
      return null;
    }

    @Override
    public Void finish(Effect.Finish effect) {
      listener.finished(effect.report(), effect.completion());
      lastEnds.told();
      return null;
    }

    @Override
    public Void attemptEnded(Effect.AttemptEnded effect) {
      listener.attemptEnded(effect.report(), effect.cost());
      return null;
    }

    @Override
    public Void managerJoined(Effect.ManagerJoined effect) {
      listener.managerJoined(effect.facts());
      return null;
    }

    @Override
    public Void managerLeft(Effect.ManagerLeft effect) {
      listener.managerLeft(effect.facts(), effect.reason(), effect.orderly());
      return null;
    }

    @Override
    public Void warn(Effect.Warn effect) {
      log.warn("{}", effect.text());
      return null;
    }
  }
}
