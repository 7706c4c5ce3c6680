package dev.drover.cli.inspect;

import dev.drover.journal.JournalEntry;
import dev.drover.protocol.FromClient;
import dev.drover.task.TaskId;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A run whose submitter is elsewhere, with a run directory of its own.
 *
 * @param run here
 * @param directory the submitter's
 */
record RunSeenFrom(RunView run, Path directory) implements RunView {
  @Override
  public boolean isLive() {
    return run.isLive();
  }

  @Override
  public Optional<JournalEntry.RunEnded> end() {
    return run.end();
  }

  @Override
  public long submitted() {
    return run.submitted();
  }

  @Override
  public Optional<TaskView> task(TaskId id) {
    return run.task(id);
  }

  @Override
  public String ask(FromClient question) throws IOException {
    return run.ask(question);
  }

  @Override
  public Stream<TaskView> tasks() {
    return run.tasks();
  }
}
