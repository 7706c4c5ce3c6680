package dev.drover.remote;

import dev.drover.protocol.FromSubmitter;
import dev.drover.protocol.Order;
import dev.drover.protocol.SubmittedTasks;
import dev.drover.protocol.SubmitterId;
import dev.drover.protocol.ToSubmitter;
import dev.drover.task.ClasspathId;
import dev.drover.task.TaskWork;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What an interchange on a head node decides about its submitter: which order is new, which report
 * is sent when, who may attach, and when nobody comes any more. Pure; one thread. Times are
 * microseconds of a monotonic clock.
 *
 * <p>There is one submitter at a time. A new process takes the place of an earlier one.
 */
final class ServerState {
  /**
   * A submission whose journal entry is not written yet.
   *
   * @param lastId of its tasks
   */
  private record Unwritten(long ticket, long order, long lastId) {}

  private record UnderWay(long upTo, long bytes) {}

  private final ServerSettings settings;
  private final List<ServerEffect> effects = new ArrayList<>();

  private Optional<SubmitterId> submitter = Optional.empty();

  /** Whether it is there; and whether it has spoken in its session, so that it can be spoken to. */
  private boolean isAttached;

  private boolean isReady;
  private long heardMicros;

  /** Orders up to this one are done, as far as this process goes. */
  private long done;

  private long acknowledged;
  private ArrayDeque<Unwritten> unwritten = new ArrayDeque<>();
  private long tickets;

  /** Orders that came and wait for the classpath of the first of them. */
  private final ArrayDeque<FromSubmitter.Ordered> waiting = new ArrayDeque<>();

  private final Set<String> classpaths = new HashSet<>();
  private String askedClasspath = "";

  /** Highest ids of the tasks that were taken, and of those that are in the journal. */
  private long lastTaken;

  private long lastAccepted;

  private long reportsWritten;
  private long reportsSent;
  private long reportsHad;
  private final ArrayDeque<UnderWay> underWay = new ArrayDeque<>();
  private long bytesUnderWay;

  private Optional<String> badState = Optional.empty();
  private boolean isStopped;
  private boolean isEnding;

  /**
   * @param lastAccepted highest id in the journal; 0 = none
   * @param reportsWritten that an earlier process kept
   * @param classpaths that are here already
   */
  ServerState(
      ServerSettings settings,
      long lastAccepted,
      long reportsWritten,
      Set<String> classpaths,
      long nowMicros) {
    this.settings = settings;
    this.lastTaken = lastAccepted;
    this.lastAccepted = lastAccepted;
    this.reportsWritten = reportsWritten;
    this.classpaths.addAll(classpaths);
    this.classpaths.add(ClasspathId.NONE.hash());
    this.heardMicros = nowMicros;
  }

  private List<ServerEffect> take() {
    List<ServerEffect> taken = List.copyOf(effects);
    effects.clear();
    return taken;
  }

  /** Somebody wants to attach. */
  List<ServerEffect> attach(FromSubmitter.Attach attach, long nowMicros) {
    boolean isSame = submitter.equals(Optional.of(attach.submitter()));
    if (isEnding && !isSame) {
      effects.add(new ServerEffect.Refuse("the run is ending", true));
      return take();
    }
    if (!isSame && isStopped) {
      effects.add(new ServerEffect.Refuse("the run was stopped, and ends now", true));
      end("INTERRUPTED", "it was stopped, and another process wants to go on with it");
      return take();
    }
    if (!isSame) {
      if (isAttached) {
        send(
            new ToSubmitter.Refused(
                "another process has attached to the run: it goes on there", false));
      }
      submitter = Optional.of(attach.submitter());
      done = attach.ordersTaken();
      // What it submits may be what waits for the journal: it is told only when that is written.
      ArrayDeque<Unwritten> ofEarlier = unwritten;
      unwritten = new ArrayDeque<>();
      ofEarlier.forEach(u -> unwritten.add(new Unwritten(u.ticket(), done + 1, u.lastId())));
    }
    isAttached = true;
    isReady = false;
    heardMicros = nowMicros;
    waiting.clear(); // they come again
    askedClasspath = "";
    acknowledged = attach.ordersTaken();
    underWay.clear();
    bytesUnderWay = 0;
    boolean knows = attach.reportsHad() >= 0;
    // After a loss of power here it may have had more than there is.
    reportsHad = knows ? Math.min(attach.reportsHad(), reportsWritten) : 0;
    reportsSent = reportsHad;
    effects.add(
        new ServerEffect.OpenSession(
            attach, done, lastAccepted, attach.open(), knows ? 0 : reportsWritten));
    return take();
  }

