package dev.drover.remote;

import dev.drover.interchange.InterchangeAddress;
import dev.drover.interchange.InterchangeSockets;
import dev.drover.loop.Mailbox;
import dev.drover.protocol.FromSubmitter;
import dev.drover.protocol.LostFramesException;
import dev.drover.protocol.ProtocolException;
import dev.drover.protocol.ProtocolVersion;
import dev.drover.protocol.Session;
import dev.drover.protocol.SubmitterCodec;
import dev.drover.protocol.ToSubmitter;
import dev.drover.task.Payload;
import java.io.IOException;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.zeromq.ZMQ;

/**
 * The door of an interchange on a head node for the process that submits to it. Its thread, {@code
 * drover-submissions}, owns the sockets, feeds what comes in to {@link ServerState} and does what
 * that decides. Nobody without the run's keys may come in.
 */
public final class SubmissionServer implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(SubmissionServer.class);
  private static final int BURST = 1_000;
  private static final long MESSAGE_BYTES = 256 * 1024;
  private static final long MOST_TICK_MICROS = 500_000;

  private final ServerState state;
  private final SubmissionService service;
  private final ReportSpool reports;
  private final KeptClasspaths classpaths;
  private final InterchangeSockets sockets;
  private final Mailbox<Function<ServerState, List<ServerEffect>>> mailbox = new Mailbox<>();
  private final SubmitterCodec codec = new SubmitterCodec();
  private final SecureRandom random = new SecureRandom();
  private final Performer performer = new Performer();
  private final long mostPartBytes;
  private final long tickMicros;
  private final Thread thread;

  // Of the thread.
  private byte[] asking;
  private byte[] route;
  private Session session;
  private long refusedFrames;
  private boolean closing;

  private SubmissionServer(
      ServerSettings settings,
      InterchangeAddress address,
      long lastAccepted,
      SubmissionService service,
      ReportSpool reports,
      KeptClasspaths classpaths)
      throws IOException {
    if (address.keys().isEmpty()) {
      throw new IllegalArgumentException("who has no keys may not submit");
    }
    this.service = service;
    this.reports = reports;
    this.classpaths = classpaths;
    this.mostPartBytes = address.maxMessageBytes();
    this.tickMicros = Math.min(MOST_TICK_MICROS, settings.silence().toNanos() / 4000);
    this.state =
        new ServerState(
            settings, lastAccepted, reports.written(), Set.copyOf(classpaths.complete()), now());
    this.sockets = new InterchangeSockets(address);
    this.thread = new Thread(this::run, "drover-submissions");
    this.thread.setDaemon(true);
  }

  /**
   * Binds the sockets and starts the thread.
   *
   * @param address with keys, always
   * @param lastAccepted highest id in the journal; 0 = none
   * @throws IOException when no port can be had or the keys cannot be read
   */
  public static SubmissionServer start(
      ServerSettings settings,
      InterchangeAddress address,
      long lastAccepted,
      SubmissionService service,
      ReportSpool reports,
      KeptClasspaths classpaths)
      throws IOException {
    SubmissionServer server =
        new SubmissionServer(settings, address, lastAccepted, service, reports, classpaths);
    reports.listener(count -> server.post(state -> state.reportsWritten(count)));
    classpaths.listener(
        new KeptClasspaths.Listener() {
          @Override
          public void wants(ToSubmitter.NeedFile need) {
            server.post(state -> state.wants(need));
          }

          @Override
          public void complete(String id) {
            server.post(state -> state.classpathComplete(id));
          }

          @Override
          public void failed(String reason) {
            service.fail(reason);
          }
        });
    server.thread.start();
    return server;
  }

  /** Port where submitters attach. */
  public int port() {
    return sockets.controlPort;
  }

  /** Port of the sealed frames. */
  public int dataPort() {
    return sockets.dataPort;
  }

  /** The engine takes no more tasks; any thread. */
  public void broke(String reason) {
    post(state -> state.broke(reason));
  }

  private void post(Function<ServerState, List<ServerEffect>> event) {
    mailbox.post(event);
  }

  /** Waits until the loop has ended: the run was finished, or abandoned. */
  public void awaitEnd() throws InterruptedException {
    thread.join();
  }

  /** Ends the loop; what was sent last still leaves. Returns when that is done. */
  @Override
  public void close() {
    post(
        state -> {
          closing = true;
          return List.of();
        });
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private static long now() {
    return System.nanoTime() / 1000;
  }

  private void run() {
    try {
      ZMQ.Poller poller = sockets.poller();
      poller.register(sockets.control, ZMQ.Poller.POLLIN);
      poller.register(sockets.data, ZMQ.Poller.POLLIN);
      poller.register(mailbox.wakeUps(), ZMQ.Poller.POLLIN);
      poller.register(sockets.zap, ZMQ.Poller.POLLIN);
      long nextTick = now() + tickMicros;
      while (!closing) {
        int work = mailbox.take(event -> perform(event.apply(state)), BURST);
        sockets.answerZap();
        work += receiveControl();
        work += receiveData();
        if (now() >= nextTick) {
          perform(state.tick(now()));
          forgetReports();
          nextTick = now() + tickMicros;
        }
        if (work == 0 && mailbox.beforeSleep()) {
          poller.poll(Math.max(1, (nextTick - now()) / 1000));
          mailbox.afterSleep();
        }
      }
    } catch (RuntimeException | Error e) {
      log.error("the door for submitters broke", e);
      service.fail("the interchange's door for submitters broke: " + e);
    } finally {
      sockets.close();
      closeMailbox();
    }
  }

  /** Should they not go now, they go later, or stay: they are in nobody's way but the disk's. */
  private void forgetReports() {
    try {
      reports.had(state.reportsHad(), System.nanoTime());
    } catch (IOException e) {
      log.warn("reports that were had cannot be removed: {}", e.getMessage());
    }
  }

  private void closeMailbox() {
    try {
      mailbox.close();
    } catch (IOException e) {
      log.debug("closing the mailbox", e);
    }
  }

  private void perform(List<ServerEffect> effects) {
    for (ServerEffect effect : effects) {
      effect.match(performer);
    }
  }

  private int receiveControl() {
    int received = 0;
    List<byte[]> frames;
    while (received < BURST && (frames = InterchangeSockets.receive(sockets.control)) != null) {
      received++;
      asking = frames.get(0);
      try {
        control(frames.subList(1, frames.size()));
      } catch (ProtocolException e) {
        refuse("control", e);
      }
    }
    return received;
  }

  private void control(List<byte[]> frames) throws ProtocolException {
    if (frames.size() < 2 || frames.get(0).length != 1) {
      throw new ProtocolException("not a control message");
    }
    if (frames.get(0)[0] != ProtocolVersion.CURRENT) {
      // Any version can read that much of an answer: its number.
      InterchangeSockets.send(
          sockets.control, asking, List.of(new byte[] {ProtocolVersion.CURRENT}, new byte[0]));
      throw new ProtocolException("of protocol version " + (frames.get(0)[0] & 0xff));
    }
    if (SubmitterCodec.decodeFromSubmitter(frames.subList(1, frames.size()))
        instanceof FromSubmitter.Attach attach) {
      perform(state.attach(attach, now()));
    } else {
      throw new ProtocolException("not a message for the control socket");
    }
  }

  private void sendControl(ToSubmitter message) {
    List<byte[]> frames = new ArrayList<>();
    frames.add(new byte[] {ProtocolVersion.CURRENT});
    frames.addAll(codec.encode(message));
    InterchangeSockets.send(sockets.control, asking, frames);
  }

  private int receiveData() {
    int received = 0;
    List<byte[]> frames;
    while (received < BURST && (frames = InterchangeSockets.receive(sockets.data)) != null) {
      received++;
      if (session == null || !java.util.Arrays.equals(frames.get(0), route)) {
        refuse("data", new ProtocolException("a frame of no session"));
        continue;
      }
      try {
        FromSubmitter message =
            SubmitterCodec.decodeFromSubmitter(session.open(frames.subList(1, frames.size())));
        perform(state.said(message, now()));
      } catch (LostFramesException e) {
        perform(state.sessionLost(e.getMessage()));
      } catch (ProtocolException e) {
        refuse("data", e);
      }
    }
    return received;
  }

  /** Garbage is refused and told once; the service goes on. */
  private void refuse(String port, ProtocolException e) {
    if (refusedFrames++ == 0) {
      log.warn(
          "a frame of a submitter on the {} port was refused: {} (more will only be counted)",
          port,
          e.getMessage());
    }
  }

  private final class Performer implements ServerEffect.Cases<Void> {
    @Override
    public Void openSession(ServerEffect.OpenSession effect) {
      FromSubmitter.Attach attach = effect.attach();
      log.info(
          "submitter {} (drover {}) has attached, has orders up to {} done, {}",
          attach.submitter(),
          attach.droverVersion(),
          effect.ordersReceived(),
          attach.reportsHad() < 0
              ? "goes on with the run"
              : "has " + attach.reportsHad() + " reports");
      byte[] key = new byte[Session.KEY_BYTES];
      random.nextBytes(key);
      route = attach.route().bytes();
      session = Session.ofInterchange(Payload.of(key), mostPartBytes);
      reports.want(effect.open(), effect.written());
      if (attach.reportsHad() < 0 && reports.isTrimmed()) {
        service.recall(effect.open());
      }
      sendControl(
          new ToSubmitter.Welcome(Payload.of(key), effect.ordersReceived(), effect.lastAccepted()));
      return null;
    }

    @Override
    public Void refuse(ServerEffect.Refuse effect) {
      sendControl(new ToSubmitter.Refused(effect.reason(), effect.mayReturn()));
      return null;
    }

    @Override
    public Void closeSession(ServerEffect.CloseSession effect) {
      log.info("the submitter is away: {}; the run goes on", effect.reason());
      session = null;
      return null;
    }

    @Override
    public Void send(ServerEffect.Send effect) {
      if (session != null) {
        InterchangeSockets.send(sockets.data, route, session.seal(codec.encode(effect.message())));
      }
      return null;
    }

    @Override
    public Void sendReports(ServerEffect.SendReports effect) {
      ReportSpool.Batch batch;
      try {
        batch = reports.read(effect.from(), MESSAGE_BYTES);
      } catch (IOException e) {
        service.fail("reports that were kept cannot be read: " + e.getMessage());
        return null;
      }
      send(
          new ServerEffect.Send(
              new ToSubmitter.Reports(effect.from(), batch.upTo(), batch.ended())));
      SubmissionServer.this.perform(state.reportsSent(batch.upTo(), batch.bytes()));
      return null;
    }

    @Override
    public Void take(ServerEffect.Take effect) {
      service.submit(effect.tasks(), () -> post(state -> state.accepted(effect.ticket())));
      return null;
    }

    @Override
    public Void obey(ServerEffect.Obey effect) {
      service.obey(effect.order());
      return null;
    }

    @Override
    public Void keepFiles(ServerEffect.KeepFiles effect) {
      classpaths.keep(effect.message());
      return null;
    }

    @Override
    public Void askStatus(ServerEffect.AskStatus effect) {
      service
          .status()
          .whenComplete(
              (status, problem) -> {
                if (problem == null) {
                  post(state -> state.status(status));
                }
              });
      return null;
    }

    @Override
    public Void fail(ServerEffect.Fail effect) {
      service.fail(effect.reason());
      return null;
    }

    @Override
    public Void end(ServerEffect.End effect) {
      log.info("the run ends: {}", effect.reason());
      service.end(effect.how(), effect.reason(), () -> post(ServerState::ended));
      return null;
    }

    @Override
    public Void stop(ServerEffect.Stop effect) {
      closing = true;
      return null;
    }
  }
}
