package dev.drover.executor;

import static dev.drover.executor.TestRun.failure;
import static dev.drover.executor.TestRun.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.drover.submit.TaskOptions;
import dev.drover.submit.TaskReport;
import dev.drover.task.Ending;
import dev.drover.task.RemoteCall;
import dev.drover.task.ResourceRequest;
import dev.drover.worker.TaskContext;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Functions that do not come to their end: timed out, cancelled, or with a JVM that dies. */
@Timeout(300)
class FunctionsCutShortTest {
  @TempDir static Path home;
  private static TestRun run;
  private static HighThroughputExecutor executor;

  @BeforeAll
  static void start() throws IOException {
    run = TestRun.start(home);
    executor = run.executor;
  }

  @AfterAll
  static void end() {
    run.close();
  }

  /** A function's time begins before its worker JVM is there, should it need one. */
  private static void startAllJvms() throws Exception {
    get(executor.submit(() -> 1));
    Path jvms = Files.createDirectory(home.resolve("jvms-" + System.nanoTime()));
    String directory = jvms.toString();
    Gate allAreThere = Gate.in(home);
    int slots = executor.status().slots();
    List<TaskFuture<Integer>> futures = new ArrayList<>();
    for (int i = 0; i < slots; i++) {
      futures.add(
          executor.submit(
              () -> {
                Files.createFile(Path.of(directory, "" + ProcessHandle.current().pid()));
                allAreThere.pass();
                return 1;
              }));
    }
    await().atMost(TestRun.PATIENCE).until(() -> jvms.toFile().list().length == slots);
    allAreThere.open();
    for (TaskFuture<Integer> future : futures) {
      assertThat(get(future)).isEqualTo(1);
    }
  }

  @Test
  void aFunctionThatTakesTooLong_isEndedWithItsJvm_andTheNextOneGetsAFreshJvm() throws Exception {
    startAllJvms();
    Path pidFile = home.resolve("timed-out.pid");
    String file = pidFile.toString();
    TaskFailedException failure =
        failure(
            executor.call(
                index -> {
                  Files.writeString(Path.of(file), "" + ProcessHandle.current().pid());
                  while (true) {
                    try {
                      Thread.sleep(60_000);
                    } catch (InterruptedException e) {
                      continue; // one that ignores what it is asked
                    }
                  }
                },
                ResourceRequest.ONE_SLOT,
                Duration.ofMillis(4500),
                TaskOptions.DEFAULT));

    assertThat(failure.report().outcome().ending()).isEqualTo(Ending.TIMED_OUT);
    assertThat(failure).hasMessageContaining("4500 ms");
    long pid = Long.parseLong(Files.readString(pidFile));
    assertThat(Processes.isAlive(pid)).isFalse();
    assertThat(get(executor.submit(() -> ProcessHandle.current().pid()))).isNotEqualTo(pid);
  }

  @Test
  void aRunningFunctionIsCancelled_andThoseBehindItRunElsewhere() throws Exception {
    Path pidFile = home.resolve("cancelled.pid");
    String file = pidFile.toString();
    TaskFuture<Integer> running =
        executor.submit(
            () -> {
              Files.writeString(Path.of(file), "" + ProcessHandle.current().pid());
              Thread.sleep(60_000);
              return 0;
            });
    await().atMost(TestRun.PATIENCE).until(() -> isWritten(pidFile));
    List<TaskFuture<Integer>> behind = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      int value = i;
      behind.add(executor.submit(() -> value));
    }

    assertThat(running.cancel(true)).isTrue();

