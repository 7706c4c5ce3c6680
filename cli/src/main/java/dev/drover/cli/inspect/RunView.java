package dev.drover.cli.inspect;

import dev.drover.journal.JournalEntry;
import dev.drover.protocol.FromClient;
import dev.drover.task.TaskId;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/** A run as its journal tells it, at the moment it was opened; a live one can be asked as well. */
public interface RunView {
  /** The run directory. */
  Path directory();

  /** Whether a process still drives this run. */
  boolean isLive();

  /** How its last process ended; empty = it was killed, or still runs. */
  Optional<JournalEntry.RunEnded> end();

  /** Number of tasks that were submitted so far; their ids are 1 to this number. */
  long submitted();

  /** One task; empty = the journal knows no such id. */
  Optional<TaskView> task(TaskId id);

  /**
   * Asks the process that drives the run.
   *
   * @throws IOException when it cannot be asked from here, saying why
   */
  String ask(FromClient question) throws IOException;

  /** All submitted tasks in the order of their ids. */
  Stream<TaskView> tasks();
}