  /** The submitter said something in its session. */
  List<ServerEffect> said(FromSubmitter message, long nowMicros) {
    heardMicros = nowMicros;
    message.match(new Said());
    return take();
  }

  /** The session broke: frames were lost. The submitter may attach again. */
  List<ServerEffect> sessionLost(String reason) {
    send(new ToSubmitter.Refused(reason, true));
    leave(reason);
    return take();
  }

  private void leave(String reason) {
    isAttached = false;
    isReady = false;
    effects.add(new ServerEffect.CloseSession(reason));
  }

  /** The tasks of that ticket, and of all before, are in the journal. */
  List<ServerEffect> accepted(long ticket) {
    while (!unwritten.isEmpty() && unwritten.peekFirst().ticket() <= ticket) {
      lastAccepted = unwritten.pollFirst().lastId();
    }
    acknowledge();
    return take();
  }

  /** A classpath's files are all here. */
  List<ServerEffect> classpathComplete(String id) {
    classpaths.add(id);
    advance();
    return take();
  }

  /** A part of a file is wanted. */
  List<ServerEffect> wants(ToSubmitter.NeedFile need) {
    send(need);
    return take();
  }

  /** So many reports are kept, all in all. */
  List<ServerEffect> reportsWritten(long count) {
    reportsWritten = count;
    pump();
    return take();
  }

  /** Reports were sent. */
  List<ServerEffect> reportsSent(long upTo, long bytes) {
    reportsSent = upTo;
    underWay.add(new UnderWay(upTo, bytes));
    bytesUnderWay += bytes;
    pump();
    return take();
  }

  /** Reports up to this one are in the submitter's journal; it needs them no more. */
  long reportsHad() {
    return reportsHad;
  }

  /** The engine told what is going on. */
  List<ServerEffect> status(ToSubmitter.Status status) {
    send(status);
    return take();
  }

  /** The engine takes no more tasks. */
  List<ServerEffect> broke(String reason) {
    if (badState.isEmpty()) {
      badState = Optional.of(reason);
      isStopped = true;
      send(new ToSubmitter.BadState(reason));
    }
    return take();
  }

  /** Managers, blocks and journal are ended. */
  List<ServerEffect> ended() {
    isEnding = true;
    send(new ToSubmitter.Ended());
    effects.add(new ServerEffect.Stop());
    return take();
  }

  /** Time has passed. */
  List<ServerEffect> tick(long nowMicros) {
    long silent = nowMicros - heardMicros;
    if (isAttached && silent > micros(settings.silence())) {
      leave("it has said nothing for " + settings.silence().toSeconds() + " s");
    }
    if (!isAttached && !isEnding) {
      if (isStopped && silent > micros(settings.stoppedAfter())) {
        end("INTERRUPTED", "it was stopped, and nobody is there");
      } else if (!settings.abandonAfter().isZero() && silent > micros(settings.abandonAfter())) {
        end(
            "ABANDONED",
            "nobody has asked for it for "
                + settings.abandonAfter().toSeconds()
                + " s (executor.abandon-after); its blocks were given back");
      }
    }
    return take();
  }

  private static long micros(java.time.Duration duration) {
    return duration.toNanos() / 1000;
  }

  private void end(String how, String reason) {
    isEnding = true;
    effects.add(new ServerEffect.End(how, reason));
  }

  private void send(ToSubmitter message) {
    if (isReady) {
      effects.add(new ServerEffect.Send(message));
    }
  }

  private void ordered(FromSubmitter.Ordered ordered) {
    long next = done + waiting.size() + 1;
    if (ordered.number() > next) {
      send(new ToSubmitter.Refused("orders " + next + " and on did not come", true));
      leave("order %d came, and not %d".formatted(ordered.number(), next));
    } else if (ordered.number() == next) {
      waiting.add(ordered);
      advance();
    }
  }

