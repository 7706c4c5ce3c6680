package dev.drover.remote;

import dev.drover.protocol.FromSubmitter;
import dev.drover.protocol.Order;
import dev.drover.protocol.SubmittedTasks;
import dev.drover.protocol.ToSubmitter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * What a submitting process decides about its line to an interchange on a head node: when to
 * connect, which orders to send again, which reports are missing. Pure; one thread. Times are
 * microseconds of a monotonic clock.
 */
final class LinkState {
  private static final int ORDERS_UNDER_WAY = 64;

  private enum Stage {
    /** Not begun, or waiting for the next attempt. */
    APART,
    CONNECTING,
    ATTACHING,
    JOINED,
    /** It never connects again. */
    OVER
  }

  private final LinkSettings settings;
  private final OrderQueue orders;

  /**
   * Highest id that an earlier process of the run submitted; what is new was sent to nobody yet.
   */
  private final long lastIdBefore;

  private final List<LinkEffect> effects = new ArrayList<>();

  private Stage stage = Stage.APART;
  private boolean hasBegun;
  private boolean hasJoined;
  private long nextAttemptMicros;
  private long waitMicros;
  private long sinceMicros;
  private long heardMicros;
  private long beatMicros;
  private boolean heardInSession;
  private boolean statusAsked;

  /** Up to this one all reports came; -1 = it is not known what an earlier process had. */
  private long reports;

  private long finish = Long.MAX_VALUE;
  private boolean isFinishing;

  /**
   * @param lastId of the tasks that the run has already; 0 = it is new
   */
  LinkState(LinkSettings settings, long lastId) {
    this.settings = settings;
    this.orders = new OrderQueue(ORDERS_UNDER_WAY, lastId);
    this.lastIdBefore = lastId;
    this.reports = lastId == 0 ? 0 : -1;
    this.waitMicros = micros(settings.firstWait());
  }

  private static long micros(Duration duration) {
    return duration.toNanos() / 1000;
  }

  private List<LinkEffect> take() {
    List<LinkEffect> taken = List.copyOf(effects);
    effects.clear();
    return taken;
  }

  boolean isJoined() {
    return stage == Stage.JOINED && heardInSession;
  }

  /** Connects for the first time. */
  List<LinkEffect> begin() {
    if (!hasBegun) {
      hasBegun = true;
      connect();
    }
    return take();
  }

  private void connect() {
    stage = Stage.CONNECTING;
    effects.add(new LinkEffect.Connect());
  }

  /** New tasks. */
  List<LinkEffect> submit(List<SubmittedTasks> tasks) {
    orders.submit(tasks);
    pump();
    return take();
  }

  /** Tasks of an earlier process of the run, all of them at once, before the link begins. */
  List<LinkEffect> resubmit(List<SubmittedTasks> tasks) {
    orders.resubmit(tasks);
    return take();
  }

  /** Something else that the user wants. */
  List<LinkEffect> order(Order order) {
    isFinishing |= order instanceof Order.Finish;
    orders.add(order);
    pump();
    if (isFinishing && stage == Stage.OVER) {
      effects.add(new LinkEffect.Ended());
    }
    return take();
  }

  /** The user wants to know what is going on. */
  List<LinkEffect> askStatus() {
    if (stage == Stage.JOINED && !statusAsked) {
      statusAsked = true;
      send(new FromSubmitter.AskStatus());
    }
    return take();
  }

  /** Reports up to this one are in the journal. */
  List<LinkEffect> reportsHad(long number) {
    send(new FromSubmitter.ReportsHad(number));
    return take();
  }

  /** Files that were asked for. */
  List<LinkEffect> files(FromSubmitter message) {
    send(message);
    return take();
  }

  /** Leaves the interchange to itself. */
  List<LinkEffect> detach() {
    send(new FromSubmitter.Detach());
    stage = Stage.OVER;
    return take();
  }

  /** It is known how the interchange can be reached. */
  List<LinkEffect> connected(long nowMicros) {
    if (stage == Stage.CONNECTING) {
      stage = Stage.ATTACHING;
      sinceMicros = nowMicros;
      effects.add(new LinkEffect.Attach(orders.taken(), reports));
    }
    return take();
  }

  /** It cannot be reached now. */
  List<LinkEffect> notConnected(String reason, long nowMicros) {
    if (stage == Stage.CONNECTING) {
      lost(reason, nowMicros);
    }
    return take();
  }

  /** The session broke. */
  List<LinkEffect> sessionLost(String reason, long nowMicros) {
    if (stage == Stage.JOINED || stage == Stage.ATTACHING) {
      lost(reason, nowMicros);
    }
    return take();
  }

  private void lost(String reason, long nowMicros) {
    effects.add(new LinkEffect.Disconnect(reason));
    statusAsked = false;
    if (isFinishing && orders.taken() >= finish) {
      over(); // what was lost is its last word
      effects.add(new LinkEffect.Ended());
      return;
    }
    boolean wasWell = stage == Stage.JOINED && heardInSession;
    waitMicros = wasWell ? micros(settings.firstWait()) : waitMicros;
    nextAttemptMicros = wasWell ? nowMicros : nowMicros + waitMicros;
    waitMicros = Math.min(2 * waitMicros, micros(settings.mostWait()));
    stage = Stage.APART;
  }

