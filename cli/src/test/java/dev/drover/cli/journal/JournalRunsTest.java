package dev.drover.cli.journal;

import static java.nio.file.StandardOpenOption.APPEND;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.drover.cli.console.ExitCode;
import dev.drover.cli.console.StopException;
import dev.drover.cli.inspect.RunView;
import dev.drover.cli.inspect.TaskView;
import dev.drover.journal.Journal;
import dev.drover.journal.JournalEntry;
import dev.drover.journal.JournalEntry.AttemptEnded;
import dev.drover.journal.JournalEntry.RunStarted;
import dev.drover.journal.JournalEntry.TaskFinished;
import dev.drover.journal.JournalEntry.TasksAccepted;
import dev.drover.journal.JournalSettings;
import dev.drover.journal.RunDirectory;
import dev.drover.submit.TaskOptions;
import dev.drover.submit.TaskReport;
import dev.drover.task.Ending;
import dev.drover.task.OutputRange;
import dev.drover.task.Payload;
import dev.drover.task.ResourceRequest;
import dev.drover.task.TaskId;
import dev.drover.task.TaskOutcome;
import dev.drover.task.TaskSpec;
import dev.drover.task.TaskWork;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JournalRunsTest {
  private static final Instant NOON = Instant.parse("2026-11-21T12:00:00Z");
  private static final long NOON_MICROS = 1_795_262_400_000_000L;
  private static final int MANY = 1_000_000;

  @TempDir Path folder;
  private final JournalRuns runs = new JournalRuns();
  private Path path;

  @BeforeEach
  void nameTheRun() {
    path = folder.resolve("run");
  }

  @Test
  void aTaskThatEnded_tellsItsSpecItsAttemptsAndItsEnd() throws IOException {
    TasksAccepted accepted =
        new TasksAccepted(
            new TaskId(1),
            1,
            -1,
            new TaskSpec(
                "fit-ä",
                TaskWork.Shell.argv(List.of("./fit", "a b")),
                new ResourceRequest(2, 0, 0, 0, 0),
                Duration.ofHours(1)),
            TaskOptions.DEFAULT.withRetries(1));
    TaskFinished end = finished(1, 3, Ending.FAILED, 2);
    write(
        journal -> {
          journal.accept(accepted);
          journal.accept(attempt(1, 1, Ending.MANAGER_LOST));
          journal.accept(attempt(1, 2, Ending.FAILED));
          journal.accept(end);
        });
    RunView run = runs.open(path);
    TaskView task = run.task(new TaskId(1)).orElseThrow();
    assertThat(task.spec()).isEqualTo(accepted.spec());
    assertThat(task.index()).isEqualTo(-1);
    assertThat(task.state()).isEqualTo(TaskView.State.ENDED);
    assertThat(task.end()).contains(end.report());
    assertThat(task.attempts())
        .extracting(
            report -> report.outcome().attempt(),
            report -> report.outcome().ending(),
            TaskReport::host,
            TaskReport::lostAttempts)
        .containsExactly(
            tuple(1, Ending.MANAGER_LOST, "n1", 1),
            tuple(2, Ending.FAILED, "n1", 1),
            tuple(3, Ending.FAILED, "n2", 1));
    assertThat(run.directory()).isEqualTo(path);
    assertThat(run.isLive()).isFalse();
    assertThat(run.submitted()).isEqualTo(1);
    assertThat(run.task(new TaskId(2))).isEmpty();
  }

  @Test
  void tasksOfAnArray_comeInTheOrderOfTheirIds_withTheirIndices() throws IOException {
    write(
        journal -> {
          journal.accept(single(1));
          journal.accept(array(2, 3, 10));
          journal.accept(finished(4, 1, Ending.SUCCEEDED, 0));
          journal.accept(single(5));
          journal.accept(finished(2, 1, Ending.SUCCEEDED, 0));
          journal.accept(attempt(3, 1, Ending.FAILED));
        });
    List<TaskView> tasks = runs.open(path).tasks().toList();
    assertThat(tasks).extracting(task -> task.id().value()).containsExactly(1L, 2L, 3L, 4L, 5L);
    assertThat(tasks).extracting(TaskView::index).containsExactly(-1L, 10L, 11L, 12L, -1L);
    assertThat(tasks)
        .extracting(task -> task.end().isPresent())
        .containsExactly(false, true, false, true, false);
    assertThat(tasks.get(2).state()).isEqualTo(TaskView.State.QUEUED);
    assertThat(tasks.get(2).attempts()).hasSize(1);
  }

  @Test
  void aTaskThatWasRunAgain_hasItsLastEnd() throws IOException {
    write(
        journal -> {
          journal.accept(single(1));
          journal.accept(finished(1, 1, Ending.FAILED, 2));
        });
    write(journal -> journal.accept(finished(1, 1, Ending.SUCCEEDED, 0)));
    assertThat(runs.open(path).task(new TaskId(1)).orElseThrow().isFailed()).isFalse();
  }

  @Test
  void aLiveRun_isReadWhileItWrites_asItWasWhenItWasOpened() throws Exception {
    try (RunDirectory directory = RunDirectory.openOrCreate(path)) {
      assertThat(runs.open(path).submitted()).isZero();
      try (Journal journal = open(directory)) {
        append(journal, array(1, 3, 0));
        append(journal, finished(1, 1, Ending.SUCCEEDED, 0));
        RunView before = runs.open(path);
        append(journal, finished(2, 1, Ending.SUCCEEDED, 0));
        append(journal, single(4));
        RunView after = runs.open(path);
        assertThat(before.isLive()).isTrue();
        assertThat(before.submitted()).isEqualTo(3);
        assertThat(before.tasks().filter(task -> task.end().isPresent())).hasSize(1);
        assertThat(after.submitted()).isEqualTo(4);
        assertThat(after.tasks().filter(task -> task.end().isPresent())).hasSize(2);
        append(journal, finished(3, 1, Ending.SUCCEEDED, 0));
        assertThat(after.task(new TaskId(3)).orElseThrow().state())
            .isEqualTo(TaskView.State.QUEUED);
      }
    }
    assertThat(runs.open(path).isLive()).isFalse();
  }

  @Test
  void aTornTail_isFine_alsoAfterAResumeCutItOff() throws IOException {
    write(
        journal -> {
          journal.accept(array(1, 2, 0));
          journal.accept(finished(1, 1, Ending.SUCCEEDED, 0));
        });
    for (String tail :
        List.of("{\"t\":\"done\",\"id\":2,\"try\":1,\"end\":\"SUCCEEDED\"}", "\0\n")) {
      Files.writeString(journal(), tail, APPEND);
      RunView torn = runs.open(path);
      write(journal -> {});
      for (RunView run : List.of(torn, runs.open(path))) {
        assertThat(run.tasks().map(task -> task.end().isPresent())).containsExactly(true, false);
      }
    }
  }

  @Test
  void whatIsNoRun_isAUsageError_withItsMend() throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "x");
    Path other = Files.createDirectory(folder.resolve("other"));
    for (Path wrong : List.of(folder.resolve("missing"), file, other)) {
      assertThatThrownBy(() -> runs.open(wrong))
          .isInstanceOfSatisfying(
              StopException.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.USAGE))
          .hasMessageContaining(wrong.toString())
          .hasMessageContaining("fix:");
    }
  }

  @Test
  void aBrokenLine_isAnInfrastructureError_thatNamesIt() throws IOException {
    write(journal -> journal.accept(single(1)));
    Files.writeString(journal(), "{\"t\":\"acc\0\n", APPEND);
    Files.writeString(journal(), "{\"t\":\"left\"}\n", APPEND);
    assertBroken(() -> runs.open(path), "line 3 of the journal is broken");
    try (RunDirectory live = RunDirectory.open(path)) {
      assertBroken(() -> runs.open(live.path()), "the run is live: ask again");
    }
  }

  @Test
  void aLineThatBreaksFurtherOn_isFoundWhenItsTaskIsAskedFor() throws IOException {
    write(journal -> journal.accept(array(1, 2, 0)));
    Files.writeString(journal(), "{\"t\":\"done\",\"id\":2,\"try\":\0}\n", APPEND);
    Files.writeString(
        journal(), "{\"t\":\"left\",\"mgr\":\"m\",\"time\":\"2026-11-21T12:00:00Z\"}\n", APPEND);
    RunView run = runs.open(path);
    assertThat(run.task(new TaskId(1))).isPresent();
    assertBroken(() -> run.task(new TaskId(2)), "the journal is broken");
    assertBroken(() -> run.tasks().toList(), "the journal is broken");
  }

  @Test
  void anotherFileInItsPlace_orNoJournalAtAll_isAnInfrastructureError() throws IOException {
    write(journal -> {});
    Files.writeString(journal(), "hello\n");
    assertBroken(() -> runs.open(path), "no journal");
    Files.delete(journal());
    assertBroken(() -> runs.open(path), "there is no journal");
    Files.createFile(journal());
    assertThat(runs.open(path).submitted()).isZero();
  }

  @Test
  void linesLongerThanABlock_areRead() throws IOException {
    TaskSpec spec = TaskSpec.of(TaskWork.Shell.line("echo " + "é".repeat(50_000)));
    write(
        journal -> {
          journal.accept(new TasksAccepted(new TaskId(1), 1, -1, spec, TaskOptions.DEFAULT));
          journal.accept(single(2));
        });
    assertThat(runs.open(path).tasks().map(TaskView::spec)).containsExactly(spec, single(2).spec());
  }

  @Test
  void aMillionSingleTasks_areLookedThroughInSeconds() throws IOException {
    Random random = new Random(42);
    write(
        journal -> {
          for (int id = 1; id <= MANY; id++) {
            journal.accept(single(id));
          }
          // In blocks of a thousand workers, whose tasks end in any order.
          for (int block = 0; block < MANY; block += 1000) {
            for (int id : random.ints(1000, block + 1, block + 1001).toArray()) {
              journal.accept(finished(id, 1, Ending.SUCCEEDED, 0));
            }
          }
          journal.accept(finished(MANY, 1, Ending.FAILED, 7));
        });
    ThreadMXBean clock = ManagementFactory.getThreadMXBean(); // other processes do not count
    long begin = clock.getCurrentThreadCpuTime();
    RunView run = runs.open(path);
    assertThat(run.submitted()).isEqualTo(MANY);
    assertThat(run.task(new TaskId(MANY)).orElseThrow().isFailed()).isTrue();
    long[] count = new long[3];
    run.tasks()
        .forEach(
            task -> {
              count[0]++;
              count[task.end().isPresent() ? 1 : 2]++;
            });
    assertThat(count[0]).isEqualTo(MANY);
    assertThat(count[1]).isBetween(600_000L, 660_000L);
    assertThat(Duration.ofNanos(clock.getCurrentThreadCpuTime() - begin))
        .isLessThan(Duration.ofSeconds(60));
  }

  private Path journal() {
    return path.resolve("journal.jsonl");
  }

  private void write(Consumer<Consumer<JournalEntry>> entries) throws IOException {
    try (RunDirectory directory = RunDirectory.openOrCreate(path);
        Journal journal = open(directory)) {
      entries.accept(journal::append);
    }
  }

  private static Journal open(RunDirectory directory) throws IOException {
    return Journal.open(
        directory.journal(),
        RunStarted.now(NOON, "run", directory.hasJournal()),
        JournalSettings.with(failure -> {}));
  }

  private static void append(Journal journal, JournalEntry entry) {
    CompletableFuture<Boolean> written = new CompletableFuture<>();
    journal.append(entry, () -> written.complete(true));
    written.join();
  }

  private static void assertBroken(Runnable action, String words) {
    assertThatThrownBy(action::run)
        .isInstanceOfSatisfying(
            StopException.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.INFRASTRUCTURE))
        .hasMessageContaining(words)
        .hasMessageContaining("fix:");
  }

  private static TasksAccepted single(long id) {
    TaskWork work = TaskWork.Shell.argv(List.of("./simulate", "--seed", Long.toString(id)));
    return new TasksAccepted(new TaskId(id), 1, -1, TaskSpec.of(work), TaskOptions.DEFAULT);
  }

  private static TasksAccepted array(long id, int count, long index) {
    return new TasksAccepted(
        new TaskId(id),
        count,
        index,
        TaskSpec.of(TaskWork.Shell.line("./simulate $DROVER_INDEX")),
        TaskOptions.DEFAULT);
  }

  private static AttemptEnded attempt(long id, int attempt, Ending ending) {
    return new AttemptEnded(
        new TaskId(id),
        attempt,
        ending,
        "reason",
        "n1",
        "n1-m1",
        "b-1",
        0,
        ending == Ending.FAILED ? 1 : -1,
        0,
        NOON_MICROS,
        NOON_MICROS + 1,
        ending == Ending.FAILED ? 1 : 0);
  }

  private static TaskFinished finished(long id, int attempt, Ending ending, int exitCode) {
    TaskOutcome outcome =
        new TaskOutcome(
            new TaskId(id),
            attempt,
            ending,
            exitCode,
            0,
            "",
            Payload.EMPTY,
            NOON_MICROS,
            NOON_MICROS + 1_234,
            1_100,
            4_194_304,
            0,
            new OutputRange("tasks/n2-m1.out", id * 17, 17),
            OutputRange.NOTHING,
            "");
    return new TaskFinished(new TaskReport(outcome, "n2", "n2-m1", "b-1", attempt > 1 ? 1 : 0));
  }
}
