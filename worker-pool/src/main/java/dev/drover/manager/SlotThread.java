package dev.drover.manager;

import dev.drover.pinning.CpuAffinity;
import dev.drover.pinning.CpuSet;
import dev.drover.pinning.SlotPlaces;
import dev.drover.process.ChildProcess;
import dev.drover.process.Environment;
import dev.drover.process.Exit;
import dev.drover.process.MemoryUse;
import dev.drover.process.Output;
import dev.drover.process.ProcessTree;
import dev.drover.process.SpawnException;
import dev.drover.process.SpawnRequest;
import dev.drover.process.TreeTermination;
import dev.drover.task.Ending;
import dev.drover.task.OutputRange;
import dev.drover.task.Payload;
import dev.drover.task.TaskAssignment;
import dev.drover.task.TaskOutcome;
import dev.drover.task.TaskWork;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The thread of one slot: processes of the slot are started from it, so that they inherit its
 * affinity mask, and it waits for their end. The loop hands it work and asks it to end what runs.
 */
final class SlotThread {
  private static final Logger log = LoggerFactory.getLogger(SlotThread.class);
  private static final Runnable CLOSE = () -> {};

  private final int rank;
  private final SlotTools tools;
  private final SlotPlaces.Share own;
  private final Environment withoutShare;
  private final Environment environment;
  private final OutputCapture stdout;
  private final OutputCapture stderr;
  private final SlotWork work;
  private final Listener listener;

  /** What has ended and the loop has not taken; guarded by this. */
  private List<TaskOutcome> ended = new ArrayList<>();

  /** Who is to take the outcomes of tasks that have ended. */
  interface Listener {
    /**
     * There are some; the slot's thread.
     *
     * @param isUrgent whether the slot has done half of what it had, or all; else the loop, which
     *     looks every few milliseconds while commands follow one another, need not be woken
     */
    void ended(boolean isUrgent);
  }

  SlotThread(int rank, SlotTools tools, Listener listener) {
    this.rank = rank;
    this.tools = tools;
    this.own = tools.shareOf(rank);
    this.withoutShare = tools.environmentOf(rank);
    this.environment = withoutShare.with(own.environment()).shared();
    this.stdout = tools.capture(rank, "out");
    this.stderr = tools.capture(rank, "err");
    this.work = new SlotWork(tools::mayBegin, tools.killGrace());
    this.listener = listener;
    Thread thread = new Thread(this::work, "drover-slot-" + rank);
    thread.setDaemon(true);
    thread.start();
  }

  private void work() {
    own.cpus().ifPresent(SlotThread::pin);
    Runnable next = null;
    while (next != CLOSE) {
      try {
        next = work.take();
        next.run();
      } catch (InterruptedException e) {
        continue; // a task isolated by thread left its interrupt behind
      }
    }
  }

  /** What the system refuses was told when the manager started: the thread then stays as it is. */
  private static void pin(CpuSet cpus) {
    try {
      CpuAffinity.pinCallingThread(cpus);
    } catch (IllegalArgumentException | IllegalStateException e) {
      log.debug("{}", e.getMessage());
    }
  }

  /** Something that is started with the mask of a share; {@code E} is what it may throw. */
  private interface Start<T, E extends Exception> {
    T start() throws E;
  }

  /** Starts something on this thread, which has its own mask again afterwards. */
  private <T, E extends Exception> T pinnedTo(SlotPlaces.Share share, Start<T, E> start) throws E {
    if (share.cpus().equals(own.cpus())) {
      return start.start();
    }
    share.cpus().ifPresent(SlotThread::pin);
    try {
      return start.start();
    } finally {
      own.cpus().ifPresent(SlotThread::pin);
    }
  }

  /** What the slot's thread has to do and is doing. */
  SlotWork ofThread() {
    return work;
  }

  /** Runs a command. */
  void run(TaskAssignment task, SlotPlaces.Share share) {
    work.add(task, () -> ended(runShell(task, share)));
  }

  /** Runs a command when those before it have ended, unless it is taken back before. */
  void runNext(TaskAssignment task) {
    work.addFollowing(task, () -> ended(runShell(task, own)));
  }

  private void ended(TaskOutcome outcome) {
    int untold;
    synchronized (this) {
      ended.add(outcome);
      untold = ended.size();
    }
    boolean isUrgent = untold >= work.waiting();
    if (isUrgent || untold == 1) { // else the loop will look
      listener.ended(isUrgent);
    }
  }

  /** The outcomes of what has ended since the last call, in order; the loop's thread. */
  synchronized List<TaskOutcome> takeEnded() {
    List<TaskOutcome> taken = ended;
    ended = new ArrayList<>();
    return taken;
  }

