package dev.drover.manager;

import dev.drover.task.TaskAssignment;
import dev.drover.task.TaskId;
import dev.drover.task.TaskOutcome;
import java.util.ArrayDeque;

/** One worker slot as the state knows it; the loop's thread only. */
final class Slot {
  final int rank;

  /** What runs here and, in a worker JVM, what waits behind it. */
  final ArrayDeque<Held> tasks = new ArrayDeque<>();

  /** Task of another slot that takes this one too, so that nothing runs here; null = none. */
  Held lentTo;

  boolean recalling;

  /**
   * Why {@link #toEnd} is being ended; null = nothing is. It stays until the command, or the worker
   * JVM, has ended, also when the task ended by itself meanwhile.
   */
  EndReason ending;

  /** The task that was running when its end was asked for. */
  Held toEnd;

  Slot(int rank) {
    this.rank = rank;
  }

  /** Whether it can take a task; not while what runs here is being ended. */
  boolean isIdle() {
    return tasks.isEmpty() && lentTo == null && ending == null;
  }

  Held running() {
    return tasks.peekFirst();
  }

  /** The task of that id that it has; null = none. */
  Held find(TaskId id) {
    for (Held held : tasks) {
      if (held.task.id().equals(id)) {
        return held;
      }
    }
    return null;
  }

  /** Why Drover ends a task. */
  enum EndReason {
    CANCELLED,
    TIMED_OUT,
    STOPPED,
    BLOCK_ENDS
  }

  /** A task at the manager. */
  static final class Held {
    final TaskAssignment task;
    final long arrivedMicros;
    long startedMicros;
    boolean told;
    boolean cancelled;

    Held(TaskAssignment task, long arrivedMicros) {
      this.task = task;
      this.arrivedMicros = arrivedMicros;
    }

    /** Whether the outcome is this attempt's. */
    boolean isOf(TaskOutcome outcome) {
      return task.id().equals(outcome.id()) && task.attempt() == outcome.attempt();
    }
  }
}
