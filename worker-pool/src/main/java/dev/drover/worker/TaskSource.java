package dev.drover.worker;

import dev.drover.task.TaskAssignment;
import java.io.IOException;
import java.util.List;

/** Where a worker's tasks come from. Called by the loop's reader thread only. */
@FunctionalInterface
public interface TaskSource {
  /**
   * Blocks until tasks are there. A message to take tasks back is handled inside, by {@link
   * WorkerLoop#recall()}.
   *
   * @return null when the manager is gone or said stop
   */
  List<TaskAssignment> take() throws IOException;
}
