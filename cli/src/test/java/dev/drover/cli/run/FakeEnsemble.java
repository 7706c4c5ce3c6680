package dev.drover.cli.run;

import dev.drover.cli.inspect.RunView;
import dev.drover.submit.ExecutorStatus;
import dev.drover.submit.TaskBatch;
import dev.drover.submit.TaskReport;
import dev.drover.task.Ending;
import dev.drover.task.OutputRange;
import dev.drover.task.Payload;
import dev.drover.task.TaskId;
import dev.drover.task.TaskOutcome;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/** An ensemble in memory: a test ends each task by hand. */
final class FakeEnsemble implements Ensemble {
  final List<TaskBatch> submitted = new ArrayList<>();
  final List<TaskId> cancelled = new ArrayList<>();
  RunView earlier;
  boolean cancelledAll;
  boolean closed;
  Runnable onSubmit = () -> {};
  Runnable onCancel = () -> {};
  Runnable onCancelAll = () -> {};
  Optional<String> badState = Optional.empty();
  private final Path directory;

  FakeEnsemble(Path directory) {
    this.directory = directory;
  }

  /** Names of the submitted tasks, or their commands where they have none. */
  List<String> names() {
    return submitted.stream().map(batch -> batch.spec().name()).toList();
  }

  static TaskReport end(long id, Ending ending, int exitCode) {
    return end(id, ending, exitCode, 0, 1, "", "");
  }

  static TaskReport end(
      long id, Ending ending, int exitCode, int signal, int attempt, String message, String tail) {
    TaskOutcome outcome =
        new TaskOutcome(
            new TaskId(id),
            attempt,
            ending,
            exitCode,
            signal,
            message,
            Payload.EMPTY,
            1_795_222_609_354_000L,
            1_795_222_610_604_400L,
            500_000,
            1 << 20,
            0,
            new OutputRange("tasks/out", 0, 7),
            OutputRange.NOTHING,
            tail);
    return new TaskReport(outcome, "node03", "m1", "b1", 0);
  }

  @Override
  public Path runDirectory() {
    return directory;
  }

  @Override
  public Optional<RunView> earlier() {
    return Optional.ofNullable(earlier);
  }

  @Override
  public void submit(List<TaskBatch> batches) {
    submitted.addAll(batches);
    onSubmit.run();
  }

  @Override
  public void cancel(Collection<TaskId> tasks) {
    cancelled.addAll(tasks);
    onCancel.run();
  }

  @Override
  public void cancelAll() {
    cancelledAll = true;
    onCancelAll.run();
  }

  @Override
  public ExecutorStatus status() {
    return new ExecutorStatus(0, 0, 0, 0, 4, List.of(), List.of(), badState);
  }

  @Override
  public void abandon() {}

  @Override
  public void close() {
    closed = true;
  }
}
