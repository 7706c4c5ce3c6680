package dev.drover.worker;

import dev.drover.task.TaskOutcome;
import java.io.IOException;

/**
 * Where a worker's outcomes go. Called by one thread at a time, though not always the same one; an
 * implementation needs no lock of its own for these two methods.
 */
public interface OutcomeSink {
  /** Puts the outcome into the batch; nothing need travel yet. */
  void finished(TaskOutcome outcome) throws IOException;

  /** Sends the batch. */
  void flush() throws IOException;
}
