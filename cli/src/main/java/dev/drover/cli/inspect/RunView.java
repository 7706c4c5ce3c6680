package dev.drover.cli.inspect;

import dev.drover.task.TaskId;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/** A run as its journal tells it, at the moment it was opened. */
public interface RunView {
  /** The run directory. */
  Path directory();

  /** Whether a process still drives this run. */
  boolean isLive();

  /** Number of tasks that were submitted so far; their ids are 1 to this number. */
  long submitted();

  /** One task; empty = the journal knows no such id. */
  Optional<TaskView> task(TaskId id);

  /** All submitted tasks in the order of their ids. */
  Stream<TaskView> tasks();
}
