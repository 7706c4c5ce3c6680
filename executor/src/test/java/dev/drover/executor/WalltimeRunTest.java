package dev.drover.executor;

import static dev.drover.executor.TestRun.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.drover.journal.FormatVersion;
import dev.drover.journal.Journal;
import dev.drover.journal.JournalEntry;
import dev.drover.journal.JournalReader;
import dev.drover.journal.JournalSettings;
import dev.drover.submit.TaskOptions;
import dev.drover.submit.TaskReport;
import dev.drover.task.Ending;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real managers whose blocks end soon. */
class WalltimeRunTest {
  /** Neither a retry nor a lost manager is allowed. */
  private static final TaskOptions ONCE = new TaskOptions(0, 0, 0);

  private static final String[] ONE_WORKER = {
    "executor.heartbeat-period=400ms",
    "executor.heartbeat-threshold=20s",
    "worker.max-per-node=1",
    "provider.max-blocks=1"
  };

  @TempDir Path home;

  @Test
  void whatCannotEndInItsBlock_waitsForTheNext_andBurnsNothing() throws Exception {
    try (TestRun run = TestRun.start(home, TestRun.and(ONE_WORKER, "provider.walltime=30s"))) {
      TaskFuture<TaskReport> first = run.line("sleep 8", Duration.ofSeconds(13), ONCE);
      TaskFuture<TaskReport> tooLong = run.line("sleep 4", Duration.ofSeconds(24), ONCE);
      TaskFuture<TaskReport> shorter = run.line("true", Duration.ofSeconds(3), ONCE);

      String block = get(first).block();
      assertThat(get(shorter).block()).isEqualTo(block);
      TaskReport later = get(tooLong);

      assertThat(later.block()).isNotEmpty().isNotEqualTo(block);
      assertThat(later.outcome().attempt()).isEqualTo(1);
      assertThat(later.lostAttempts()).isZero();
    }
  }

  @Test
  void aTaskThatTheEndCutsOff_runsAgainInTheNextBlock_andTheJournalSaysWhy() throws Exception {
    Path journal = home.resolve("journal.jsonl");
    ExecutorBuilder builder =
        TestRun.builder(TestRun.and(ONE_WORKER, "provider.walltime=26s"))
            .journal(
                Journal.open(
                    journal,
                    new JournalEntry.RunStarted(FormatVersion.CURRENT, Instant.EPOCH, "r", false),
                    JournalSettings.with(failure -> {})));
    try (TestRun run = TestRun.start(home, builder)) {
      get(run.line("sleep 3", Duration.ZERO, ONCE));
      // Others were quicker, as far as is known: it is begun, and cut off.
      TaskFuture<TaskReport> cutOff =
          run.line(
              "if [ -e %1$s/once ]; then exit 0; fi; echo > %1$s/once; sleep 600".formatted(home),
              Duration.ZERO,
              ONCE);

      TaskReport report = get(cutOff);

      assertThat(report.outcome().attempt()).isEqualTo(2);
      assertThat(report.lostAttempts()).isZero();
    }
    List<JournalEntry.AttemptEnded> attempts = new ArrayList<>();
    JournalReader.read(
        journal,
        entry -> {
          if (entry instanceof JournalEntry.AttemptEnded attempt) {
            attempts.add(attempt);
          }
        });
    assertThat(attempts).hasSize(1);
    assertThat(attempts.get(0).ending()).isEqualTo(Ending.WALLTIME);
    assertThat(attempts.get(0).reason())
        .contains("lost to the end of block " + attempts.get(0).block() + " (walltime) after");
  }

  @Test
  void aTaskThatNoBlockIsLongEnoughFor_failsWithTheMend() throws Exception {
    try (TestRun run = TestRun.start(home, TestRun.and(ONE_WORKER, "provider.walltime=20s"))) {
      TaskFailedException failure =
          TestRun.failure(run.line("sleep 600", Duration.ZERO, TaskOptions.DEFAULT));

      assertThat(failure.report().outcome().ending()).isEqualTo(Ending.WALLTIME);
      assertThat(failure).hasMessageContaining("fix: set a longer provider.walltime");
      await().atMost(TestRun.PATIENCE).until(() -> run.executor.outstanding() == 0);
    }
  }
}
