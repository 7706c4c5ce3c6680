package dev.drover.mpi;

import dev.drover.task.TaskId;

/** One task that waits: a link of its {@link WaitingQueue}. */
final class WaitingTask {
  final TaskId id;
  final WaitingQueue queue;

  /** When it was submitted, microseconds by the caller's clock. */
  final long submittedMicros;

  WaitingTask before;
  WaitingTask behind;

  WaitingTask(TaskId id, WaitingQueue queue, long submittedMicros) {
    this.id = id;
    this.queue = queue;
    this.submittedMicros = submittedMicros;
  }

  /** Which of two of one queue is first: those submitted at once go by their ids. */
  boolean isBefore(WaitingTask other) {
    return submittedMicros == other.submittedMicros
        ? id.value() < other.id.value()
        : submittedMicros < other.submittedMicros;
  }
}
