package dev.drover.executor;

import dev.drover.block.BlockId;
import dev.drover.classpath.FunctionNotSerializableException;
import dev.drover.interchange.Event;
import dev.drover.interchange.Submission;
import dev.drover.journal.RunDirectory;
import dev.drover.journal.RunEnd;
import dev.drover.protocol.ManagerId;
import dev.drover.submit.Completion;
import dev.drover.submit.ExecutorStatus;
import dev.drover.submit.TaskBatch;
import dev.drover.submit.TaskOptions;
import dev.drover.submit.TaskReport;
import dev.drover.task.RemoteCall;
import dev.drover.task.ResourceRequest;
import dev.drover.task.TaskId;
import dev.drover.task.TaskSpec;
import dev.drover.task.TaskWork;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.LoggerFactory;

/**
 * An {@link ExecutorService} whose tasks run on the nodes of batch jobs: serializable functions,
 * and commands. Made by {@link #onSite}; closed by {@link #close} or {@link #shutdown}.
 *
 * <p>Any thread may call; every method returns at once but those that say otherwise. Futures
 * complete on callback threads.
 */
public final class HighThroughputExecutor implements ExecutorService, AutoCloseable {
  private final Engine engine;
  private final JavaTasks javaTasks;
  private final RunDirectory run;
  private final boolean ownsRunDirectory;
  private final SiteSettings site;
  private final TaskOptions options;
  private final AtomicLong lastId;
  private final AtomicLong finished = new AtomicLong();
  private final AtomicLong failed = new AtomicLong();
  private final AtomicLong accepted = new AtomicLong();
  private final CompletableFuture<Void> allOver = new CompletableFuture<>();
  private final CompletableFuture<Void> closed = new CompletableFuture<>();
  private final TaskFuture.Values<Object> functions = new Functions();
  private final TaskFuture.Values<TaskReport> commands = new Commands();
  private final Thread endWithJvm;
  private volatile boolean shutdown;

  HighThroughputExecutor(ExecutorBuilder builder, RunDirectory run, boolean ownsRunDirectory)
      throws java.io.IOException, dev.drover.template.ScriptRenderException {
    this.run = run;
    this.ownsRunDirectory = ownsRunDirectory;
    this.site = new SiteSettings(builder.site(), builder.workingDirectory);
    this.options = site.taskOptions();
    this.lastId = new AtomicLong(builder.lastId);
    this.javaTasks =
        new JavaTasks(
            builder.loader,
            run.path().resolve("classes"),
            site.isolation(),
            (int) Math.min(site.maxPayload(), Integer.MAX_VALUE - 64));
    this.engine =
        new Engine(
            site,
            run,
            builder.journal,
            builder.output,
            builder.retryCost,
            javaTasks,
            builder.firstBlock,
            builder.errors,
            this::taskEnded);
    this.endWithJvm = new Thread(this::endWithJvm, "drover-shutdown");
    boolean started = false;
    try {
      engine.start(builder.left);
      started = true;
    } finally {
      if (!started) {
        engine.interchange().close();
      }
    }
    Runtime.getRuntime().addShutdownHook(endWithJvm);
  }

  /** The JVM ends and nobody closed: batch jobs must not stay behind. */
  private void endWithJvm() {
    engine.stopping();
    engine.close(RunEnd.INTERRUPTED);
  }

  /** Begins to make an executor for a site, named or a file: {@code local} is this machine. */
  public static ExecutorBuilder onSite(String site) {
    return new ExecutorBuilder(site);
  }

  private void taskEnded(TaskReport report) {
    if (!report.outcome().ending().isSuccess()) {
      failed.incrementAndGet();
    }
    if (finished.incrementAndGet() == accepted.get() && shutdown) {
      allOver.complete(null);
    }
  }

  private void accept(List<TaskBatch> batches, Numbering numbering) {
    if (shutdown) {
      throw new RejectedExecutionException("this executor was shut down: make a new one");
    }
    engine
        .badState()
        .ifPresent(
            problem -> {
              throw new BadStateException(problem.getMessage(), problem);
            });
    List<Submission> submissions = new ArrayList<>(batches.size());
    for (TaskBatch batch : batches) {
      long first = lastId.getAndAdd(batch.count()) + 1;
      numbering.accept(batch, first);
      accepted.addAndGet(batch.count());
      submissions.add(new Submission(first, batch));
    }
    engine.submit(submissions);
  }

  private interface Numbering {
    void accept(TaskBatch batch, long firstId);
  }

