package dev.drover.executor;

import static dev.drover.executor.TestRun.failure;
import static dev.drover.executor.TestRun.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.drover.manager.OutputMode;
import dev.drover.submit.TaskOptions;
import dev.drover.submit.TaskReport;
import dev.drover.task.Ending;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** One slot, packed output, a cost of retries: what needs a settled order. */
@Timeout(300)
class OneSlotTest {
  @TempDir static Path home;
  private static TestRun run;

  @BeforeAll
  static void start() throws IOException {
    run =
        TestRun.start(
            home,
            TestRun.builder("worker.max-per-node=1", "executor.prefetch=0")
                .output(OutputMode.PACKED)
                .retryCost(failed -> failed.exitCode() == 75 ? 0.25 : 2));
  }

  @AfterAll
  static void end() {
    run.close();
  }

  @Test
  void lowerPrioritiesRunFirst_equalOnesInTheirOrder() throws Exception {
    Path go = home.resolve("go");
    Path order = home.resolve("order");
    TaskFuture<TaskReport> holder = run.line("until [ -e %s ]; do sleep 0.02; done".formatted(go));
    await().atMost(TestRun.PATIENCE).until(() -> run.executor.status().assigned() == 1);
    List<TaskFuture<TaskReport>> futures = new ArrayList<>();
    for (int priority : new int[] {5, 1, 5, 0, 1, -3}) {
      futures.add(
          run.line(
              "echo %d.%d >> %s".formatted(priority, futures.size(), order),
              Duration.ZERO,
              TaskOptions.DEFAULT.withPriority(priority)));
    }

    Files.createFile(go);

    get(holder);
    for (TaskFuture<TaskReport> future : futures) {
      get(future);
    }
    assertThat(Files.readAllLines(order))
        .containsExactly("-3.5", "0.3", "1.1", "1.4", "5.0", "5.2");
  }

  @Test
  void packedOutputsShareAFile_andOneThatTruncatesItsOwnHarmsNoOther() throws Exception {
    TaskReport first = get(run.line("echo first; echo one >&2"));
    TaskReport second = get(run.line("echo lost >&2; echo kept > /dev/stderr; echo second"));
    TaskReport third = get(run.line("echo three >&2; echo third > /dev/stdout"));

    assertThat(run.stdout(first)).isEqualTo("first\n");
    assertThat(run.stderr(first)).isEqualTo("one\n");
    assertThat(run.stdout(second)).isEqualTo("second\n");
    assertThat(run.stderr(second)).endsWith("kept\n");
    assertThat(run.stdout(third)).isEqualTo("third\n");
    assertThat(run.stderr(third)).isEqualTo("three\n");
    assertThat(first.outcome().stdout().file()).isEqualTo(third.outcome().stdout().file());
  }

  @Test
  void aFailureCostsWhatItsSubmitterSays() throws Exception {
    TaskOptions one = TaskOptions.DEFAULT.withRetries(1);
    assertThat(failure(run.line("exit 75", Duration.ZERO, one)).report().outcome().attempt())
        .isEqualTo(5);
    assertThat(failure(run.line("exit 1", Duration.ZERO, one)).report().outcome().attempt())
        .isEqualTo(1);
  }

  @Test
  void aCancelledTaskThatWaits_neverRuns_andLeavesTheOthersAlone() throws Exception {
    Path go = home.resolve("go2");
    Path trace = home.resolve("trace");
    TaskFuture<TaskReport> holder = run.line("until [ -e %s ]; do sleep 0.02; done".formatted(go));
    TaskFuture<TaskReport> doomed = run.line("touch " + trace);
    TaskFuture<TaskReport> next = run.line("true");

    doomed.cancel(true);
    Files.createFile(go);

    assertThat(get(holder).outcome().ending()).isEqualTo(Ending.SUCCEEDED);
    assertThat(get(next).outcome().ending()).isEqualTo(Ending.SUCCEEDED);
    assertThat(doomed).isCancelled();
    assertThat(trace).doesNotExist();
  }
}
