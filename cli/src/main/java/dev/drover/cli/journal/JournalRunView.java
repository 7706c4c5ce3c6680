package dev.drover.cli.journal;

import dev.drover.cli.inspect.RunView;
import dev.drover.cli.inspect.TaskView;
import dev.drover.interchange.InterchangeClient;
import dev.drover.journal.JournalEntry.AttemptEnded;
import dev.drover.journal.JournalEntry.RunEnded;
import dev.drover.journal.JournalEntry.TaskFinished;
import dev.drover.journal.JournalEntry.TasksAccepted;
import dev.drover.journal.JournalIndex;
import dev.drover.protocol.FromClient;
import dev.drover.submit.TaskReport;
import dev.drover.task.OutputRange;
import dev.drover.task.Payload;
import dev.drover.task.TaskId;
import dev.drover.task.TaskOutcome;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/**
 * A run by the index of its journal; each task is read when it is asked for. A task that has not
 * ended is QUEUED: the journal does not say who has it. The journal stays open as long as the view
 * is in use. Used by one thread, so its stream is a sequential one.
 */
final class JournalRunView implements RunView {
  private static final Duration LONGEST_WAIT = Duration.ofSeconds(5);

  private final Path directory;
  private final boolean live;
  private final Optional<JournalIndex> index;

  /**
   * @param index empty = the run has no journal yet
   */
  JournalRunView(Path directory, boolean live, Optional<JournalIndex> index) {
    this.directory = directory;
    this.live = live;
    this.index = index;
  }

  @Override
  public Path directory() {
    return directory;
  }

  @Override
  public boolean isLive() {
    return live;
  }

  @Override
  public Optional<RunEnded> end() {
    return index.flatMap(JournalIndex::end);
  }

  @Override
  public long submitted() {
    return index.map(JournalIndex::lastAccepted).orElse(0L);
  }

  @Override
  public Optional<TaskView> task(TaskId id) {
    if (index.isEmpty()) {
      return Optional.empty();
    }
    try {
      Optional<TasksAccepted> batch = index.get().acceptance(id);
      return batch.isEmpty() ? Optional.empty() : Optional.of(view(index.get(), id, batch.get()));
    } catch (IOException e) {
      throw JournalRuns.unreadable(directory.resolve("journal.jsonl"), live, e);
    }
  }

  @Override
  public String ask(FromClient question) throws IOException {
    return new InterchangeClient(directory.resolve("keys")).ask(question, LONGEST_WAIT);
  }

  @Override
  public Stream<TaskView> tasks() {
    return LongStream.rangeClosed(1, submitted())
        .mapToObj(id -> task(new TaskId(id)))
        .flatMap(Optional::stream);
  }

  private static TaskView view(JournalIndex index, TaskId id, TasksAccepted batch)
      throws IOException {
    List<AttemptEnded> before = index.attempts(id);
    Optional<TaskFinished> end = index.end(id);
    List<TaskReport> reports = new ArrayList<>(before.size() + 1);
    int lost = 0;
    for (AttemptEnded attempt : before) {
      lost += attempt.ending().isCountedLoss() ? 1 : 0;
      reports.add(report(attempt, lost));
    }
    end.ifPresent(finished -> reports.add(finished.report()));
    return new TaskView(
        id,
        batch.spec(),
        batch.firstIndex() < 0 ? -1 : batch.firstIndex() + id.value() - batch.firstId().value(),
        end.isPresent() ? TaskView.State.ENDED : TaskView.State.QUEUED,
        "",
        reports);
  }

  private static TaskReport report(AttemptEnded attempt, int lost) {
    TaskOutcome outcome =
        new TaskOutcome(
            attempt.id(),
            attempt.attempt(),
            attempt.ending(),
            attempt.exitCode(),
            attempt.signal(),
            attempt.reason(),
            Payload.EMPTY,
            attempt.startedMicros(),
            attempt.endedMicros(),
            -1,
            -1,
            attempt.worker(),
            OutputRange.NOTHING,
            OutputRange.NOTHING,
            "");
    return new TaskReport(outcome, attempt.host(), attempt.manager(), attempt.block(), lost);
  }
}
