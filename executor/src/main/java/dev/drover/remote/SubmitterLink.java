package dev.drover.remote;

import dev.drover.loop.Mailbox;
import dev.drover.protocol.FromSubmitter;
import dev.drover.protocol.IdRange;
import dev.drover.protocol.Order;
import dev.drover.protocol.ProtocolException;
import dev.drover.protocol.SubmittedTasks;
import dev.drover.protocol.SubmitterId;
import dev.drover.protocol.ToSubmitter;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.zeromq.ZMQ;

/**
 * A submitting process's line to an interchange on a head node. Its thread, {@code drover-link},
 * owns the sockets, feeds what comes in to {@link LinkState} and does what that decides; it
 * connects again by itself for as long as it lives. Any thread may call; every method returns at
 * once but {@link #close}.
 */
public final class SubmitterLink implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(SubmitterLink.class);
  private static final int BURST = 2_000;
  private static final long MOST_TICK_MICROS = 250_000;

  /** Who is told what came. Called on the link's thread: every method returns at once. */
  public interface Listener {
    /** Tasks whose ends are not known here, where an earlier process submitted some of them. */
    List<IdRange> openTasks();

    void reports(ToSubmitter.Reports reports);

    void status(ToSubmitter.Status status);

    void needClasspath(ToSubmitter.NeedClasspath need);

    void needFile(ToSubmitter.NeedFile need);

    /** The run cannot go on. May be told again. */
    void broke(String reason);

    /** The interchange has ended, as it was told to. */
    void ended();
  }

  private final RemoteInterchange remote;
  private final Listener listener;
  private final String droverVersion;
  private final SubmitterId submitter = new SubmitterId(UUID.randomUUID().toString());
  private final LinkState state;
  private final SubmitterSockets sockets = new SubmitterSockets();
  private final Mailbox<Function<LinkState, List<LinkEffect>>> mailbox = new Mailbox<>();
  private final Performer performer = new Performer();
  private final long tickMicros;
  private final Thread thread = new Thread(this::run, "drover-link");
  private volatile boolean closing;
  private volatile boolean joined;
  private volatile long apartSince = System.nanoTime();

  // Of the thread.
  private RemoteInterchange.Addresses addresses;
  private final LastTrouble lastTrouble = new LastTrouble();

  /**
   * @param lastId of the tasks that the run has already; 0 = it is new
   */
  public SubmitterLink(
      LinkSettings settings,
      RemoteInterchange remote,
      long lastId,
      String droverVersion,
      Listener listener) {
    this.remote = remote;
    this.listener = listener;
    this.droverVersion = droverVersion;
    this.state = new LinkState(settings, lastId);
    this.tickMicros = Math.min(MOST_TICK_MICROS, settings.heartbeatPeriod().toNanos() / 4000);
    this.thread.setDaemon(true);
  }

  /** Starts the thread; nothing is dialed before {@link #begin}. */
  public void start() {
    thread.start();
  }

  /** Connects for the first time. */
  public void begin() {
    post(LinkState::begin);
  }

  /** New tasks. */
  public void submit(List<SubmittedTasks> tasks) {
    post(s -> s.submit(tasks));
  }

  /** The open tasks of an earlier process of the run; before {@link #begin}. */
  public void resubmit(List<SubmittedTasks> tasks) {
    post(s -> s.resubmit(tasks));
  }

  public void order(Order order) {
    post(s -> s.order(order));
  }

  /** Asks for a status, unless an answer is on its way already. */
  public void askStatus() {
    post(LinkState::askStatus);
  }

  /** Reports up to this one are kept here. */
  public void reportsHad(long number) {
    post(s -> s.reportsHad(number));
  }

  /** Answers a question for files. */
  public void files(FromSubmitter message) {
    post(s -> s.files(message));
  }

  /** Leaves the interchange to itself. */
  public void detach() {
    post(LinkState::detach);
  }

  /** Whether there is a session now. */
  public boolean isJoined() {
    return joined;
  }

  /** For how long there has been no session; zero = there is one. */
  public Duration apart() {
    return joined ? Duration.ZERO : Duration.ofNanos(System.nanoTime() - apartSince);
  }

  private void post(Function<LinkState, List<LinkEffect>> event) {
    mailbox.post(event);
  }

  /** Ends the thread, once what was said has left. Returns when that is done. */
  @Override
  public void close() {
    post(
        s -> {
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
    remote.close();
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private static long now() {
    return System.nanoTime() / 1000;
  }

  private void run() {
    try {
      ZMQ.Poller poller = null;
      long nextTick = now() + tickMicros;
      while (!closing) {
        int work = mailbox.take(event -> perform(event.apply(state)), BURST);
        work += receive();
        if (now() >= nextTick) {
          perform(state.tick(now()));
          nextTick = now() + tickMicros;
        }
        sockets.tick(now());
        if (sockets.takeChanged() || poller == null) {
          poller = sockets.poller();
          poller.register(mailbox.wakeUps(), ZMQ.Poller.POLLIN);
          sockets.register(poller);
        }
        if (work == 0 && mailbox.beforeSleep()) {
          poller.poll(sockets.patienceMillis(Math.max(1, (nextTick - now()) / 1000), now()));
          mailbox.afterSleep();
        }
      }
    } catch (RuntimeException | Error e) {
      log.error("the link to the interchange broke", e);
      listener.broke("the link to the interchange broke: " + e);
      listener.ended();
    } finally {
      sockets.close();
      closeMailbox();
    }
  }

  private void closeMailbox() {
    try {
      mailbox.close();
    } catch (IOException e) {
      log.debug("closing the mailbox", e);
    }
  }

  private int receive() {
    try {
      return sockets.receive(message -> perform(state.said(message, now())));
    } catch (ProtocolException e) {
      perform(state.sessionLost(e.getMessage(), now()));
      return 1;
    }
  }

  private void perform(List<LinkEffect> effects) {
    for (LinkEffect effect : effects) {
      effect.match(performer);
    }
  }

  private final class Performer implements LinkEffect.Cases<Void> {
    @Override
    public Void connect(LinkEffect.Connect effect) {
      Thread connecting = new Thread(this::connectNow, "drover-connect");
      connecting.setDaemon(true);
      connecting.start();
      return null;
    }

    private void connectNow() {
      try {
        RemoteInterchange.Addresses found = remote.connect();
        post(
            s -> {
              addresses = found;
              return s.connected(now());
            });
      } catch (IOException | RuntimeException e) {
        String why = e.getMessage() == null ? e.toString() : e.getMessage();
        post(s -> s.notConnected(why, now()));
      }
    }

    @Override
    public Void attach(LinkEffect.Attach effect) {
      FromSubmitter.Attach attach =
          new FromSubmitter.Attach(
              submitter,
              sockets.newRoute(),
              effect.ordersTaken(),
              effect.reportsHad(),
              effect.reportsHad() < 0 ? listener.openTasks() : List.of(),
              droverVersion);
      try {
        sockets.attach(addresses, remote.keys(), attach, now());
      } catch (IOException e) {
        perform(state.sessionLost(e.getMessage(), now()));
      }
      return null;
    }

    @Override
    public Void openSession(LinkEffect.OpenSession effect) {
      log.info("attached to the interchange at {}", addresses.control());
      lastTrouble.over();
      joined = true;
      sockets.openSession(effect.key(), now());
      return null;
    }

    @Override
    public Void send(LinkEffect.Send effect) {
      sockets.send(effect.message());
      return null;
    }

    @Override
    public Void disconnect(LinkEffect.Disconnect effect) {
      if (lastTrouble.isNews(effect.reason())) {
        log.warn("not connected to the interchange: {}", effect.reason());
      }
      if (joined) {
        apartSince = System.nanoTime();
        joined = false;
      }
      sockets.disconnect(0);
      return null;
    }

    @Override
    public Void tell(LinkEffect.Tell effect) {
      ToSubmitter message = effect.message();
      if (message instanceof ToSubmitter.Reports reports) {
        listener.reports(reports);
      } else if (message instanceof ToSubmitter.Status status) {
        listener.status(status);
      } else if (message instanceof ToSubmitter.NeedClasspath need) {
        listener.needClasspath(need);
      } else if (message instanceof ToSubmitter.NeedFile need) {
        listener.needFile(need);
      }
      return null;
    }

    @Override
    public Void broke(LinkEffect.Broke effect) {
      listener.broke(effect.reason());
      return null;
    }

    @Override
    public Void ended(LinkEffect.Ended effect) {
      listener.ended();
      return null;
    }
  }
}
