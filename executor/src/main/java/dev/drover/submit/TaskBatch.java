package dev.drover.submit;

import dev.drover.task.TaskSpec;
import java.util.Objects;

/**
 * One task, or an array of tasks that share a spec and differ by their index.
 *
 * @param firstIndex index of the first task; -1 = a single task without an index
 * @param count number of tasks, at least 1
 * @param completion told of the end of each of them
 */
public record TaskBatch(
    TaskSpec spec, TaskOptions options, long firstIndex, int count, Completion completion) {
  public TaskBatch {
    Objects.requireNonNull(spec);
    Objects.requireNonNull(options);
    Objects.requireNonNull(completion);
    if (count < 1 || firstIndex < -1 || (firstIndex < 0 && count != 1)) {
      throw new IllegalArgumentException("firstIndex " + firstIndex + ", count " + count);
    }
  }

  /** A single task. */
  public static TaskBatch single(TaskSpec spec, TaskOptions options, Completion completion) {
    return new TaskBatch(spec, options, -1, 1, completion);
  }
}
