package dev.drover.submit;

import dev.drover.task.TaskId;
import dev.drover.task.TaskOutcome;
import java.util.Objects;

/**
 * How a task ended for good: its last attempt's outcome, where that ran, and what came before.
 *
 * @param outcome of the last attempt
 * @param host node that ran it; empty = it never reached one
 * @param manager id of the manager that ran it; empty = none
 * @param block id of the block that ran it; empty = none
 * @param lostAttempts attempts lost to infrastructure, not counted as failures of the task; those
 *     that the end of a block cut off are not among them
 */
public record TaskReport(
    TaskOutcome outcome, String host, String manager, String block, int lostAttempts) {
  public TaskReport {
    Objects.requireNonNull(outcome);
    Objects.requireNonNull(host);
    Objects.requireNonNull(manager);
    Objects.requireNonNull(block);
  }

  public TaskId id() {
    return outcome.id();
  }
}
