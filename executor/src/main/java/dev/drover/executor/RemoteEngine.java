package dev.drover.executor;

import dev.drover.block.Takeover;
import dev.drover.interchange.Submission;
import dev.drover.journal.Journal;
import dev.drover.journal.JournalEntry;
import dev.drover.journal.RunEnd;
import dev.drover.protocol.FromSubmitter;
import dev.drover.protocol.IdRange;
import dev.drover.protocol.ManagerId;
import dev.drover.protocol.Order;
import dev.drover.protocol.ToSubmitter;
import dev.drover.remote.LinkSettings;
import dev.drover.remote.RemoteInterchange;
import dev.drover.remote.SubmitterLink;
import dev.drover.submit.ExecutorStatus;
import dev.drover.task.Payload;
import dev.drover.task.TaskId;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An engine whose interchange runs on a head node ({@link InterchangeHost}): tasks go there and
 * reports come back over a {@link SubmitterLink}, which connects again by itself. {@link
 * RemoteTasks} are the tasks as this side knows them.
 */
final class RemoteEngine implements Engine, SubmitterLink.Listener {
  private static final Logger log = LoggerFactory.getLogger(RemoteEngine.class);

  /** As long as blocks may take to end. */
  private static final Duration END_PATIENCE = Duration.ofSeconds(90);

  private static final long LOOK_MILLIS = 100;
  private static final long STATUS_NANOS = 1_000_000_000L;

  private final JavaTasks files;
  private final Engine.User user;
  private final boolean goesOn;
  private final AtomicReference<BadStateException> badState = new AtomicReference<>();
  private final CountDownLatch ended = new CountDownLatch(1);
  private final AtomicBoolean watching = new AtomicBoolean();
  private final Duration endPatience;
  private final SubmitterLink link;
  private final RemoteTasks tasks;
  private volatile boolean stopping;
  private volatile boolean brokeThere;
  private volatile long lastReports;
  private volatile ExecutorStatus lastStatus;
  private volatile long statusAsked = System.nanoTime() - STATUS_NANOS;

  /**
   * @param journal of this side; empty = nothing is kept here
   * @param files the classes of functions
   * @param lastId of the tasks that the run has already; 0 = it is new
   */
  RemoteEngine(
      RemoteInterchange remote,
      LinkSettings settings,
      Optional<Journal> journal,
      JavaTasks files,
      long lastId,
      Engine.User user) {
    this.files = files;
    this.user = user;
    this.goesOn = lastId > 0;
    this.endPatience = settings.endPatience();
    String version = RemoteEngine.class.getPackage().getImplementationVersion();
    this.link =
        new SubmitterLink(settings, remote, lastId, version == null ? "unknown" : version, this);
    this.tasks = new RemoteTasks(journal, user, this::badState, this::fail, link::reportsHad);
  }

  /** One that goes on with a run begins when it knows which tasks are open. */
  @Override
  public void start(List<Takeover.LeftBlock> left) {
    link.start();
    if (!goesOn) {
      link.begin();
    }
  }

  @Override
  public void submit(List<Submission> submissions) {
    tasks.submit(
        submissions,
        () -> {
          link.submit(submissions.stream().map(Travel::out).toList());
          badState().ifPresent(this::endAll); // it may have come since they were let in
        });
  }

  @Override
  public void resubmit(List<Submission> submissions) {
    tasks.add(submissions);
    link.resubmit(submissions.stream().map(Travel::out).toList());
    link.begin();
    badState().ifPresent(this::endAll);
  }

  @Override
  public void cancel(Collection<TaskId> tasks) {
    link.order(new Order.Cancel(List.copyOf(tasks)));
  }

  @Override
  public void cancelAll(String reason) {
    link.order(new Order.CancelAll(reason, stopping));
    if (stopping) {
      waitOnlyWhileConnected();
    }
  }

  @Override
  public void stopping() {
    stopping = true;
  }

  @Override
  public void hold(ManagerId manager, boolean on) {
    link.order(new Order.Hold(manager, on));
  }

  @Override
  public void drain(ManagerId manager) {
    link.order(new Order.Drain(manager));
  }

  @Override
  public void scaleOut(int blocks) {
    link.order(new Order.ScaleOut(blocks));
  }

  @Override
  public void scaleIn(Collection<String> blocks) {
    link.order(new Order.ScaleIn(List.copyOf(blocks)));
  }

  /** As the interchange told it last, and asks anew when that is a second ago. */
  @Override
  public CompletableFuture<ExecutorStatus> status() {
    long now = System.nanoTime();
    if (now - statusAsked >= STATUS_NANOS) {
      statusAsked = now;
      link.askStatus();
    }
    return CompletableFuture.completedFuture(
        lastKnown().seenFromAfar(link.apart(), badState().map(Throwable::getMessage)));
  }