  private String silence() {
    return settings.silence().toMillis() / 1000.0 + " s";
  }

  private void over() {
    stage = Stage.OVER;
  }

  private void broke(String reason) {
    effects.add(new LinkEffect.Broke(reason));
  }

  /** Time has passed. */
  List<LinkEffect> tick(long nowMicros) {
    switch (stage) {
      case APART -> {
        if (hasBegun && nowMicros >= nextAttemptMicros) {
          connect();
        }
      }
      case ATTACHING -> {
        if (nowMicros - sinceMicros > micros(settings.silence())) {
          lost("no answer within " + silence(), nowMicros);
        }
      }
      case JOINED -> {
        if (nowMicros - heardMicros > micros(settings.silence())) {
          lost(
              "nothing was heard for "
                  + silence()
                  + ", connecting again; the run there does not wait for it",
              nowMicros);
        } else if (nowMicros - beatMicros > micros(settings.heartbeatPeriod())) {
          beatMicros = nowMicros;
          send(new FromSubmitter.Heartbeat());
        }
      }
      case CONNECTING, OVER -> {}
    }
    return take();
  }

  /** The interchange said something. */
  List<LinkEffect> said(ToSubmitter message, long nowMicros) {
    heardMicros = nowMicros;
    message.match(new Said(nowMicros));
    return take();
  }

  private void send(FromSubmitter message) {
    if (stage == Stage.JOINED) {
      effects.add(new LinkEffect.Send(message));
    }
  }

  private void pump() {
    FromSubmitter.Ordered next;
    while (stage == Stage.JOINED && (next = orders.next()) != null) {
      if (next.order() instanceof Order.Finish) {
        finish = next.number();
      }
      send(next);
    }
  }

  private final class Said implements ToSubmitter.Cases<Void> {
    private final long nowMicros;

    Said(long nowMicros) {
      this.nowMicros = nowMicros;
    }

    @Override
    public Void welcome(ToSubmitter.Welcome message) {
      if (stage != Stage.ATTACHING) {
        return null;
      }
      long known = hasJoined ? orders.lastId() : lastIdBefore;
      if (message.lastAccepted() > known) {
        over();
        effects.add(new LinkEffect.Disconnect("it has other tasks"));
        broke(
            "the interchange has tasks up to %d, and the journal here only up to %d: another run uses its directory, or the last lines of the journal here were lost; start a new run"
                .formatted(message.lastAccepted(), known));
        return null;
      }
      stage = Stage.JOINED;
      hasJoined = true;
      heardInSession = false;
      orders.restart(message.ordersReceived(), message.lastAccepted());
      effects.add(new LinkEffect.OpenSession(message.key()));
      send(new FromSubmitter.Ready());
      pump();
      return null;
    }

    @Override
    public Void refused(ToSubmitter.Refused message) {
      if (message.mayReturn()) {
        lost(message.reason(), nowMicros);
      } else {
        over();
        effects.add(new LinkEffect.Disconnect(message.reason()));
        broke(message.reason());
      }
      return null;
    }

    @Override
    public Void ordersTaken(ToSubmitter.OrdersTaken message) {
      inSession();
      orders.taken(message.number());
      pump();
      return null;
    }

    private void inSession() {
      heardInSession = true;
      waitMicros = micros(settings.firstWait());
    }

    @Override
    public Void reports(ToSubmitter.Reports message) {
      inSession();
      if (message.from() > Math.max(reports, 0)) {
        lost("reports %d to %d did not come".formatted(reports + 1, message.from()), nowMicros);
        return null;
      }
      reports = message.upTo();
      effects.add(new LinkEffect.Tell(message));
      return null;
    }

    @Override
    public Void status(ToSubmitter.Status message) {
      inSession();
      statusAsked = false;
      effects.add(new LinkEffect.Tell(message));
      return null;
    }

    @Override
    public Void needClasspath(ToSubmitter.NeedClasspath message) {
      inSession();
      effects.add(new LinkEffect.Tell(message));
      return null;
    }

    @Override
    public Void needFile(ToSubmitter.NeedFile message) {
      inSession();
      effects.add(new LinkEffect.Tell(message));
      return null;
    }

    @Override
    public Void badState(ToSubmitter.BadState message) {
      inSession();
      broke(message.reason());
      return null;
    }

    @Override
    public Void heartbeat(ToSubmitter.Heartbeat message) {
      inSession();
      return null;
    }

    @Override
    public Void ended(ToSubmitter.Ended message) {
      over();
      effects.add(new LinkEffect.Disconnect(""));
      effects.add(
          isFinishing
              ? new LinkEffect.Ended()
              : new LinkEffect.Broke("the interchange has ended: it was stopped on its head node"));
      return null;
    }
  }
}
