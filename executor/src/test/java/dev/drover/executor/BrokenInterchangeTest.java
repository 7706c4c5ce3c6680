package dev.drover.executor;

import static dev.drover.executor.TestRun.failure;
import static dev.drover.executor.TestRun.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.drover.interchange.Submission;
import dev.drover.submit.RetryCost;
import dev.drover.submit.TaskBatch;
import dev.drover.submit.TaskOptions;
import dev.drover.submit.TaskReport;
import dev.drover.task.Ending;
import dev.drover.task.TaskSpec;
import dev.drover.task.TaskWork;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Runs that break, by what users gave or because they say so: every task ends all the same. */
@Timeout(300)
class BrokenInterchangeTest {
  private static final TaskOptions RETRIED = TaskOptions.DEFAULT.withRetries(1);

  @TempDir Path home;

  private TestRun start(RetryCost cost, String... settings) throws Exception {
    return TestRun.start(
        home, TestRun.builder(TestRun.and(settings, "worker.max-per-node=1")).retryCost(cost));
  }

  /** {@code close()} would wait for ever where this fails. */
  private static void assertEnds(TestRun run) throws InterruptedException {
    run.executor.shutdown();
    assertThat(run.executor.awaitTermination(120, TimeUnit.SECONDS)).isTrue();
    Processes.assertNoneLeft(run.home);
  }

  @Test
  void anErrorOfTheRetryCost_failsItsTask_andNoOther() throws Exception {
    TestRun run =
        start(
            failed -> {
              throw new AssertionError("no such exit code");
            });
    TaskFuture<TaskReport> failing = run.line("exit 3", Duration.ZERO, RETRIED);
    TaskFuture<TaskReport> other = run.line("true");

    assertThat(get(other).outcome().ending()).isEqualTo(Ending.SUCCEEDED);
    assertThat(failure(failing))
        .hasMessageContaining("the retry cost function threw")
        .hasMessageContaining("no such exit code");
    assertEnds(run);
  }

  @Test
  void whenTheInterchangeBreaks_allThatWaitsOrRunsFailsWithTheReason_andBlocksAreGivenBack()
      throws Exception {
    TestRun run =
        start(
            failed -> {
              throw new AssertionError("unsayable") {
                @Override
                public String toString() {
                  throw new AssertionError("not even this can be said");
                }
              };
            });
    Path go = home.resolve("go"); // all tasks are there when it breaks: it would take no more
    TaskFuture<TaskReport> breaking =
        run.line(
            "until [ -e %s ]; do sleep 0.05; done; exit 3".formatted(go), Duration.ZERO, RETRIED);
    AtomicInteger cancelled = new AtomicInteger();
    run.executor.submit(
        List.of(
            new TaskBatch(
                TaskSpec.of(TaskWork.Shell.line("true")),
                TaskOptions.DEFAULT.withPriority(1),
                0,
                1000,
                report -> {
                  if (report.outcome().ending() == Ending.CANCELLED
                      && report.outcome().message().contains("not even this can be said")) {
                    cancelled.incrementAndGet();
                  }
                })));
    TaskFuture<TaskReport> waiting = run.line("true", Duration.ZERO, RETRIED.withPriority(2));
    Files.createFile(go);

    for (TaskFuture<TaskReport> future : List.of(breaking, waiting)) {
      assertThatThrownBy(() -> get(future))
          .hasCauseInstanceOf(BadStateException.class)
          .hasMessageContaining("the interchange broke: ")
          .hasMessageContaining("not even this can be said");
    }
    await().atMost(TestRun.PATIENCE).until(() -> run.executor.outstanding() == 0);
    // A task counts as ended before its completion is called.
    await()
        .atMost(TestRun.PATIENCE)
        .untilAsserted(() -> assertThat(cancelled).hasValueGreaterThan(900));
    assertThatThrownBy(() -> run.line("true")).isInstanceOf(BadStateException.class);
    assertThat(run.executor.status().badState())
        .hasValueSatisfying(text -> assertThat(text).contains("the interchange broke"));
    await("blocks are given back before anybody closes")
        .atMost(TestRun.PATIENCE)
        .until(() -> Processes.managers(home).isEmpty());
    assertEnds(run);
  }

  private static List<TaskBatch> tasks(int count) {
    TaskSpec spec = TaskSpec.of(TaskWork.Shell.line("true"));
    List<TaskBatch> batches = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      batches.add(TaskBatch.single(spec, TaskOptions.DEFAULT, report -> {}));
    }
    return batches;
  }

  @Test
  void tasksThatAreTakenInWhileTheExecutorBreaks_end() throws Exception {
    TestRun run = start(failed -> 1, "provider.init-blocks=0", "provider.strategy=none");

    run.executor.submit(
        new WithInterruption<>(
            tasks(10), () -> run.executor.fail(new BadStateException("no more"))));

    assertEnds(run);
    assertThat(run.executor.outstanding()).isZero();
  }

  @Test
  void tasksOfAnEarlierPartOfTheRunThatAreTakenInWhenItIsBroken_end() throws Exception {
    TestRun run = start(failed -> 1, "provider.init-blocks=0", "provider.strategy=none");
    run.executor.fail(new BadStateException("no more"));

    run.executor.resubmit(List.of(new Submission(7, tasks(1).get(0))));

    assertEnds(run);
    assertThat(run.executor.outstanding()).isZero();
  }
}
