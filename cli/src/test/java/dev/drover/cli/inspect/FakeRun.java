package dev.drover.cli.inspect;

import dev.drover.journal.JournalEntry;
import dev.drover.protocol.FromClient;
import dev.drover.submit.TaskReport;
import dev.drover.task.TaskId;
import dev.drover.task.TaskSpec;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** A run made by hand; its tasks get ids in the order they are added. */
public final class FakeRun implements RunView {
  private final Path directory;
  private final List<TaskView> tasks = new ArrayList<>();
  public boolean live;

  /** null = it did not end by itself. */
  public JournalEntry.RunEnded end;

  /** Of the live run; null = it cannot be asked. */
  public String answer;

  public FakeRun(Path directory) {
    this.directory = directory;
  }

  public FakeRun ended(TaskSpec spec, long index, TaskReport... attempts) {
    return add(spec, index, TaskView.State.ENDED, "", attempts);
  }

  public FakeRun queued(TaskSpec spec, long index) {
    return add(spec, index, TaskView.State.QUEUED, "");
  }

  public FakeRun running(TaskSpec spec, String host, TaskReport... attempts) {
    return add(spec, -1, TaskView.State.ASSIGNED, host, attempts);
  }

  private FakeRun add(
      TaskSpec spec, long index, TaskView.State state, String host, TaskReport... attempts) {
    tasks.add(
        new TaskView(new TaskId(tasks.size() + 1), spec, index, state, host, List.of(attempts)));
    return this;
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
  public Optional<JournalEntry.RunEnded> end() {
    return Optional.ofNullable(end);
  }

  @Override
  public long submitted() {
    return tasks.size();
  }

  @Override
  public Optional<TaskView> task(TaskId id) {
    return id.value() <= tasks.size()
        ? Optional.of(tasks.get((int) id.value() - 1))
        : Optional.empty();
  }

  @Override
  public String ask(FromClient question) throws IOException {
    if (answer == null) {
      throw new IOException("no answer from node01:4711 within 5 s");
    }
    return answer;
  }

  @Override
  public Stream<TaskView> tasks() {
    return tasks.stream();
  }
}
