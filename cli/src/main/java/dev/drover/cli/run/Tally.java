package dev.drover.cli.run;

import dev.drover.submit.TaskReport;
import dev.drover.task.Ending;

/**
 * Counts of a run at one moment.
 *
 * @param total tasks of the source
 * @param failed ended otherwise than by success, cancelled ones and those never run apart
 * @param cancelled ended by the user
 * @param dependencyFailed never run because a task before them failed
 * @param cpuMicros user and system time of all attempts that told theirs, in microseconds
 */
record Tally(
    long total,
    long succeeded,
    long failed,
    long cancelled,
    long dependencyFailed,
    long cpuMicros) {
  static Tally of(long total) {
    return new Tally(total, 0, 0, 0, 0, 0);
  }

  Tally with(TaskReport report) {
    Ending ending = report.outcome().ending();
    boolean success = ending == Ending.SUCCEEDED;
    boolean cancel = ending == Ending.CANCELLED;
    boolean parent = ending == Ending.DEPENDENCY_FAILED;
    return new Tally(
        total,
        succeeded + (success ? 1 : 0),
        failed + (success || cancel || parent ? 0 : 1),
        cancelled + (cancel ? 1 : 0),
        dependencyFailed + (parent ? 1 : 0),
        cpuMicros + Math.max(0, report.outcome().cpuMicros()));
  }

  /** Tasks that have ended in whatever way. */
  long ended() {
    return succeeded + failed + cancelled + dependencyFailed;
  }

  /** Tasks that have not ended. */
  long open() {
    return total - ended();
  }
}
