package dev.drover.executor;

import static dev.drover.executor.TestRun.failure;
import static dev.drover.executor.TestRun.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.drover.submit.TaskReport;
import dev.drover.task.Ending;
import dev.drover.task.TaskWork;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** An interchange in a second process of this machine, as it would be on a head node. */
@Timeout(400)
class RemoteRunTest {
  @TempDir Path home;
  private RemoteHost host;

  private HighThroughputExecutor start(String... settings) throws Exception {
    host = new RemoteHost(home, settings);
    return ExecutorBuilder.on(TestRun.builder().site())
        .interchange(host)
        .link(RemoteHost.QUICK)
        .runsIn(home.resolve("here"))
        .start();
  }

  @AfterEach
  void nothingIsLeft() {
    Processes.assertNoneLeft(home);
  }

  @Test
  void commandsAndFunctionsRunThere_andItEndsWithTheExecutor() throws Exception {
    try (HighThroughputExecutor executor = start()) {
      TaskReport report = get(executor.run(TaskWork.Shell.line("echo hello; exit 0")));
      assertThat(report.outcome().stdout().file()).startsWith("tasks/");
      assertThat(failure(executor.run(TaskWork.Shell.line("exit 3"))).report().outcome().ending())
          .isEqualTo(Ending.FAILED);
      String text = "x".repeat(300_000);
      assertThat(get(executor.submit(() -> text + 1))).isEqualTo(text + 1);

      CountDownLatch all = new CountDownLatch(20_000);
      AtomicLong wrong = new AtomicLong();
      long start = System.nanoTime();
      executor.callArray(
          index -> index,
          0,
          20_000,
          ended -> {
            if (!ended.outcome().ending().isSuccess()) {
              wrong.incrementAndGet();
            }
            all.countDown();
          });
      assertThat(all.await(120, TimeUnit.SECONDS)).isTrue();
      System.out.printf(
          "20,000 functions by way of another process: %d ms%n",
          (System.nanoTime() - start) / 1_000_000);
      assertThat(wrong).hasValue(0);
      await().atMost(TestRun.PATIENCE).until(() -> executor.status().slots() == 2);
    }
    assertThat(host.process().waitFor(120, TimeUnit.SECONDS)).isTrue();
    assertThat(host.output()).contains("over");
  }
}
