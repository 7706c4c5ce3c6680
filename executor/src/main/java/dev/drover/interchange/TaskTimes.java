package dev.drover.interchange;

import dev.drover.task.Ending;
import dev.drover.task.TaskOutcome;
import dev.drover.task.TaskSpec;
import java.time.Duration;

/**
 * How much time tasks need, judged by their time limits and by how long those took that have ended
 * in this run. Tasks whose limits are about the same are of one <em>kind</em>. The loop's thread
 * only.
 */
final class TaskTimes {
  /** The kind of tasks without a time limit. */
  static final int NO_LIMIT = 0;

  static final int KINDS = 1 + Durations.BUCKETS;

  /** Longer than any run, and small enough to reckon with. */
  static final long LONGEST_MICROS = 1L << 60;

  /**
   * So many of a kind must have ended before their limit is no longer taken at its word: limits are
   * often far longer than the tasks, and then most of a block would be left unused.
   */
  private static final int ENOUGH = 20;

  private final Durations[] byKind = new Durations[KINDS];

  static int kindOf(TaskSpec spec) {
    return spec.timeout().isZero() ? NO_LIMIT : 1 + Durations.bucket(limitMicros(spec));
  }

  /** 0 = no limit. */
  static long limitMicros(TaskSpec spec) {
    Duration timeout = spec.timeout();
    return timeout.getSeconds() >= LONGEST_MICROS / 1_000_000
        ? LONGEST_MICROS
        : timeout.getSeconds() * 1_000_000 + (timeout.getNano() + 999) / 1000;
  }

  /** Counts an attempt that ended by itself or by its limit; others say nothing about the task. */
  void observe(TaskSpec spec, TaskOutcome outcome) {
    if (outcome.startedMicros() == 0
        || outcome.ending() == Ending.CANCELLED
        || outcome.ending().isInfrastructure()) {
      return;
    }
    int kind = kindOf(spec);
    if (byKind[kind] == null) {
      byKind[kind] = new Durations();
    }
    byKind[kind].observe(outcome.durationMicros());
  }

  /**
   * Microseconds that a task of a kind needs; 0 = nobody knows.
   *
   * @param limitMicros the longest limit in question; 0 = no limit
   */
  long needMicros(int kind, long limitMicros) {
    Durations seen = byKind[kind];
    if (kind == NO_LIMIT) {
      return seen == null ? 0 : seen.mostTake();
    }
    return seen == null || seen.count() < ENOUGH
        ? limitMicros
        : Math.min(limitMicros, seen.mostTake());
  }
}
