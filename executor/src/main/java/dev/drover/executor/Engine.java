package dev.drover.executor;

import dev.drover.block.BlockErrorHandler;
import dev.drover.block.BlockId;
import dev.drover.block.BlockState;
import dev.drover.block.BlockSupervisor;
import dev.drover.block.Takeover;
import dev.drover.headnode.LocalHeadNode;
import dev.drover.interchange.ClientAddresses;
import dev.drover.interchange.Event;
import dev.drover.interchange.InterchangeListener;
import dev.drover.interchange.InterchangeLoop;
import dev.drover.interchange.Submission;
import dev.drover.interchange.TaskFiles;
import dev.drover.journal.BlockPhase;
import dev.drover.journal.Journal;
import dev.drover.journal.JournalEntry;
import dev.drover.journal.RunDirectory;
import dev.drover.journal.RunEnd;
import dev.drover.manager.OutputMode;
import dev.drover.protocol.CurveKeys;
import dev.drover.protocol.ManagerFacts;
import dev.drover.provider.Provider;
import dev.drover.provider.Providers;
import dev.drover.submit.Completion;
import dev.drover.submit.ExecutorStatus;
import dev.drover.submit.RetryCost;
import dev.drover.submit.TaskBatch;
import dev.drover.submit.TaskReport;
import dev.drover.task.Ending;
import dev.drover.task.TaskId;
import dev.drover.task.TaskOutcome;
import dev.drover.template.ScriptRenderException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What runs behind an executor: the interchange's loop, the blocks, the journal and the callbacks,
 * wired to one another.
 */
final class Engine implements InterchangeListener, BlockSupervisor.Surroundings {
  private static final Logger log = LoggerFactory.getLogger(Engine.class);

  private static final Duration LEFT_OVER_PATIENCE = Duration.ofSeconds(60);

  private final SiteSettings site;
  private final RunDirectory run;
  private final Optional<Journal> journal;
  private final CallbackPool callbacks = new CallbackPool();
  private final AtomicReference<BadStateException> badState = new AtomicReference<>();
  private final Map<String, ExecutorStatus.Block> blocks = new ConcurrentHashMap<>();
  private final Consumer<TaskReport> ended;
  private final InterchangeLoop interchange;
  private final Provider provider;
  private final BlockSupervisor supervisor;
  private final Optional<Path> keys;

  /**
   * Where managers of the run's earlier process look for it, {@code host:port}; empty = nowhere.
   */
  private final List<String> before;

  private volatile boolean stopping;
  private volatile boolean closing;

  /**
   * @param journal where outcomes are kept before they are told; empty = nowhere
   * @param firstBlock number of the first block
   * @param errors decides when failed blocks end the run; empty = as the site says
   * @param ended told of each task's end before its completion, on the thread that journals
   * @throws IOException when no port can be had, or the keys cannot be written or read
   * @throws ScriptRenderException when the job script's template cannot be read
   */
  Engine(
      SiteSettings site,
      RunDirectory run,
      Optional<Journal> journal,
      OutputMode output,
      RetryCost retryCost,
      TaskFiles files,
      int firstBlock,
      Optional<BlockErrorHandler> errors,
      Consumer<TaskReport> ended)
      throws IOException, ScriptRenderException {
    this.site = site;
    this.run = run;
    this.journal = journal;
    this.ended = ended;
    this.keys = BlockJobs.keys(site, run);
    if (keys.isPresent()) {
      CurveKeys.create(keys.get());
    }
    this.provider = Providers.of(site.provider(), new LocalHeadNode());
    this.before = addressesBefore();
    this.interchange =
        InterchangeLoop.start(
            site.interchange(retryCost), site.address(keys).preferring(portBefore()), files, this);
    BlockJobs jobs = new BlockJobs(site, run, interchange.port(), output);
    this.supervisor =
        new BlockSupervisor(
            provider,
            site.blocks(),
            errors.orElseGet(site::blockErrors),
            firstBlock,
            site.expectedSlots(),
            jobs::job,
            this);
  }

  /**
   * Ends what an earlier process left, then asks for the first blocks.
   *
   * @throws IOException when a job of the earlier process does not end: its tasks would run twice
   */
  void start(List<Takeover.LeftBlock> left) throws IOException {
    List<String> addresses =
        site.advertised().stream().map(host -> host + ":" + interchange.port()).toList();
    new ClientAddresses(addresses, keys.isPresent()).write(run.keys());
    if (!left.isEmpty()) {
      supervisor.adopt(Takeover.of(left, provider, newcomers(addresses), LEFT_OVER_PATIENCE));
    }
    supervisor.start();
  }

