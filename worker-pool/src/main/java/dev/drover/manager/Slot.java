package dev.drover.manager;

import dev.drover.task.TaskAssignment;
import java.util.ArrayDeque;

/** One worker slot as the state knows it; the loop's thread only. */
final class Slot {
  final int rank;

  /** What runs here and, in a worker JVM, what waits behind it. */
  final ArrayDeque<Held> tasks = new ArrayDeque<>();

  /** Slots of the lead slot's task that lie beyond the first are taken but run nothing. */
  boolean lent;

  boolean recalling;

  /** Why the running task is being ended; null = it is not. */
  EndReason ending;

  Slot(int rank) {
    this.rank = rank;
  }

  boolean isIdle() {
    return tasks.isEmpty() && !lent;
  }

  Held running() {
    return tasks.peekFirst();
  }

  /** Why Drover ends a task. */
  enum EndReason {
    CANCELLED,
    TIMED_OUT,
    STOPPED
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
  }
}