  /**
   * Takes batches in; their tasks get the next ids, in order.
   *
   * @throws BadStateException when the executor can run nothing any more
   * @throws RejectedExecutionException after {@link #shutdown}
   */
  public void submit(List<TaskBatch> batches) {
    accept(batches, (batch, id) -> {});
  }

  /** Takes in tasks of an earlier part of the run again, under the ids that they had. */
  public void resubmit(List<Submission> submissions) {
    for (Submission submission : submissions) {
      accepted.addAndGet(submission.batch().count());
    }
    engine.resubmit(submissions);
  }

  private <T> TaskFuture<T> submit(
      TaskSpec spec, TaskOptions taskOptions, TaskFuture.Values<T> values) {
    TaskFuture<T> future = new TaskFuture<>(values);
    accept(List.of(TaskBatch.single(spec, taskOptions, future)), (batch, id) -> future.setId(id));
    return future;
  }

  /**
   * Calls a function on a node.
   *
   * @throws FunctionNotSerializableException when it cannot travel; the message names what and the
   *     mend
   */
  public <T> TaskFuture<T> call(RemoteCall<T> function) {
    return call(function, ResourceRequest.ONE_SLOT, Duration.ZERO, options);
  }

  /**
   * Calls a function on a node that has the resources.
   *
   * @param timeout longest run time of an attempt; zero = no limit
   */
  @SuppressWarnings("unchecked") // the function returns T, and its result is what is read back
  public <T> TaskFuture<T> call(
      RemoteCall<T> function,
      ResourceRequest resources,
      Duration timeout,
      TaskOptions taskOptions) {
    return (TaskFuture<T>)
        submit(javaTasks.spec(function, resources, timeout), taskOptions, functions);
  }

  /**
   * Calls a function {@code count} times, with the indices from {@code firstIndex} on; waiting, all
   * of them cost as much as one.
   *
   * @param each told of the end of each; a task's value is read by {@link #value}
   */
  public void callArray(RemoteCall<?> function, long firstIndex, int count, Completion each) {
    TaskSpec spec = javaTasks.spec(function, ResourceRequest.ONE_SLOT, Duration.ZERO);
    submit(List.of(new TaskBatch(spec, options, firstIndex, count, each)));
  }

  /**
   * Reads what the function of a task returned.
   *
   * @throws TaskFailedException when the task did not succeed or its value cannot be read here
   */
  public Object value(TaskReport report) {
    if (!report.outcome().ending().isSuccess()) {
      throw new TaskFailedException(report, javaTasks.thrown(report));
    }
    try {
      return javaTasks.value(report);
    } catch (java.io.IOException | ClassNotFoundException e) {
      throw new TaskFailedException(report, e);
    }
  }

  /** Runs a command on a node; the future gives its report, or fails when it did not succeed. */
  public TaskFuture<TaskReport> run(TaskWork.Shell command) {
    return run(TaskSpec.of(command), options);
  }

  /** Runs a command on a node that has what the spec asks for. */
  public TaskFuture<TaskReport> run(TaskSpec spec, TaskOptions taskOptions) {
    return submit(spec, taskOptions, commands);
  }

  @Override
  public <T> TaskFuture<T> submit(Callable<T> task) {
    return call(RemoteCall.of(task));
  }

  /** The same for a lambda, which is serializable where this type is expected. */
  public <T> TaskFuture<T> submit(SerializableCallable<T> task) {
    return call(RemoteCall.of(task));
  }

  @Override
  public <T> TaskFuture<T> submit(Runnable task, T result) {
    return call(RemoteCall.of(task, result));
  }

  @Override
  public TaskFuture<?> submit(Runnable task) {
    return call(RemoteCall.of(task, null));
  }

  /** The same for a lambda, which is serializable where this type is expected. */
  public TaskFuture<?> submit(SerializableRunnable task) {
    return call(RemoteCall.of(task, null));
  }

  @Override
  public void execute(Runnable command) {
    submit(command);
  }

  /** Blocks until all have ended. */
  @Override
  public <T> List<Future<T>> invokeAll(Collection<? extends Callable<T>> tasks)
      throws InterruptedException {
    return invokeAll(tasks, Long.MAX_VALUE, TimeUnit.NANOSECONDS);
  }

