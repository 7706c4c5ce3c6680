package dev.drover.executor;

import static dev.drover.executor.TestRun.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.drover.submit.TaskOptions;
import dev.drover.submit.TaskReport;
import dev.drover.task.Ending;
import dev.drover.task.ResourceRequest;
import dev.drover.task.TaskSpec;
import dev.drover.task.TaskWork;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Real tasks that ask for memory, on a node that is said to have 256 MiB in four slots. */
@Timeout(300)
class MemoryRequestsTest {
  private static final long MIB = 1 << 20;

  @TempDir Path home;

  private static TaskSpec asking(long mebibytes, String commandLine) {
    return new TaskSpec(
        "",
        TaskWork.Shell.line(commandLine),
        new ResourceRequest(0, 0, mebibytes * MIB, 0, 0),
        Duration.ofSeconds(60));
  }

  @Test
  void tasksThatNeedMoreThanHalfOfANode_neverOverlap_andOneThatNeedsMoreThanAllIsRefusedAtOnce()
      throws Exception {
    try (TestRun run =
        TestRun.start(
            home,
            "provider.max-blocks=1",
            "worker.max-per-node=4",
            "worker.cores-per-worker=0.25",
            "worker.memory-per-worker=64MiB",
            "executor.prefetch=0")) {
      TaskFuture<TaskReport> first =
          run.executor.run(
              asking(129, "mkdir in && until [ -e go ]; do sleep 0.05; done && rmdir in"),
              TaskOptions.DEFAULT);
      await().atMost(TestRun.PATIENCE).until(() -> Files.exists(run.work.resolve("in")));
      TaskFuture<TaskReport> second =
          run.executor.run(asking(200, "mkdir in && rmdir in"), TaskOptions.DEFAULT);

      TaskFuture<TaskReport> small =
          run.executor.run(asking(64, "test -e in"), TaskOptions.DEFAULT.withPriority(-1));
      assertThat(get(small).outcome().ending()).as("beside the first").isEqualTo(Ending.SUCCEEDED);
      TaskReport refused =
          TestRun.failure(run.executor.run(asking(257, "touch ran"), TaskOptions.DEFAULT)).report();
      assertThat(refused.outcome().ending()).isEqualTo(Ending.REFUSED);
      assertThat(refused.outcome().message())
          .contains("the largest node has 4 slots of 0.25 cores and 64 MiB", "ask for less");
      assertThat(run.executor.status().queued()).as("the second one waits").isEqualTo(1);
      assertThat(first.isDone()).isFalse();

      Files.createFile(run.work.resolve("go"));
      long firstEnd = get(first).outcome().endedMicros();
      assertThat(get(second).outcome().startedMicros()).isGreaterThanOrEqualTo(firstEnd);
      assertThat(run.work.resolve("ran")).doesNotExist();
    }
  }
}