  /** Calls a function in this JVM. */
  void call(TaskAssignment task, SlotPlaces.Share share, Supplier<TaskOutcome> function) {
    work.add(
        task,
        () -> {
          work.beginFunction();
          TaskOutcome outcome = pinnedTo(share, function::get);
          Optional<Ending> forced = work.over();
          ended(
              forced.isEmpty() || outcome.ending().isSuccess()
                  ? outcome
                  : outcome.withEnding(forced.get(), message(forced.get(), task)));
        });
  }

  /** Runs something else that must start from this thread, such as a worker JVM. */
  void execute(SlotPlaces.Share share, Runnable start) {
    work.add(
        () ->
            pinnedTo(
                share,
                () -> {
                  start.run();
                  return null;
                }));
  }

  /** The variables that a process of this slot has, given this share of the node. */
  Environment environment(SlotPlaces.Share share) {
    return share == own ? environment : withoutShare.with(share.environment());
  }

  void close() {
    work.add(CLOSE);
  }

  private static long epochMicros() {
    Instant now = Instant.now();
    return now.getEpochSecond() * 1_000_000 + now.getNano() / 1000;
  }

  private TaskOutcome runShell(TaskAssignment task, SlotPlaces.Share share) {
    TaskWork.Shell shell = (TaskWork.Shell) task.spec().work();
    long started = epochMicros();
    OptionalLong oomKills = tools.knownOomKills();
    String taskCookie = tools.cookie(task);
    ChildProcess process;
    try {
      SpawnRequest request = request(task, share, shell, taskCookie);
      Optional<Ending> early = work.beforeBegin();
      if (early.isPresent()) {
        work.over();
        return TaskOutcome.without(
            task.id(), task.attempt(), early.get(), message(early.get(), task), started);
      }
      process = pinnedTo(share, () -> tools.spawner().start(request));
    } catch (SpawnException e) {
      work.over();
      return notStarted(task, e, started);
    } catch (IllegalArgumentException e) {
      work.over();
      return outcome(task, Ending.NOT_STARTED, -1, 0, e.getMessage(), started, -1, -1);
    }
    String entry = ProcessTree.TASK_VARIABLE + "=" + taskCookie;
    work.begin(process, entry);
    Optional<RankSweep> sweep =
        task.spec().resources().isMpi()
            ? Optional.of(
                tools.rankSweep(task, entry, process.pid(), ProcessTree.startTicks(process.pid())))
            : Optional.empty();
    tools.watchMemory(process.pid());
    sweep.ifPresent(ranks -> endWithRanks(process, ranks));
    Exit exit = process.await();
    Optional<TreeTermination> unfinished = work.unfinishedEnd();
    Optional<Ending> forced = work.over();
    if (sweep.isEmpty()) { // which kills what is left of one that was ended, too
      unfinished.ifPresent(TreeTermination::killLeftovers);
    }
    String left = sweep.map(ranks -> ranks.end(forced.isPresent() || hasDied(exit))).orElse("");
    MemoryUse sampled = tools.memoryOf(process.pid());
    long peak = Math.max(exit.peakMemoryBytes().orElse(-1), sampled.largestPeakBytes());
    long cpu = exit.user().plus(exit.system()).toNanos() / 1000;
    Ending ending = forced.orElseGet(() -> endingOf(exit, started, oomKills));
    return outcome(
        task,
        ending,
        exit.exitCode(),
        exit.signal(),
        joined(message(ending, task), left),
        started,
        cpu,
        peak > 0 ? peak : -1);
  }

  /**
   * What a task leaves that ends by itself is seen before the rest of its process group is killed:
   * an srun may be among it. One that is being ended has its grace first.
   */
  private void endWithRanks(ChildProcess process, RankSweep ranks) {
    process.awaitEnd();
    if (!work.isBeingEnded()) {
      ranks.killHere();
    }
  }

  /** By a signal, or a shell's exit code for what it waited for last. */
  private static boolean hasDied(Exit exit) {
    return exit.signal() != 0 || exit.exitCode() > 128;
  }

  private SpawnRequest request(
      TaskAssignment task, SlotPlaces.Share share, TaskWork.Shell shell, String taskCookie) {
    Map<String, String> variables = new HashMap<>(shell.env());
    variables.put(ProcessTree.TASK_VARIABLE, taskCookie);
    variables.put("DROVER_TASK_ID", task.id().toString());
    variables.put("DROVER_TASK_ATTEMPT", Integer.toString(task.attempt()));
    if (!task.spec().name().isEmpty()) {
      variables.put("DROVER_TASK_NAME", task.spec().name());
    }
    if (task.index() >= 0) {
      variables.put("DROVER_TASK_INDEX", Long.toString(task.index()));
    }
    Path directory = tools.workingDirectory().resolve(shell.cwd().orElse(""));
    variables.putIfAbsent("PWD", directory.toString());
    Environment full = environment(share).with(variables);
    Path stdin = shell.stdin().map(Path::of).orElse(SpawnRequest.DEV_NULL);
    Output out =
        shell
            .stdout()
            .map(file -> Output.truncate(Path.of(file)))
            .orElseGet(() -> stdout.begin(task));
    Output err =
        shell
            .stderr()
            .map(file -> Output.truncate(Path.of(file)))
            .orElseGet(() -> stderr.begin(task));
    return new SpawnRequest(argv(shell, full), full, directory, stdin, out, err);
  }