  /** Blocks until all have ended or the time is over; those that have not are cancelled then. */
  @Override
  public <T> List<Future<T>> invokeAll(
      Collection<? extends Callable<T>> tasks, long timeout, TimeUnit unit)
      throws InterruptedException {
    List<TaskFuture<T>> futures = submitAll(tasks);
    CompletableFuture<Void> all = CompletableFuture.allOf(futures.toArray(TaskFuture[]::new));
    try {
      all.get(timeout, unit);
    } catch (ExecutionException e) {
      // each future tells its own end
    } catch (TimeoutException e) {
      futures.forEach(future -> future.cancel(true));
    } catch (InterruptedException e) {
      futures.forEach(future -> future.cancel(true));
      throw e;
    }
    return List.copyOf(futures);
  }

  private <T> List<TaskFuture<T>> submitAll(Collection<? extends Callable<T>> tasks) {
    List<TaskFuture<T>> futures = new ArrayList<>(tasks.size());
    for (Callable<T> task : tasks) {
      futures.add(submit(task));
    }
    return futures;
  }

  /** Blocks until one has succeeded; the others are cancelled. */
  @Override
  public <T> T invokeAny(Collection<? extends Callable<T>> tasks)
      throws InterruptedException, ExecutionException {
    try {
      return invokeAny(tasks, Long.MAX_VALUE, TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      throw new IllegalStateException("292 years are over", e);
    }
  }

  /** Blocks until one has succeeded or the time is over; the others are cancelled. */
  @Override
  public <T> T invokeAny(Collection<? extends Callable<T>> tasks, long timeout, TimeUnit unit)
      throws InterruptedException, ExecutionException, TimeoutException {
    if (tasks.isEmpty()) {
      throw new IllegalArgumentException("invokeAny needs at least one task");
    }
    List<TaskFuture<T>> futures = submitAll(tasks);
    CompletableFuture<T> first = new CompletableFuture<>();
    AtomicLong left = new AtomicLong(futures.size());
    for (TaskFuture<T> future : futures) {
      future.whenComplete(
          (value, problem) -> {
            if (problem == null) {
              first.complete(value);
            } else if (left.decrementAndGet() == 0) {
              first.completeExceptionally(problem);
            }
          });
    }
    try {
      return first.get(timeout, unit);
    } finally {
      futures.forEach(future -> future.cancel(true));
    }
  }

  /** Ends these tasks, in the queue or where they run; each still ends in its report. */
  public void cancel(Collection<TaskId> tasks) {
    engine.interchange().post(new Event.Cancelled(List.copyOf(tasks)));
  }

  /** Ends all tasks because the run stops: a resumed run has them to do. */
  public void cancelAll(String reason) {
    engine.stopping();
    engine.interchange().post(new Event.CancelledAll(dev.drover.task.Ending.CANCELLED, reason));
  }

  /** Gives a manager no new tasks, or ({@code on} false) gives it tasks again. */
  public void hold(ManagerId manager, boolean on) {
    engine.interchange().post(new Event.Held(manager, on));
  }

  /** Lets a manager finish what it runs and leave. */
  public void drain(ManagerId manager) {
    engine.interchange().post(new Event.Drained(manager, "drained by its user"));
  }

  /** Asks for more blocks, up to {@code provider.max-blocks}. */
  public void scaleOut(int blocks) {
    engine.blocks().scaleOut(blocks);
  }

  /** Gives blocks back, by the ids that {@link #status} tells, once they have nothing to do. */
  public void scaleIn(Collection<String> blocks) {
    engine.blocks().scaleIn(blocks.stream().map(BlockId::new).toList());
  }

  /** What is going on now; waits for the interchange's answer, some milliseconds at most. */
  public ExecutorStatus status() {
    if (closed.isDone()) {
      return new ExecutorStatus(
          0, 0, finished.get(), failed.get(), 0, List.of(), engine.blockStatus(), badStateText());
    }
    try {
      return engine
          .interchange()
          .ask(
              state -> {
                List<ExecutorStatus.Manager> managers = state.managerStatus();
                return new ExecutorStatus(
                    state.pendingTasks(),
                    state.assignedTasks(),
                    state.finishedTasks(),
                    state.failedTasks(),
                    managers.stream().mapToInt(ExecutorStatus.Manager::slots).sum(),
                    managers,
                    withManagers(engine.blockStatus(), managers, state.placementProblems()),
                    badStateText());
              })
          .get(10, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while the interchange was asked", e);
    } catch (ExecutionException | TimeoutException e) {
      throw new IllegalStateException("the interchange does not answer", e);
    }
  }

  private static List<ExecutorStatus.Block> withManagers(
      List<ExecutorStatus.Block> blocks,
      List<ExecutorStatus.Manager> managers,
      Map<BlockId, String> problems) {
    return blocks.stream()
        .map(
            b ->
                new ExecutorStatus.Block(
                    b.id(),
                    b.job(),
                    b.state(),
                    (int) managers.stream().filter(m -> m.block().equals(b.id())).count(),
                    b.reason().isEmpty()
                        ? problems.getOrDefault(new BlockId(b.id()), "")
                        : b.reason()))
        .toList();
  }

  private java.util.Optional<String> badStateText() {
    return engine.badState().map(Throwable::getMessage);
  }

  /** Tasks accepted that have not ended. */
  public long outstanding() {
    return accepted.get() - finished.get();
  }

  /** Breaks the executor for a reason of the caller's: it takes no more, and what waits fails. */
  public void fail(BadStateException problem) {
    engine.fail(problem);
  }

  /** What a task may cost and lose when its submitter says nothing of it, as the site has it. */
  public TaskOptions defaultOptions() {
    return options;
  }

  /** Where the run keeps its files. */
  public Path runDirectory() {
    return run.path();
  }

  /** Control port of the interchange. */
  public int port() {
    return engine.interchange().port();
  }

  /** Takes no new tasks; those accepted still run, then blocks are given back. */
  @Override
  public void shutdown() {
    if (!shutdown) {
      shutdown = true;
      if (finished.get() == accepted.get()) {
        allOver.complete(null);
      }
      allOver.whenCompleteAsync(
          (nothing, problem) -> closeNow(), task -> new Thread(task, "drover-close").start());
    }
  }

  /**
   * Tells the managers to stop and asks for the end of all blocks, then returns, after {@code
   * patience} at the latest: for a process that must end at once. Nothing else may be done with the
   * executor afterwards.
   */
  public void abandon(Duration patience) {
    engine.stopping();
    engine.abandon(patience);
  }

  private void closeNow() {
    try {
      Runtime.getRuntime().removeShutdownHook(endWithJvm);
    } catch (IllegalStateException e) {
      return; // the JVM ends: the hook does it
    }
    try {
      RunEnd how =
          engine.badState().isPresent()
              ? RunEnd.INFRASTRUCTURE
              : failed.get() > 0 ? RunEnd.SOME_FAILED : RunEnd.ALL_SUCCEEDED;
      engine.close(how);
      javaTasks.close();
      if (ownsRunDirectory) {
        run.close();
      }
    } catch (dev.drover.journal.RunDirectoryException e) {
      LoggerFactory.getLogger(HighThroughputExecutor.class).warn("{}", e.getMessage());
    } finally {
      closed.complete(null);
    }
  }

  /** Ends all tasks, then does as {@link #shutdown}; functions cannot be given back. */
  @Override
  public List<Runnable> shutdownNow() {
    engine
        .interchange()
        .post(
            new Event.CancelledAll(dev.drover.task.Ending.CANCELLED, "the executor was shut down"));
    shutdown();
    return List.of();
  }

  @Override
  public boolean isShutdown() {
    return shutdown;
  }

  @Override
  public boolean isTerminated() {
    return closed.isDone();
  }

  @Override
  public boolean awaitTermination(long timeout, TimeUnit unit) throws InterruptedException {
    try {
      closed.get(timeout, unit);
      return true;
    } catch (TimeoutException e) {
      return false;
    } catch (ExecutionException e) {
      throw new IllegalStateException(e.getCause());
    }
  }

  /** Shuts down and waits until all tasks have ended and all blocks are gone. */
  @Override
  public void close() {
    shutdown();
    boolean interrupted = false;
    while (!closed.isDone()) {
      try {
        awaitTermination(1, TimeUnit.DAYS);
      } catch (InterruptedException e) {
        if (!interrupted) {
          shutdownNow();
        }
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private final class Functions implements TaskFuture.Values<Object> {
    @Override
    public Object of(TaskReport report) throws Exception {
      return javaTasks.value(report);
    }

    @Override
    public Throwable thrown(TaskReport report) {
      return javaTasks.thrown(report);
    }

    @Override
    public void cancel(TaskId id) {
      HighThroughputExecutor.this.cancel(List.of(id));
    }

    @Override
    public BadStateException badState() {
      return engine.badState().orElse(null);
    }
  }

  private final class Commands implements TaskFuture.Values<TaskReport> {
    @Override
    public TaskReport of(TaskReport report) {
      return report;
    }

    @Override
    public Throwable thrown(TaskReport report) {
      return null;
    }

    @Override
    public void cancel(TaskId id) {
      HighThroughputExecutor.this.cancel(List.of(id));
    }

    @Override
    public BadStateException badState() {
      return engine.badState().orElse(null);
    }
  }
}