  private void advance() {
    while (!waiting.isEmpty()) {
      FromSubmitter.Ordered first = waiting.peekFirst();
      Optional<String> missing = missingClasspath(first.order());
      if (missing.isPresent()) {
        if (!askedClasspath.equals(missing.get())) {
          askedClasspath = missing.get();
          send(new ToSubmitter.NeedClasspath(askedClasspath));
        }
        break;
      }
      waiting.pollFirst();
      done = first.number();
      obey(first.order());
    }
    acknowledge();
  }

  private Optional<String> missingClasspath(Order order) {
    if (!(order instanceof Order.Submit submit) || badState.isPresent()) {
      return Optional.empty();
    }
    for (SubmittedTasks tasks : submit.tasks()) {
      if (tasks.spec().work() instanceof TaskWork.Java java
          && !classpaths.contains(java.classpath().hash())) {
        return Optional.of(java.classpath().hash());
      }
    }
    return Optional.empty();
  }

  private void obey(Order order) {
    if (order instanceof Order.Submit submit) {
      submit(submit.tasks());
    } else if (order instanceof Order.Finish finish) {
      end(finish.how(), "its submitter has ended it");
    } else {
      isStopped |= order instanceof Order.CancelAll all && all.resumable();
      effects.add(new ServerEffect.Obey(order));
    }
  }

  /** An earlier process here may know some of them: by their ids, which only go up. */
  private void submit(List<SubmittedTasks> tasks) {
    if (badState.isPresent()) {
      return; // the submitter hears of it, and a resumed run submits them again
    }
    long known = lastTaken;
    List<SubmittedTasks> fresh = tasks.stream().filter(t -> t.firstId() > known).toList();
    if (fresh.isEmpty()) {
      return;
    }
    lastTaken = fresh.get(fresh.size() - 1).lastId();
    tickets++;
    unwritten.add(new Unwritten(tickets, done, lastTaken));
    effects.add(new ServerEffect.Take(tickets, fresh));
  }

  private void acknowledge() {
    long upTo = unwritten.isEmpty() ? done : unwritten.peekFirst().order() - 1;
    if (isReady && upTo > acknowledged) {
      acknowledged = upTo;
      send(new ToSubmitter.OrdersTaken(upTo));
    }
  }

  private void pump() {
    if (isReady
        && reportsSent < reportsWritten
        && reportsSent - reportsHad < settings.mostReports()
        && bytesUnderWay < settings.mostReportBytes()) {
      effects.add(new ServerEffect.SendReports(reportsSent));
    }
  }

  private final class Said implements FromSubmitter.Cases<Void> {
    @Override
    public Void attach(FromSubmitter.Attach message) {
      return null; // a control message; the loop lets none through here
    }

    @Override
    public Void ready(FromSubmitter.Ready message) {
      isReady = true;
      send(new ToSubmitter.Heartbeat()); // it waits for a word on its new socket
      badState.ifPresent(reason -> send(new ToSubmitter.BadState(reason)));
      acknowledge();
      pump();
      return null;
    }

    @Override
    public Void ordered(FromSubmitter.Ordered message) {
      ServerState.this.ordered(message);
      return null;
    }

    @Override
    public Void reportsHad(FromSubmitter.ReportsHad message) {
      reportsHad = Math.max(reportsHad, Math.min(message.number(), reportsSent));
      while (!underWay.isEmpty() && underWay.peekFirst().upTo() <= reportsHad) {
        bytesUnderWay -= underWay.pollFirst().bytes();
      }
      pump();
      return null;
    }

    @Override
    public Void askStatus(FromSubmitter.AskStatus message) {
      effects.add(new ServerEffect.AskStatus());
      return null;
    }

    @Override
    public Void classpath(FromSubmitter.Classpath message) {
      effects.add(new ServerEffect.KeepFiles(message));
      return null;
    }

    @Override
    public Void filePart(FromSubmitter.FilePart message) {
      if (message.problem().isEmpty()) {
        effects.add(new ServerEffect.KeepFiles(message));
      } else {
        effects.add(
            new ServerEffect.Fail("the classes of the tasks cannot be had: " + message.problem()));
      }
      return null;
    }

    @Override
    public Void heartbeat(FromSubmitter.Heartbeat message) {
      send(new ToSubmitter.Heartbeat());
      return null;
    }

    @Override
    public Void detach(FromSubmitter.Detach message) {
      leave("it has detached");
      return null;
    }
  }
}
