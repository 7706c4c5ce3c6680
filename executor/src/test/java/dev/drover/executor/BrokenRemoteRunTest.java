package dev.drover.executor;

import static dev.drover.executor.TestRun.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.drover.journal.Journal;
import dev.drover.journal.JournalEntry;
import dev.drover.journal.JournalSettings;
import dev.drover.journal.SmallDisk;
import dev.drover.submit.TaskBatch;
import dev.drover.submit.TaskOptions;
import dev.drover.submit.TaskReport;
import dev.drover.task.Ending;
import dev.drover.task.TaskSpec;
import dev.drover.task.TaskWork;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Runs with an interchange elsewhere that break on this side: every task ends all the same. */
@Timeout(400)
class BrokenRemoteRunTest {
  @TempDir Path home;
  private SmallDisk disk;
  private final List<TaskReport> ended = new CopyOnWriteArrayList<>();

  private HighThroughputExecutor start(ExecutorBuilder builder) throws Exception {
    return builder
        .interchange(new RemoteHost(home))
        .link(RemoteHost.QUICK)
        .runsIn(home.resolve("here"))
        .start();
  }

  private static ExecutorBuilder builder() {
    return ExecutorBuilder.on(TestRun.builder().site());
  }

  private Journal journal() throws Exception {
    disk = SmallDisk.mount(home, "size=64k");
    return Journal.open(
        disk.path().resolve("journal.jsonl"),
        JournalEntry.RunStarted.now(Instant.EPOCH, "r", false),
        JournalSettings.with(problem -> {})); // so that the engine must notice by itself
  }

  /** Its disk is full. */
  private static void breakJournal(Journal journal) {
    String more = "x".repeat(100_000);
    journal.append(new JournalEntry.ManagerLeft(Instant.EPOCH, "m", more));
    await().atMost(TestRun.PATIENCE).until(() -> journal.failure().isPresent());
  }

  private List<TaskBatch> sleepers() {
    TaskSpec spec = TaskSpec.of(TaskWork.Shell.line("sleep 300"));
    return List.of(
        TaskBatch.single(spec, TaskOptions.DEFAULT, ended::add),
        new TaskBatch(spec, TaskOptions.DEFAULT, 0, 3, ended::add));
  }

  /** {@code close()} would wait for ever where this fails. */
  private static void assertEnds(HighThroughputExecutor executor) throws InterruptedException {
    executor.shutdown();
    assertThat(executor.awaitTermination(120, TimeUnit.SECONDS)).isTrue();
  }

  @AfterEach
  void nothingIsLeft() throws Exception {
    if (disk != null) {
      disk.close();
    }
    Processes.assertNoneLeft(home);
  }

  @Test
  void tasksThatAreTakenInWhileTheExecutorBreaks_end() throws Exception {
    HighThroughputExecutor executor = start(builder());
    get(executor.run(TaskWork.Shell.line("true")));

    executor.submit(
        new WithInterruption<>(sleepers(), () -> executor.fail(new BadStateException("no more"))));

    assertEnds(executor);
    assertThat(ended)
        .extracting(report -> report.outcome().ending())
        .containsExactly(Ending.CANCELLED, Ending.CANCELLED, Ending.CANCELLED, Ending.CANCELLED);
  }

  @Test
  void tasksThatCannotBeJournaled_areNotSent_andEnd() throws Exception {
    Journal journal = journal();
    HighThroughputExecutor executor = start(builder().journal(journal));
    get(executor.run(TaskWork.Shell.line("true")));

    executor.submit(new WithInterruption<>(sleepers(), () -> breakJournal(journal)));

    await().atMost(TestRun.PATIENCE).until(() -> ended.size() == 4);
    assertThat(executor.status().badState())
        .hasValueSatisfying(text -> assertThat(text).contains("the journal cannot be written"));
    assertThat(ended)
        .allSatisfy(
            report -> {
              assertThat(report.outcome().ending()).isEqualTo(Ending.CANCELLED);
              assertThat(report.outcome().message()).contains("the journal cannot be written");
            });
    assertEnds(executor);
  }

  @Test
  void anEndThatCannotBeJournaled_isNotToldAsOne_butIsWaitedForByNobody() throws Exception {
    Journal journal = journal();
    HighThroughputExecutor executor = start(builder().journal(journal));
    Path go = home.resolve("go");
    TaskFuture<TaskReport> future =
        executor.run(TaskWork.Shell.line("until [ -e %s ]; do sleep 0.1; done".formatted(go)));
    await().atMost(TestRun.PATIENCE).until(() -> executor.status().assigned() == 1);

    breakJournal(journal);
    Files.createFile(go);

    assertThatThrownBy(() -> get(future))
        .hasCauseInstanceOf(BadStateException.class)
        .hasMessageContaining("the journal cannot be written");
    assertEnds(executor);
  }
}
