package dev.drover.task;

import java.time.Duration;
import java.util.Objects;

/**
 * What a manager must know to run a task. The tasks of an array share one spec and differ by their
 * index.
 *
 * @param name the user's own name of the task; empty = none, the id serves
 * @param timeout longest run time of one attempt; zero = no limit
 * @param launcherOptions more words for the command that starts an MPI task's ranks, one line, as a
 *     shell splits it; empty = none
 */
public record TaskSpec(
    String name,
    TaskWork work,
    ResourceRequest resources,
    Duration timeout,
    String launcherOptions) {
  public TaskSpec {
    Objects.requireNonNull(name);
    Objects.requireNonNull(work);
    Objects.requireNonNull(resources);
    if (timeout.isNegative()) {
      throw new IllegalArgumentException("a timeout cannot be negative: " + timeout);
    }
    if (launcherOptions.lines().count() > 1) {
      throw new IllegalArgumentException(
          "a task's launcher options are one line, not: " + launcherOptions);
    }
    launcherOptions = launcherOptions.strip();
  }

  /** A task without launcher options. */
  public TaskSpec(String name, TaskWork work, ResourceRequest resources, Duration timeout) {
    this(name, work, resources, timeout, "");
  }

  /** A nameless one-slot task without a time limit. */
  public static TaskSpec of(TaskWork work) {
    return new TaskSpec("", work, ResourceRequest.ONE_SLOT, Duration.ZERO);
  }
}
