package dev.drover.executor;

import dev.drover.classpath.FunctionNotSerializableException;
import dev.drover.interchange.Submission;
import dev.drover.journal.RunDirectory;
import dev.drover.journal.RunEnd;
import dev.drover.mpi.MpiRequest;
import dev.drover.protocol.ManagerId;
import dev.drover.site.Site;
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
import dev.drover.template.ScriptRenderException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

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
  private final SiteSettings site;
  private final TaskOptions options;
  private final Intake intake;
  private final TaskFuture.Values<Object> functions;
  private final TaskFuture.Values<TaskReport> commands;
  private final Closing closing;

  /** Why the run was stopped; empty = it was not. */
  private volatile Optional<String> stopped = Optional.empty();

  HighThroughputExecutor(ExecutorBuilder builder, RunDirectory run, boolean ownsRunDirectory)
      throws IOException, ScriptRenderException {
    this.run = run;
    this.site = builder.siteSettings();
    this.options = site.taskOptions();
    this.intake = new Intake(builder.lastId());
    this.javaTasks = builder.javaTasks(site, run);
    this.engine = builder.engine(site, run, javaTasks, intake);
    this.functions = new TaskValues.OfFunctions(engine, javaTasks);
    this.commands = new TaskValues.OfCommands(engine);
    this.closing = new Closing(engine, javaTasks, run, ownsRunDirectory);
    boolean started = false;
    try {
      engine.start(builder.left());
      started = true;
    } finally {
      if (!started) {
        engine.breakOff();
      }
    }
    closing.watchJvm();
  }

  /** Begins to make an executor for a site, named or a file: {@code local} is this machine. */
  public static ExecutorBuilder onSite(String site) {
    return new ExecutorBuilder(site);
  }

  private void accept(List<TaskBatch> batches, Intake.Numbering numbering) {
    intake.checkOpen();
    engine
        .badState()
        .ifPresent(
            problem -> {
              throw new BadStateException(problem.getMessage(), problem);
            });
    engine.submit(intake.number(batches, numbering));
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
    intake.count(submissions);
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
   * Calls a function on a node, for whose ranks there are as many nodes as it asks for: it starts
   * them by {@code PARSL_MPI_PREFIX}, which its environment holds.
   */
  @SuppressWarnings("unchecked") // as above
  public <T> TaskFuture<T> call(
      RemoteCall<T> function, MpiRequest ranks, Duration timeout, TaskOptions taskOptions) {
    TaskSpec spec = javaTasks.spec(function, ranks.resources(), timeout, ranks.launcherOptions());
    return (TaskFuture<T>) submit(spec, taskOptions, functions);
  }

  /** Runs a command on the first of as many nodes as its ranks ask for. */
  public TaskFuture<TaskReport> run(TaskWork.Shell command, MpiRequest ranks) {
    return run(
        new TaskSpec("", command, ranks.resources(), Duration.ZERO, ranks.launcherOptions()),
        options);
  }

  /** What the site says of this executor. */
  SiteSettings site() {
    return site;
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
    } catch (Throwable e) { // the user's own code reads it
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

  /** The same for a lambda, which is serializable where this type is expected. */
  public void execute(SerializableRunnable command) {
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
    FutureGroup<T> group = FutureGroup.of(tasks, this::submit);
    group.awaitAll(timeout, unit);
    return group.futures();
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
    return FutureGroup.of(tasks, this::submit).awaitAny(timeout, unit);
  }

  /** Ends these tasks, in the queue or where they run; each still ends in its report. */
  public void cancel(Collection<TaskId> tasks) {
    engine.cancel(tasks);
  }

  /** Ends all tasks because the run stops: a resumed run has them to do. */
  public void cancelAll(String reason) {
    stopped = Optional.of(reason);
    engine.stopping();
    engine.cancelAll(reason);
  }

  /**
   * Gives a manager no new tasks, or ({@code on} false) gives it tasks again. One that is lost and
   * comes back is held still.
   */
  public void hold(ManagerId manager, boolean on) {
    engine.hold(manager, on);
  }

  /** Lets a manager finish what it runs and leave; one that is away is told when it is back. */
  public void drain(ManagerId manager) {
    engine.drain(manager);
  }

  /** Asks for more blocks, up to {@code provider.max-blocks}. */
  public void scaleOut(int blocks) {
    engine.scaleOut(blocks);
  }

  /** Gives blocks back, by the ids that {@link #status} tells, once they have nothing to do. */
  public void scaleIn(Collection<String> blocks) {
    engine.scaleIn(blocks);
  }

  /** What is going on now; waits for the interchange's answer, some milliseconds at most. */
  public ExecutorStatus status() {
    try {
      return engine
          .status()
          .get(10, TimeUnit.SECONDS)
          .withEnded(intake.finished(), intake.failed());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while the interchange was asked", e);
    } catch (ExecutionException | TimeoutException e) {
      throw new IllegalStateException("the interchange does not answer", e);
    }
  }

  /** Tasks accepted that have not ended. */
  public long outstanding() {
    return intake.outstanding();
  }

  /** Breaks the executor for a reason of the caller's: it takes no more, and what waits fails. */
  public void fail(BadStateException problem) {
    engine.fail(problem);
  }

  /** What a task may cost and lose when its submitter says nothing of it, as the site has it. */
  public TaskOptions defaultOptions() {
    return options;
  }

  /** The {@link #defaultOptions()} of executors on this site. */
  public static TaskOptions defaultOptions(Site site) {
    return SiteSettings.taskOptions(site);
  }

  /** Where the run keeps its files. */
  public Path runDirectory() {
    return run.path();
  }

  /** Control port of the interchange; 0 = it is on a head node. */
  public int port() {
    return engine.port();
  }

  /** Takes no new tasks; those accepted still run, then blocks are given back. */
  @Override
  public void shutdown() {
    if (intake.shut()) {
      intake
          .allOver()
          .whenCompleteAsync(
              (nothing, problem) -> closeNow(), HighThroughputExecutor::startClosing);
    }
  }

  /** The JVM waits for it, whichever thread heard of the last end. */
  private static void startClosing(Runnable task) {
    Thread closing = new Thread(task, "drover-close");
    closing.setDaemon(false);
    closing.start();
  }

  private void closeNow() {
    Optional<String> broken = engine.badState().map(Throwable::getMessage);
    RunEnd how =
        broken.isPresent()
            ? RunEnd.INFRASTRUCTURE
            : stopped.isPresent()
                ? RunEnd.INTERRUPTED
                : intake.failed() > 0 ? RunEnd.SOME_FAILED : RunEnd.ALL_SUCCEEDED;
    closing.close(how, broken.or(() -> stopped).orElse(""));
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

  /**
   * Leaves an interchange on a head node to itself, with all tasks that it has; another executor
   * can go on with the run. Futures of tasks that have not ended are cancelled. Nothing else may be
   * done with the executor afterwards.
   *
   * @throws IllegalStateException when the interchange is in this process
   */
  public void detach() {
    if (!(engine instanceof RemoteEngine remote)) {
      throw new IllegalStateException("the interchange is in this process, and ends with it");
    }
    intake.shut();
    closing.detach(remote);
  }

  /** Ends all tasks, then does as {@link #shutdown}; functions cannot be given back. */
  @Override
  public List<Runnable> shutdownNow() {
    engine.cancelAll("the executor was shut down");
    shutdown();
    return List.of();
  }

  @Override
  public boolean isShutdown() {
    return intake.isShut();
  }

  @Override
  public boolean isTerminated() {
    return closing.isOver();
  }

  @Override
  public boolean awaitTermination(long timeout, TimeUnit unit) throws InterruptedException {
    return closing.await(timeout, unit);
  }

  /** Shuts down and waits until all tasks have ended and all blocks are gone. */
  @Override
  public void close() {
    shutdown();
    boolean interrupted = false;
    while (!closing.isOver()) {
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
}
