package dev.drover.cli.tasks;

import dev.drover.submit.TaskBatch;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * The tasks of one source in its order, ready to be submitted.
 *
 * @param batches single tasks, and arrays as one object each
 * @param after for each batch that waits for others, by its place in {@code batches}: the places of
 *     those others; only single tasks wait or are waited for. Empty = nothing waits
 */
public record TaskList(List<TaskBatch> batches, Map<Integer, List<Integer>> after) {
  public TaskList {
    Objects.requireNonNull(batches);
    after = Map.copyOf(after);
  }

  static TaskList independent(List<TaskBatch> batches) {
    return new TaskList(batches, Map.of());
  }

  /** Number of tasks, those of arrays included. */
  public long count() {
    long count = 0;
    for (TaskBatch batch : batches) {
      count += batch.count();
    }
    return count;
  }
}
