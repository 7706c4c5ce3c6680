package dev.drover.task;

import java.util.Objects;

/**
 * One attempt of one task, as it is handed to a manager.
 *
 * @param attempt counts from 1, over failures of the task and losses of managers alike
 * @param index place in its array, from 0; -1 = no array task
 * @param slots worker slots that the task takes on its manager, at least 1
 */
public record TaskAssignment(TaskId id, int attempt, TaskSpec spec, long index, int slots) {
  public TaskAssignment {
    Objects.requireNonNull(id);
    Objects.requireNonNull(spec);
    if (attempt < 1 || index < -1 || slots < 1) {
      throw new IllegalArgumentException(
          "attempt " + attempt + ", index " + index + ", slots " + slots);
    }
  }
}
