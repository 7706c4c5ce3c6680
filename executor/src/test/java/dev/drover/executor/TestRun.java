package dev.drover.executor;

import static org.awaitility.Awaitility.await;

import dev.drover.submit.TaskOptions;
import dev.drover.submit.TaskReport;
import dev.drover.task.ResourceRequest;
import dev.drover.task.TaskSpec;
import dev.drover.task.TaskWork;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.awaitility.core.ConditionTimeoutException;

/** A started executor of a test whose processes all have to do with its own directory. */
final class TestRun implements AutoCloseable {
  /** Longest wait for anything that should come at once, on a machine that is busy. */
  static final Duration PATIENCE = Duration.ofSeconds(120);

  /** Settings with which a silence is noticed after ten seconds. */
  static final String[] QUICK = {
    "executor.heartbeat-period=400ms", "executor.heartbeat-threshold=10s"
  };

  final Path home;
  final Path work;
  final HighThroughputExecutor executor;

  private TestRun(Path home, ExecutorBuilder builder) throws IOException {
    this.home = home;
    this.work = Files.createDirectories(home.resolve("work"));
    this.executor = builder.set("worker.working-dir", work.toString()).runsIn(home).start();
  }

  static TestRun start(Path home, String... settings) throws IOException {
    return new TestRun(home, builder(settings));
  }

  static TestRun start(Path home, ExecutorBuilder builder) throws IOException {
    return new TestRun(home, builder);
  }

  static ExecutorBuilder builder(String... settings) {
    ExecutorBuilder builder = HighThroughputExecutor.onSite("local").set("worker.kill-grace", "1s");
    for (String setting : settings) {
      String[] words = setting.split("=", 2);
      builder.set(words[0], words[1]);
    }
    return builder;
  }

  static String[] and(String[] some, String... more) {
    String[] all = java.util.Arrays.copyOf(some, some.length + more.length);
    System.arraycopy(more, 0, all, some.length, more.length);
    return all;
  }

  TaskFuture<TaskReport> line(String commandLine) {
    return executor.run(TaskWork.Shell.line(commandLine));
  }

  TaskFuture<TaskReport> line(String commandLine, Duration timeout, TaskOptions options) {
    return executor.run(
        new TaskSpec("", TaskWork.Shell.line(commandLine), ResourceRequest.ONE_SLOT, timeout),
        options);
  }

  /** What the task wrote to its captured standard output. */
  String stdout(TaskReport report) throws IOException {
    return range(report.outcome().stdout());
  }

  String stderr(TaskReport report) throws IOException {
    return range(report.outcome().stderr());
  }

  private String range(dev.drover.task.OutputRange range) throws IOException {
    if (range.isNothing()) {
      return "";
    }
    byte[] all = Files.readAllBytes(executor.runDirectory().resolve(range.file()));
    return new String(
        all, (int) range.offset(), (int) range.length(), java.nio.charset.StandardCharsets.UTF_8);
  }

  static <T> T get(TaskFuture<T> future) throws Exception {
    return future.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
  }

  /** Waits for a task that must not succeed. */
  static TaskFailedException failure(TaskFuture<?> future) throws Exception {
    try {
      Object value = get(future);
      throw new AssertionError("it succeeded with " + value);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof TaskFailedException failed) {
        return failed;
      }
      throw e;
    }
  }

  /**
   * Closes, and fails when a task does not end or a process of the run is left: a test that has
   * failed already does not wait for tasks that wait for it.
   */
  @Override
  public void close() {
    executor.shutdown();
    boolean ended = executor.outstanding() == 0;
    try {
      if (!ended) {
        await().atMost(PATIENCE.dividedBy(2)).until(() -> executor.outstanding() == 0);
        ended = true;
      }
    } catch (ConditionTimeoutException e) {
      executor.cancelAll("the test is over");
    }
    executor.close();
    Processes.assertNoneLeft(home);
    if (!ended) {
      throw new AssertionError("tasks had not ended when the run was closed");
    }
  }
}
