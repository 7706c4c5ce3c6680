package dev.drover.manager;

import dev.drover.task.TaskOutcome;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/**
 * Outcomes of tasks that a TERM ended that this manager did not send. A scheduler that ends a job
 * signals the tasks and their manager alike, and a task may be gone before the manager has heard:
 * such an outcome is kept for a moment, to see whose end it was. The loop's thread only.
 */
final class DoubtfulEnds {
  /** How much later than its tasks a manager on a busy node hears of its own end. */
  static final long PATIENCE_MICROS = 2_000_000;

  private static final int TERM = 15;

  /** What a shell, or a JVM, that was ended by TERM exits with. */
  private static final int EXIT_BY_TERM = 128 + TERM;

  private record Doubtful(TaskOutcome outcome, long sinceMicros) {}

  private final ArrayDeque<Doubtful> kept = new ArrayDeque<>();

  static boolean isDoubtful(TaskOutcome outcome) {
    return switch (outcome.ending()) {
      case SIGNALLED, WORKER_LOST -> outcome.signal() == TERM;
      // A worker JVM that hears TERM exits: its task threw, or was not started before it was up.
      case FAILED, THREW, NOT_STARTED -> outcome.exitCode() == EXIT_BY_TERM;
      case SUCCEEDED,
          TIMED_OUT,
          OUT_OF_MEMORY,
          CANCELLED,
          REFUSED,
          DEPENDENCY_FAILED,
          MANAGER_LOST,
          WALLTIME ->
          false;
    };
  }

  void keep(TaskOutcome outcome, long now) {
    kept.addLast(new Doubtful(outcome, now));
  }

  boolean isEmpty() {
    return kept.isEmpty();
  }

  /** Those that are in doubt no more, since the manager lives on: they were the tasks' own. */
  List<TaskOutcome> settled(long now) {
    List<TaskOutcome> settled = new ArrayList<>(0);
    while (!kept.isEmpty() && now - kept.peekFirst().sinceMicros() >= PATIENCE_MICROS) {
      settled.add(kept.pollFirst().outcome());
    }
    return settled;
  }

  /** All of them, now that the manager is told to end, too: no fault of the tasks. */
  List<TaskOutcome> endedWithTheJob(Slot.EndReason reason, String stopReason) {
    List<TaskOutcome> all =
        kept.stream().map(d -> EndedOutcome.of(d.outcome(), reason, stopReason)).toList();
    kept.clear();
    return all;
  }

  List<TaskOutcome> outcomes() {
    return kept.stream().map(Doubtful::outcome).toList();
  }

  /** Microseconds until one is settled by the passing of time; {@link Long#MAX_VALUE} = none. */
  long untilSettled(long now) {
    return kept.isEmpty() ? Long.MAX_VALUE : kept.peekFirst().sinceMicros() + PATIENCE_MICROS - now;
  }
}