  private Takeover.Newcomers newcomers(List<String> addresses) {
    return new Takeover.Newcomers() {
      @Override
      public boolean findThisProcess() {
        return addresses.containsAll(before) && !before.isEmpty();
      }

      /** After the heartbeat threshold no manager of the earlier process is left. */
      @Override
      public Duration patience() {
        return site.blocksCostAQueue() ? site.heartbeatThreshold() : Duration.ZERO;
      }

      @Override
      public boolean haveCome(BlockId block) {
        int nodes = site.managersPerBlock();
        return interchange.ask(state -> state.isTakenOver(block, nodes)).join();
      }
    };
  }

  private List<String> addressesBefore() {
    try {
      return ClientAddresses.read(run.keys()).addresses();
    } catch (IOException e) {
      return List.of(); // a new run, or one that ended in order
    }
  }

  private int portBefore() {
    return before.isEmpty()
        ? 0
        : Integer.parseInt(before.get(0).substring(before.get(0).lastIndexOf(':') + 1));
  }

  InterchangeLoop interchange() {
    return interchange;
  }

  BlockSupervisor blocks() {
    return supervisor;
  }

  Optional<BadStateException> badState() {
    return Optional.ofNullable(badState.get());
  }

  List<ExecutorStatus.Block> blockStatus() {
    return List.copyOf(blocks.values());
  }

  void submit(List<Submission> submissions) {
    journal.ifPresent(
        j -> {
          for (Submission submission : submissions) {
            j.append(accepted(submission));
          }
        });
    resubmit(submissions);
  }

  /** The journal knows them already. */
  void resubmit(List<Submission> submissions) {
    interchange.post(new Event.Submitted(submissions));
  }

  private static JournalEntry accepted(Submission submission) {
    TaskBatch batch = submission.batch();
    return new JournalEntry.TasksAccepted(
        new TaskId(submission.firstId()),
        batch.count(),
        batch.firstIndex(),
        batch.spec(),
        batch.options());
  }

  /**
   * The run stops before all is done: what is cancelled from now on is not over for a resumed run.
   */
  void stopping() {
    stopping = true;
  }

  /** Ends everything, in order: managers, blocks, callbacks, journal. Blocks until it is done. */
  void close(RunEnd how) {
    closing = true;
    forgetAddress();
    interchange.close();
    supervisor.close(Duration.ofSeconds(60));
    callbacks.close();
    journal.ifPresent(
        j -> {
          j.append(new JournalEntry.RunEnded(Instant.now(), how));
          j.close();
        });
  }

  private void forgetAddress() {
    try {
      ClientAddresses.delete(run.keys());
    } catch (IOException e) {
      log.debug("the address stays behind", e);
    }
  }

