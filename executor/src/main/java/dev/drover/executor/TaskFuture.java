package dev.drover.executor;

import dev.drover.submit.Completion;
import dev.drover.submit.TaskReport;
import dev.drover.task.Ending;
import dev.drover.task.TaskId;
import java.util.concurrent.CompletableFuture;

/**
 * The future of one task. It completes on a callback thread, exceptionally with {@link
 * TaskFailedException} when the task did not succeed, or with {@link BadStateException} when the
 * executor broke. {@link #cancel} ends the task wherever it is.
 */
public final class TaskFuture<T> extends CompletableFuture<T> implements Completion {
  /** Makes the value of a task that succeeded; on a callback thread. */
  interface Values<T> {
    T of(TaskReport report) throws Exception;

    /** What a failed task threw, where it was sent; null = nothing. */
    Throwable thrown(TaskReport report);

    /** Ends a task whose future was cancelled. */
    void cancel(TaskId id);

    /** Why the executor broke; null = it did not. */
    BadStateException badState();
  }

  private final Values<T> values;
  private long id;

  /** Shared by the futures of an executor, so that a million of them stay small. */
  TaskFuture(Values<T> values) {
    this.values = values;
  }

  void setId(long taskId) {
    id = taskId;
  }

  /** The task's id in its run. */
  public TaskId id() {
    return new TaskId(id);
  }

  /** Only what is chained to it can: without that it is a value that is set. */
  @Override
  public boolean mayBlock() {
    return getNumberOfDependents() > 0;
  }

  @Override
  public void complete(TaskReport report) {
    if (report.outcome().ending().isSuccess()) {
      T value;
      try {
        value = values.of(report);
      } catch (Throwable e) { // an error of the user's own code too: somebody waits
        completeExceptionally(
            new TaskFailedException(report, e)); // the value came and cannot be read here
        return;
      }
      complete(value);
    } else if (report.outcome().ending() == Ending.CANCELLED) {
      BadStateException badState = values.badState();
      if (badState == null) {
        super.cancel(false);
      } else {
        completeExceptionally(badState);
      }
    } else {
      completeExceptionally(new TaskFailedException(report, values.thrown(report)));
    }
  }

  /**
   * Ends the task: out of the queue, or where it runs, its processes too. This future is cancelled
   * at once; the task's end is not waited for.
   */
  @Override
  public boolean cancel(boolean mayInterruptIfRunning) {
    boolean cancelled = super.cancel(mayInterruptIfRunning);
    if (cancelled && id > 0) {
      values.cancel(id());
    }
    return cancelled;
  }

  @Override
  public <U> CompletableFuture<U> newIncompleteFuture() {
    return new CompletableFuture<>();
  }
}
