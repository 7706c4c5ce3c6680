package dev.drover.executor;

import dev.drover.task.Ending;
import dev.drover.task.TaskId;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * The future of one task. It completes on a callback thread, exceptionally with {@link
 * TaskFailedException} when the task did not succeed, or with {@link BadStateException} when the executor
 * broke. {@link #cancel} ends the task wherever it is.
 */
public final class TaskFuture<T> extends CompletableFuture<T> implements Completion {
  /** Makes the value of a task that succeeded; on a callback thread. */
  interface Values<T> {
    T of(TaskReport report) throws Exception;

    /** What a failed task threw, where it was sent; null = nothing. */
    Throwable thrown(TaskReport report);
  }

  private final Values<T> values;
  private final Consumer<TaskId> canceller;
  private long id;

  TaskFuture(Values<T> values, Consumer<TaskId> canceller) {
    this.values = values;
    this.canceller = canceller;
  }

  void setId(long taskId) {
    id = taskId;
  }

  /** The task's id in its run. */
  public TaskId id() {
    return new TaskId(id);
  }

  boolean hasListeners() {
    return getNumberOfDependents() > 0;
  }

  @Override
  public void complete(TaskReport report) {
    if (report.outcome().ending().isSuccess()) {
      T value;
      try {
        value = values.of(report);
      } catch (Exception | LinkageError e) {
        completeExceptionally(
            new TaskFailedException(report, e)); // the value came and cannot be read here
        return;
      }
      complete(value);
    } else if (report.outcome().ending() == Ending.CANCELLED) {
      super.cancel(false);
    } else {
      completeExceptionally(new TaskFailedException(report, values.thrown(report)));
    }
  }

  /**
   * Ends the task: out of the queue, or where it runs, its processes too. This future is cancelled at
   * once; the task's end is not waited for.
   */
  @Override
  public boolean cancel(boolean mayInterruptIfRunning) {
    boolean cancelled = super.cancel(mayInterruptIfRunning);
    if (cancelled && id > 0) {
      canceller.accept(id());
    }
    return cancelled;
  }

  @Override
  public <U> CompletableFuture<U> newIncompleteFuture() {
    return new CompletableFuture<>();
  }
}