  /**
   * Tells the managers to stop and asks for the end of all blocks, and waits for nothing of that:
   * the JVM ends at once, and what is not told within {@code patience} is not told.
   */
  void abandon(Duration patience) {
    closing = true;
    Thread stop = new Thread(interchange::close, "drover-stop");
    stop.setDaemon(true);
    stop.start();
    long end = System.nanoTime() + patience.toNanos();
    supervisor.abandon(patience);
    try {
      stop.join(Math.max(1, (end - System.nanoTime()) / 1_000_000));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  // From the interchange, on its loop.

  @Override
  public void finished(TaskReport report, Completion completion) {
    boolean final_ = !(stopping && report.outcome().ending() == Ending.CANCELLED);
    if (journal.isPresent() && final_) {
      FinishedTask end = new FinishedTask(journal.get(), report, completion);
      if (!journal.get().append(new JournalEntry.TaskFinished(report), end)) {
        end.dropped();
      }
    } else {
      tell(report, completion);
    }
  }

  /** An end on its way through the journal. */
  private final class FinishedTask implements Journal.Callback {
    private final Journal through;
    private final TaskReport report;
    private final Completion completion;

    FinishedTask(Journal through, TaskReport report, Completion completion) {
      this.through = through;
      this.report = report;
      this.completion = completion;
    }

    @Override
    public void run() {
      tell(report, completion);
    }

    /** To a resumed run the task has not ended, so nobody may hear that it succeeded. */
    @Override
    public void dropped() {
      through.failure().ifPresent(e -> fail(new BadStateException(e.getMessage(), e)));
      TaskOutcome outcome = report.outcome();
      tell(
          new TaskReport(
              TaskOutcome.without(
                  outcome.id(),
                  outcome.attempt(),
                  Ending.CANCELLED,
                  "its end could not be journaled: a resumed run runs it again",
                  outcome.endedMicros()),
              report.host(),
              report.manager(),
              report.block(),
              report.lostAttempts()),
          completion);
    }
  }

  private void tell(TaskReport report, Completion completion) {
    ended.accept(report);
    callbacks.add(report, completion);
  }

  @Override
  public void attemptEnded(TaskReport report, double cost) {
    journal.ifPresent(j -> j.append(attempt(report, cost)));
  }

  private static JournalEntry attempt(TaskReport report, double cost) {
    TaskOutcome outcome = report.outcome();
    return new JournalEntry.AttemptEnded(
        outcome.id(),
        outcome.attempt(),
        outcome.ending(),
        outcome.message(),
        report.host(),
        report.manager(),
        report.block(),
        outcome.worker(),
        outcome.exitCode(),
        outcome.signal(),
        outcome.startedMicros(),
        outcome.endedMicros(),
        cost);
  }

  @Override
  public void managerJoined(ManagerFacts facts) {
    log.info("manager {} on {} joined with {} slots", facts.id(), facts.host(), facts.slots());
    journal.ifPresent(
        j ->
            j.append(
                new JournalEntry.ManagerJoined(
                    Instant.now(),
                    facts.id().value(),
                    facts.host(),
                    facts.block(),
                    facts.slots())));
    if (!facts.block().isEmpty()) {
      supervisor.joined(new BlockId(facts.block()));
    }
  }

  @Override
  public void managerLeft(ManagerFacts facts, String reason, boolean orderly) {
    if (orderly) {
      log.info("manager {} on {} left: {}", facts.id(), facts.host(), reason);
    } else {
      log.warn("manager {} on {} was lost: {}", facts.id(), facts.host(), reason);
    }
    journal.ifPresent(
        j -> j.append(new JournalEntry.ManagerLeft(Instant.now(), facts.id().value(), reason)));
    supervisor.managerLeft();
  }

  @Override
  public void connectionLost() {
    supervisor.managerLeft();
  }

  @Override
  public void broke(Throwable cause) {
    fail(new BadStateException("the interchange broke: " + cause, cause));
  }

  // From the blocks, on their thread.

  @Override
  public BlockSupervisor.LoadReport load() {
    if (closing) {
      return new BlockSupervisor.LoadReport(0, Map.of()); // the managers were told to stop
    }
    return interchange
        .ask(
            state -> {
              Map<BlockId, BlockSupervisor.Managers> managers = new HashMap<>();
              state.blockManagers().forEach(managers::put);
              return new BlockSupervisor.LoadReport(state.demandedSlots(), managers);
            })
        .orTimeout(10, java.util.concurrent.TimeUnit.SECONDS)
        .join();
  }

  @Override
  public void drain(BlockId block, String reason) {
    interchange.post(new Event.DrainedBlock(block, reason));
  }

  @Override
  public void ended(BlockId block, String reason, boolean walltime) {
    interchange.post(new Event.BlockEnded(block, reason, walltime));
  }

  @Override
  public void changed(BlockId id, String job, BlockState state, Path directory) {
    String reason = reason(state);
    log.info("block {} (job {}): {} {}", id, job, state.word(), reason);
    boolean comes = isComing(state);
    interchange.post(new Event.BlockStands(id, comes ? standing(job, state.word(), reason) : ""));
    blocks.put(id.value(), new ExecutorStatus.Block(id.value(), job, state.word(), 0, reason));
    journal.ifPresent(
        j ->
            j.append(
                new JournalEntry.BlockChanged(
                    Instant.now(), id.value(), job, phase(state), directory.toString(), reason)));
  }

  private static boolean isComing(BlockState state) {
    return switch (phase(state)) {
      case SUBMITTING, QUEUED, STARTING -> true;
      case LIVE, DRAINING, ENDED -> false;
    };
  }

  private static String standing(String job, String word, String reason) {
    return (job.isEmpty() ? "" : "(job " + job + ") ")
        + word
        + (reason.isEmpty() ? "" : ": " + reason);
  }

  private static String reason(BlockState state) {
    if (state instanceof BlockState.Ended ended) {
      return ended.reason();
    }
    if (state instanceof BlockState.Queued queued) {
      return queued.reason();
    }
    return state instanceof BlockState.Submitting submitting ? submitting.trouble() : "";
  }

  private static BlockPhase phase(BlockState state) {
    return state.match(
        new BlockState.Cases<>() {
          @Override
          public BlockPhase submitting(BlockState.Submitting submitting) {
            return BlockPhase.SUBMITTING;
          }

          @Override
          public BlockPhase queued(BlockState.Queued queued) {
            return BlockPhase.QUEUED;
          }

          @Override
          public BlockPhase starting(BlockState.Starting starting) {
            return BlockPhase.STARTING;
          }

          @Override
          public BlockPhase live(BlockState.Live live) {
            return BlockPhase.LIVE;
          }

          @Override
          public BlockPhase draining(BlockState.Draining draining) {
            return BlockPhase.DRAINING;
          }

          @Override
          public BlockPhase ended(BlockState.Ended ended) {
            return BlockPhase.ENDED;
          }
        });
  }

  @Override
  public void failed(String reason) {
    fail(new BadStateException(reason));
  }

  /** The executor takes no more: what waits fails with the reason, what runs is ended. */
  void fail(BadStateException problem) {
    if (badState.compareAndSet(null, problem)) {
      log.info("the executor takes no more tasks: {}", problem.getMessage()); // its user is told
      stopping = true;
      interchange.post(new Event.CancelledAll(Ending.CANCELLED, problem.getMessage()));
    }
  }
}