  /** Bash can be spared unless the user's environment changes what bash does with a plain line. */
  private static List<String> argv(TaskWork.Shell shell, Environment environment) {
    if (!shell.commandLine()) {
      return shell.argv();
    }
    String line = shell.argv().get(0);
    if (environment.get("BASH_ENV").isEmpty()) {
      Optional<List<String>> words = CommandLine.words(line);
      if (words.isPresent()
          && environment.get("BASH_FUNC_" + words.get().get(0) + "%%").isEmpty()) {
        return words.get();
      }
    }
    return List.of("/bin/bash", "-c", line);
  }

  private Ending endingOf(Exit exit, long started, OptionalLong oomKillsBefore) {
    if (exit.isSuccess()) {
      return Ending.SUCCEEDED;
    }
    if (exit.signal() == 0) {
      return Ending.FAILED;
    }
    if (exit.signal() == 9) {
      if (tools.wasFencedAfter(started)) {
        return Ending.WORKER_LOST;
      }
      OptionalLong oomKills = tools.oomKills();
      if (oomKills.isPresent() && oomKills.getAsLong() > oomKillsBefore.orElse(0)) {
        return Ending.OUT_OF_MEMORY;
      }
    }
    return Ending.SIGNALLED;
  }

  static String message(Ending ending, TaskAssignment task) {
    return switch (ending) {
      case TIMED_OUT -> "timed out after " + words(task.spec().timeout());
      case CANCELLED -> "cancelled while it ran";
      case OUT_OF_MEMORY ->
          "the system killed it for want of memory: ask for more, or run fewer tasks on a node";
      case WORKER_LOST -> "its manager stood still for too long, so its node ended it";
      case SUCCEEDED,
          FAILED,
          THREW,
          SIGNALLED,
          NOT_STARTED,
          REFUSED,
          DEPENDENCY_FAILED,
          MANAGER_LOST,
          WALLTIME ->
          "";
    };
  }

  private static String joined(String message, String more) {
    return message.isEmpty() || more.isEmpty() ? message + more : message + "; " + more;
  }

  private static String words(Duration duration) {
    return duration.toMillis() % 1000 == 0
        ? duration.toSeconds() + " s"
        : duration.toMillis() + " ms";
  }

  private TaskOutcome notStarted(TaskAssignment task, SpawnException e, long started) {
    int code =
        switch (e.kind()) {
          case NOT_FOUND -> 127; // as a shell says it
          case NOT_EXECUTABLE -> 126;
          case BAD_DIRECTORY, UNWRITABLE_OUTPUT, OTHER -> -1;
        };
    return outcome(task, Ending.NOT_STARTED, code, 0, e.getMessage(), started, -1, -1);
  }

  private TaskOutcome outcome(
      TaskAssignment task,
      Ending ending,
      int exitCode,
      int signal,
      String message,
      long started,
      long cpuMicros,
      long peakBytes) {
    TaskWork.Shell shell = (TaskWork.Shell) task.spec().work();
    OutputRange out = OutputRange.NOTHING;
    OutputRange err = OutputRange.NOTHING;
    Ending real = ending;
    String text = message;
    if (ending != Ending.NOT_STARTED) {
      try {
        out = shell.stdout().isPresent() ? out : stdout.end(task);
        err = shell.stderr().isPresent() ? err : stderr.end(task);
      } catch (IOException e) {
        real = ending.isSuccess() ? Ending.FAILED : ending;
        text =
            "its output cannot be kept: %s: is the disk of the run directory full?%s"
                .formatted(e, message.isEmpty() ? "" : " (" + message + ")");
      }
    }
    String tail = real.isSuccess() ? "" : tail(shell, out, err);
    return new TaskOutcome(
        task.id(),
        task.attempt(),
        real,
        exitCode,
        signal,
        text,
        Payload.EMPTY,
        started,
        epochMicros(),
        cpuMicros,
        peakBytes,
        rank,
        out,
        err,
        tail);
  }

  /** What it wrote last to stderr, or to stdout when that is empty. */
  private String tail(TaskWork.Shell shell, OutputRange out, OutputRange err) {
    Path directory = tools.workingDirectory().resolve(shell.cwd().orElse(""));
    String tail =
        shell.stderr().map(f -> OutputCapture.tail(directory.resolve(f))).orElse(stderr.tail(err));
    return tail.isBlank()
        ? shell.stdout().map(f -> OutputCapture.tail(directory.resolve(f))).orElse(stdout.tail(out))
        : tail;
  }
}
