package dev.drover.cli.engine;

import dev.drover.cli.console.StopException;
import dev.drover.cli.inspect.RunView;
import dev.drover.cli.run.Ensemble;
import dev.drover.executor.HighThroughputExecutor;
import dev.drover.journal.RunDirectory;
import dev.drover.journal.RunDirectoryException;
import dev.drover.submit.ExecutorStatus;
import dev.drover.submit.TaskBatch;
import dev.drover.task.TaskId;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/** A started executor with its run directory. */
final class ExecutorEnsemble implements Ensemble {
  private static final Duration PATIENCE_WHEN_ABANDONED = Duration.ofSeconds(2);

  private final HighThroughputExecutor executor;
  private final RunDirectory run;
  private final Optional<RunView> earlier;

  ExecutorEnsemble(HighThroughputExecutor executor, RunDirectory run, Optional<RunView> earlier) {
    this.executor = executor;
    this.run = run;
    this.earlier = earlier;
  }

  @Override
  public Path runDirectory() {
    return run.path();
  }

  @Override
  public Optional<RunView> earlier() {
    return earlier;
  }

  @Override
  public void submit(List<TaskBatch> batches) {
    executor.submit(batches);
  }

  @Override
  public void cancel(Collection<TaskId> tasks) {
    executor.cancel(tasks);
  }

  @Override
  public void cancelAll() {
    if (executor.outstanding() > 0) { // else it ends as it has ended
      executor.cancelAll("the run was stopped");
    }
  }

  @Override
  public ExecutorStatus status() {
    return executor.status();
  }

  @Override
  public void abandon() {
    executor.abandon(PATIENCE_WHEN_ABANDONED);
  }

  @Override
  public void close() {
    try {
      if (executor.outstanding() > 0) {
        executor.cancelAll("the run was stopped");
      }
      executor.close();
    } finally {
      try {
        run.close();
      } catch (RunDirectoryException e) {
        throw StopException.infrastructure(e.getMessage(), e);
      }
    }
  }
}
