package dev.drover.executor;

import dev.drover.block.BlockErrorHandler;
import dev.drover.block.BlockId;
import dev.drover.block.BlockState;
import dev.drover.block.BlockSupervisor;
import dev.drover.block.Takeover;
import dev.drover.headnode.HeadNode;
import dev.drover.interchange.ClientAddresses;
import dev.drover.interchange.Event;
import dev.drover.interchange.InterchangeListener;
import dev.drover.interchange.InterchangeLoop;
import dev.drover.interchange.Submission;
import dev.drover.interchange.TaskFiles;
import dev.drover.journal.Journal;
import dev.drover.journal.JournalEntry;
import dev.drover.journal.RunDirectory;
import dev.drover.journal.RunEnd;
import dev.drover.manager.OutputMode;
import dev.drover.protocol.CurveKeys;
import dev.drover.protocol.ManagerFacts;
import dev.drover.protocol.ManagerId;
import dev.drover.provider.Provider;
import dev.drover.submit.Completion;
import dev.drover.submit.ExecutorStatus;
import dev.drover.submit.RetryCost;
import dev.drover.submit.TaskReport;
import dev.drover.task.Ending;
import dev.drover.task.TaskId;
import dev.drover.template.ScriptRenderException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An engine in this JVM: the interchange's loop, the blocks, the journal and the callbacks, wired
 * to one another.
 */
final class LocalEngine implements Engine, InterchangeListener, BlockSupervisor.Surroundings {
  private static final Logger log = LoggerFactory.getLogger(LocalEngine.class);

  private static final Duration LEFT_OVER_PATIENCE = Duration.ofSeconds(60);
  private static final Duration BLOCK_PATIENCE = Duration.ofSeconds(60);
  private static final BlockSupervisor.LoadReport NO_LOAD =
      new BlockSupervisor.LoadReport(0, Map.of());

  private final SiteSettings site;
  private final RunDirectory run;
  private final Optional<Journal> journal;
  private final CallbackPool callbacks = new CallbackPool();
  private final AtomicReference<BadStateException> badState = new AtomicReference<>();
  private final LocalStatus status = new LocalStatus(() -> badState().map(Throwable::getMessage));
  private final EndedTasks ends;
  private final Engine.User user;
  private final InterchangeLoop interchange;
  private final HeadNode headNode;
  private final Provider provider;
  private final BlockSupervisor supervisor;
  private final Optional<Path> keys;

  /**
   * Where managers of the run's earlier process look for it, {@code host:port}; empty = nowhere.
   */
  private final List<String> before;

  private volatile boolean stopping;
  private volatile boolean broken;
  private volatile boolean closing;

