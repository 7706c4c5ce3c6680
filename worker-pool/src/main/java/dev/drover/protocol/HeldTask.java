package dev.drover.protocol;

import dev.drover.task.TaskId;
import java.util.Objects;

/**
 * An attempt that a manager has: queued, running, or ended with an outcome not yet acknowledged.
 */
public record HeldTask(TaskId id, int attempt) {
  public HeldTask {
    Objects.requireNonNull(id);
  }
}
