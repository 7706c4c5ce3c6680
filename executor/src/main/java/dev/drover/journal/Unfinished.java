package dev.drover.journal;

import dev.drover.submit.TaskOptions;
import dev.drover.task.TaskId;
import dev.drover.task.TaskSpec;
import java.util.Objects;

/**
 * Tasks of one acceptance that have not ended, with what each of them has used: a single task, or a
 * part of an array whose tasks follow each other and have used the same.
 *
 * @param count tasks, at least 1; their ids and indices count up
 * @param firstIndex index of the first; -1 = a single task without an index
 * @param spec of each; that of a Java task has an empty function
 * @param attempts of each that have ended, lost ones included; the next one is this plus 1
 * @param lost attempts of each that were lost to infrastructure
 * @param cost that failed attempts of each took of its retries
 */
public record Unfinished(
    TaskId firstId,
    int count,
    long firstIndex,
    TaskSpec spec,
    TaskOptions options,
    int attempts,
    int lost,
    double cost) {
  public Unfinished {
    Objects.requireNonNull(firstId);
    Objects.requireNonNull(spec);
    Objects.requireNonNull(options);
    if (count < 1 || firstIndex < -1 || (firstIndex < 0 && count != 1)) {
      throw new IllegalArgumentException("firstIndex " + firstIndex + ", count " + count);
    }
  }

  Unfinished withCount(int newCount) {
    return new Unfinished(firstId, newCount, firstIndex, spec, options, attempts, lost, cost);
  }
}
