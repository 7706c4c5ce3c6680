package dev.drover.protocol;

import dev.drover.task.TaskSpec;
import java.util.Objects;

/**
 * A task, or an array of tasks, on its way to an interchange.
 *
 * @param firstId id of the first task; the others follow
 * @param count at least 1
 * @param firstIndex index of the first task; -1 = a single task without an index
 * @param priority lower numbers run first
 * @param retries how much failure each task may cost; 0 = no second attempt
 * @param lossLimit attempts that each may lose to infrastructure
 */
public record SubmittedTasks(
    long firstId,
    int count,
    long firstIndex,
    TaskSpec spec,
    int priority,
    double retries,
    int lossLimit) {
  public SubmittedTasks {
    Objects.requireNonNull(spec);
    if (firstId < 1
        || count < 1
        || firstIndex < -1
        || (firstIndex < 0 && count != 1)
        || firstId > Long.MAX_VALUE - count
        || firstIndex > Long.MAX_VALUE - count) {
      throw new IllegalArgumentException(
          "first id " + firstId + ", count " + count + ", first index " + firstIndex);
    }
    if (!(retries >= 0) || lossLimit < 0) {
      throw new IllegalArgumentException("retries " + retries + ", loss limit " + lossLimit);
    }
  }

  /** Id of the last task. */
  public long lastId() {
    return firstId + count - 1;
  }
}