  /**
   * @param journal where outcomes are kept before they are told; empty = nowhere
   * @param firstBlock number of the first block
   * @param errors decides when failed blocks end the run; empty = as the site says
   * @throws IOException when the head node is not reached, no port can be had, or the keys cannot
   *     be written or read
   * @throws ScriptRenderException when the job script's template cannot be read
   */
  LocalEngine(
      SiteSettings site,
      RunDirectory run,
      Optional<Journal> journal,
      OutputMode output,
      RetryCost retryCost,
      TaskFiles files,
      int firstBlock,
      Optional<BlockErrorHandler> errors,
      Engine.User user)
      throws IOException, ScriptRenderException {
    this.site = site;
    this.run = run;
    this.journal = journal;
    this.user = user;
    this.ends = new EndedTasks(user, journal, callbacks, this::fail);
    this.keys = BlockJobs.keys(site, run);
    if (keys.isPresent()) {
      CurveKeys.create(keys.get());
    }
    this.headNode = site.scheduler().headNode();
    headNode.open();
    this.provider = site.scheduler().provider(headNode);
    this.before = addressesBefore();
    this.interchange =
        InterchangeLoop.start(
            site.interchange(retryCost),
            site.addresses().ofInterchange(keys).preferring(portBefore()),
            files,
            this);
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

  @Override
  public void start(List<Takeover.LeftBlock> left) throws IOException {
    List<String> addresses =
        site.addresses().advertised().stream()
            .map(host -> host + ":" + interchange.port())
            .toList();
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

      @Override
      public boolean anyIsHere(BlockId block) {
        return interchange.ask(state -> state.blockManagers().containsKey(block)).join();
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

  @Override
  public int port() {
    return interchange.port();
  }

  @Override
  public Optional<BadStateException> badState() {
    return Optional.ofNullable(badState.get());
  }

  @Override
  public void submit(List<Submission> submissions) {
    submit(submissions, () -> {});
  }

  /**
   * The same, telling when a resumed run would know of the tasks.
   *
   * @param accepted run on the journal's thread when all are journaled; never, when they cannot be
   */
  void submit(List<Submission> submissions, Runnable accepted) {
    journal.ifPresent(j -> AcceptedTasks.append(j, submissions, accepted));
    resubmit(submissions);
  }

  @Override
  public void resubmit(List<Submission> submissions) {
    interchange.post(new Event.Submitted(submissions));
    badState().ifPresent(this::endAll); // it may have come between the check and the post
  }

  @Override
  public void cancel(Collection<TaskId> tasks) {
    interchange.post(new Event.Cancelled(List.copyOf(tasks)));
  }

  @Override
  public void cancelAll(String reason) {
    interchange.post(new Event.CancelledAll(Ending.CANCELLED, reason));
  }

  @Override
  public void hold(ManagerId manager, boolean on) {
    interchange.post(new Event.Held(manager, on));
  }

  @Override
  public void drain(ManagerId manager) {
    interchange.post(new Event.Drained(manager, "drained by its user"));
  }

  @Override
  public void scaleOut(int count) {
    supervisor.scaleOut(count);
  }

  @Override
  public void scaleIn(Collection<String> ids) {
    supervisor.scaleIn(ids.stream().map(BlockId::new).toList());
  }

  @Override
  public CompletableFuture<ExecutorStatus> status() {
    return interchange
        .ask(status::of)
        .exceptionally(
            problem -> {
              if (hasEnded()) {
                return status.last();
              }
              throw new CompletionException(problem);
            });
  }

  /** Whether there is no interchange to ask, or soon none. */
  private boolean hasEnded() {
    return closing || broken;
  }

  @Override
  public void stopping() {
    stopping = true;
  }

  @Override
  public void breakOff() {
    interchange.close();
  }

  @Override
  public void close(RunEnd how, String reason) {
    closing = true;
    forgetAddress();
    interchange.close();
    String left = String.join("; ", supervisor.close(BLOCK_PATIENCE));
    provider.close();
    headNode.close();
    journal.ifPresent(
        j -> {
          j.append(JournalEntry.RunEnded.leaving(left, Instant.now(), how, reason));
          j.close();
        });
    callbacks.close(); // the journal had ends to tell until now
  }

  private void forgetAddress() {
    try {
      ClientAddresses.delete(run.keys());
    } catch (IOException e) {
      log.debug("the address stays behind", e);
    }
  }

  @Override
  public void abandon(Duration patience) {
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
    boolean isFinal = !(stopping && report.outcome().ending() == Ending.CANCELLED);
    ends.ended(report, isFinal, completion);
  }

  @Override
  public void attemptEnded(TaskReport report, double cost) {
    journal.ifPresent(j -> j.append(JournalEntry.AttemptEnded.of(report, cost)));
  }

  @Override
  public void managerJoined(ManagerFacts facts) {
    log.info(
        "manager {} on {} joined with {} slots, {}",
        facts.id(),
        facts.host(),
        facts.slots(),
        facts.pinning().isEmpty() ? "not pinned" : "pinned " + facts.pinning());
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
  public void broke(String reason, Throwable cause) {
    broken = true;
    try {
      fail(new BadStateException(reason, cause));
    } finally {
      supervisor.end(BLOCK_PATIENCE);
    }
  }

  @Override
  public void untold(long tasks) {
    user.untold(tasks);
  }

  // From the blocks, on their thread.

  @Override
  public BlockSupervisor.LoadReport load() {
    if (hasEnded()) {
      return NO_LOAD; // the managers were told to stop
    }
    return interchange
        .ask(
            state -> {
              Map<BlockId, BlockSupervisor.Managers> managers = new HashMap<>();
              state.blockManagers().forEach(managers::put);
              return new BlockSupervisor.LoadReport(state.demandedSlots(), managers);
            })
        .orTimeout(10, TimeUnit.SECONDS)
        .exceptionally(
            problem -> {
              if (hasEnded()) {
                return NO_LOAD;
              }
              throw new CompletionException(problem);
            })
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
    BlockNews news = BlockNews.of(id, job, state);
    log.info("block {} (job {}): {} {}", id, job, state.word(), news.reason());
    interchange.post(new Event.BlockStands(id, news.standing()));
    status.changed(news.status());
    journal.ifPresent(j -> j.append(news.entry(directory)));
  }

  @Override
  public void failed(String reason) {
    fail(new BadStateException(reason));
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
    interchange.post(new Event.CancelledAll(Ending.CANCELLED, problem.getMessage()));
  }
}
