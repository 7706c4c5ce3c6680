package dev.drover.protocol;

import dev.drover.task.TaskOutcome;
import java.util.Objects;

/**
 * How a task ended, on its way to who submitted it.
 *
 * @param isFinal whether it has ended for a resumed run, too; false = it was cancelled since the
 *     run stops
 * @param host node that ran it; empty = it never reached one
 * @param manager id of the manager that ran it; empty = none
 * @param block id of the block that ran it; empty = none
 * @param lostAttempts attempts lost to infrastructure
 */
public record EndedTask(
    TaskOutcome outcome,
    boolean isFinal,
    String host,
    String manager,
    String block,
    int lostAttempts) {
  public EndedTask {
    Objects.requireNonNull(outcome);
    Objects.requireNonNull(host);
    Objects.requireNonNull(manager);
    Objects.requireNonNull(block);
  }
}