    assertThat(running).isCancelled();
    for (int i = 0; i < behind.size(); i++) {
      assertThat(get(behind.get(i))).isEqualTo(i);
    }
    long pid = Long.parseLong(Files.readString(pidFile));
    await().atMost(TestRun.PATIENCE).until(() -> !Processes.isAlive(pid));
  }

  /** A file is there a moment before what is written to it. */
  private static boolean isWritten(Path file) throws IOException {
    return Files.exists(file) && Files.size(file) > 0;
  }

  @Test
  void cancelledInTheQueue_aFunctionNeverRuns() throws Exception {
    await().atMost(TestRun.PATIENCE).until(() -> executor.status().outstanding() == 0);
    Path trace = home.resolve("never");
    String file = trace.toString();
    List<TaskFuture<Integer>> blockers = new ArrayList<>();
    Gate queue = Gate.in(home);
    for (int i = 0; i < executor.status().slots() + 2; i++) {
      blockers.add(
          executor.submit(
              () -> {
                queue.pass();
                return 1;
              }));
    }
    TaskFuture<Integer> waiting =
        executor.submit(
            () -> {
              Files.createFile(Path.of(file));
              return 1;
            });

    waiting.cancel(false);
    await()
        .atMost(TestRun.PATIENCE)
        .until(() -> executor.status().outstanding() == blockers.size());
    queue.open();

    for (TaskFuture<Integer> blocker : blockers) {
      assertThat(get(blocker)).isEqualTo(1);
    }
    assertThatThrownBy(waiting::get).isInstanceOf(CancellationException.class);
    await().atMost(TestRun.PATIENCE).until(() -> executor.status().outstanding() == 0);
    assertThat(trace).doesNotExist();
  }

  @Test
  void aKilledWorkerJvm_costsItsTaskOneAttempt_andOthersNothing() throws Exception {
    Path pids = Files.createDirectory(home.resolve("pids-" + System.nanoTime()));
    String directory = pids.toString();
    List<TaskReport> reports = Collections.synchronizedList(new ArrayList<>());
    CountDownLatch left = new CountDownLatch(201);
    RemoteCall<Long> once =
        index -> {
          int attempt = TaskContext.current().attempt();
          if (index == 0) {
            Files.writeString(
                Path.of(directory, "pid-" + attempt), "" + ProcessHandle.current().pid());
            if (attempt == 1) {
              Thread.sleep(60_000);
            }
          }
          return index;
        };
    executor.callArray(
        once,
        0,
        201,
        report -> {
          reports.add(report);
          left.countDown();
        });
    await().atMost(TestRun.PATIENCE).until(() -> isWritten(pids.resolve("pid-1")));

    kill(Long.parseLong(Files.readString(pids.resolve("pid-1"))));

    assertThat(left.await(120, TimeUnit.SECONDS)).isTrue();
    assertThat(reports).allMatch(report -> report.outcome().ending().isSuccess());
    TaskReport first =
        reports.stream().filter(r -> Long.valueOf(0).equals(executor.value(r))).findAny().get();
    assertThat(first.outcome().attempt()).isEqualTo(2);
    assertThat(first.lostAttempts()).isEqualTo(1);
    assertThat(reports.stream().mapToInt(TaskReport::lostAttempts).sum()).isEqualTo(1);
  }

  @Test
  void aTaskWhoseWorkerDiesAgainAndAgain_isGivenUpAtTheLimit_withTheReason() throws Exception {
    TaskFuture<Integer> future =
        executor.call(
            index -> {
              new ProcessBuilder("kill", "-9", "" + ProcessHandle.current().pid()).start();
              Thread.sleep(60_000);
              return 1;
            },
            ResourceRequest.ONE_SLOT,
            Duration.ZERO,
            new TaskOptions(0, 0, 1));

    TaskFailedException failure = failure(future);

    assertThat(failure.report().outcome().ending()).isEqualTo(Ending.WORKER_LOST);
    assertThat(failure.report().outcome().attempt()).isEqualTo(2);
    assertThat(failure.report().lostAttempts()).isEqualTo(2);
    assertThat(failure).hasMessageContaining("killed by signal 9");
  }

  private static void kill(long pid) throws IOException, InterruptedException {
    new ProcessBuilder("kill", "-9", Long.toString(pid)).start().waitFor();
  }
}