  private ExecutorStatus lastKnown() {
    ExecutorStatus last = lastStatus;
    return last != null
        ? last
        : new ExecutorStatus(tasks.open(), 0, 0, 0, 0, List.of(), List.of(), Optional.empty());
  }

  @Override
  public Optional<BadStateException> badState() {
    return Optional.ofNullable(badState.get());
  }

  @Override
  public void fail(BadStateException problem) {
    if (badState.compareAndSet(null, problem)) {
      log.info("the executor takes no more tasks: {}", problem.getMessage()); // its user is told
      stopping = true;
      user.broke(problem);
      endAll(problem);
    }
  }

  private void endAll(BadStateException problem) {
    link.order(new Order.CancelAll(problem.getMessage(), true));
    waitOnlyWhileConnected();
  }

  /** One whose disk is full cannot keep reports, and what is not kept is not told. */
  private boolean isSilentSinceItBroke(long nanos) {
    return brokeThere && nanos - lastReports > endPatience.toNanos();
  }

  /** All tasks shall end, and the interchange tells how each did, if it can be reached. */
  private void waitOnlyWhileConnected() {
    if (watching.compareAndSet(false, true)) {
      Thread watch =
          new Thread(
              () -> {
                BooleanSupplier over =
                    () -> tasks.open() == 0 || isSilentSinceItBroke(System.nanoTime());
                do {
                  await(over, Duration.ofDays(365));
                  tasks.giveUp();
                  watching.set(false);
                } while (tasks.open() > 0 && watching.compareAndSet(false, true));
              },
              "drover-last-words");
      watch.setDaemon(true);
      watch.start();
    }
  }

  /**
   * Waits.
   *
   * @param most longest wait; less where there is no connection
   * @return whether it has come
   */
  private boolean await(BooleanSupplier over, Duration most) {
    long start = System.nanoTime();
    long apartSince = start;
    while (!over.getAsBoolean()) {
      long now = System.nanoTime();
      apartSince = link.isJoined() ? now : apartSince;
      if (now - apartSince > endPatience.toNanos() || now - start > most.toNanos()) {
        return false;
      }
      try {
        Thread.sleep(LOOK_MILLIS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return false;
      }
    }
    return true;
  }

  /** The interchange's port means nothing here. */
  @Override
  public int port() {
    return 0;
  }

  @Override
  public void close(RunEnd how, String reason) {
    link.order(new Order.Finish(how.name()));
    String left = "";
    if (!await(this::hasEnded, END_PATIENCE)) {
      left =
          "the interchange has not said that it has ended"
              + (link.isJoined() ? "" : ", and cannot be reached");
      log.warn(
          "{}: should it still run, it ends when executor.abandon-after is over, or by drover cancel",
          left);
    }
    String alive = left;
    link.close();
    tasks.giveUp();
    tasks.close(Optional.of(JournalEntry.RunEnded.leaving(alive, Instant.now(), how, reason)));
  }

  /** Leaves the interchange to itself, with all that it has; the run can be gone on with. */
  void detach() {
    stopping = true;
    link.detach();
    link.close();
    tasks.giveUp();
    tasks.close(Optional.empty());
  }

  private boolean hasEnded() {
    return ended.getCount() == 0;
  }

  @Override
  public void breakOff() {
    link.close();
  }

  @Override
  public void abandon(Duration patience) {
    link.order(new Order.Finish(RunEnd.INTERRUPTED.name()));
    await(this::hasEnded, patience);
  }

  // From the link, on its thread.

  @Override
  public List<IdRange> openTasks() {
    return tasks.openRanges();
  }

  @Override
  public void reports(ToSubmitter.Reports reports) {
    lastReports = System.nanoTime();
    tasks.ended(reports);
  }

  @Override
  public void status(ToSubmitter.Status status) {
    lastStatus = Travel.in(status);
  }

  @Override
  public void needClasspath(ToSubmitter.NeedClasspath need) {
    link.files(
        files
            .classpath(need.id())
            .<FromSubmitter>map(entries -> new FromSubmitter.Classpath(need.id(), entries))
            .orElseGet(
                () ->
                    new FromSubmitter.FilePart(
                        "",
                        0,
                        Payload.EMPTY,
                        true,
                        "the submitting side has no class path " + need.id())));
  }

  @Override
  public void needFile(ToSubmitter.NeedFile need) {
    files.read(
        need.sha256(),
        need.offset(),
        part ->
            link.files(
                new FromSubmitter.FilePart(
                    part.sha256(), part.offset(), part.bytes(), part.last(), part.problem())));
  }

  @Override
  public void broke(String reason) {
    lastReports = System.nanoTime();
    brokeThere = true;
    fail(new BadStateException(reason));
  }

  @Override
  public void ended() {
    tasks.giveUp();
    ended.countDown();
  }
}
