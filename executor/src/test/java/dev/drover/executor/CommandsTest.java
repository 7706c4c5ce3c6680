package dev.drover.executor;

import static dev.drover.executor.TestRun.failure;
import static dev.drover.executor.TestRun.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.drover.submit.TaskOptions;
import dev.drover.submit.TaskReport;
import dev.drover.task.Ending;
import dev.drover.task.ResourceRequest;
import dev.drover.task.TaskOutcome;
import dev.drover.task.TaskSpec;
import dev.drover.task.TaskWork;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Commands as real processes of a real manager. */
@Timeout(300)
class CommandsTest {
  @TempDir static Path home;
  private static TestRun run;

  @BeforeAll
  static void start() throws IOException {
    run = TestRun.start(home, "worker.max-per-node=2", "worker.cores-per-worker=0.5");
  }

  @AfterAll
  static void end() {
    run.close();
  }

  @Test
  void aCommandTellsItsExitCode_andItsOutput() throws Exception {
    TaskReport report = get(run.line("echo out; echo err >&2"));
    assertThat(report.outcome().exitCode()).isZero();
    assertThat(run.stdout(report)).isEqualTo("out\n");
    assertThat(run.stderr(report)).isEqualTo("err\n");

    TaskFailedException failure = failure(run.line("echo why >&2; exit 7"));
    assertThat(failure.report().outcome().ending()).isEqualTo(Ending.FAILED);
    assertThat(failure.report().outcome().exitCode()).isEqualTo(7);
    assertThat(failure).hasMessageContaining("exit code 7").hasMessageContaining("why");
  }

  @Test
  void aCommandThatASignalKilled_namesTheSignal() throws Exception {
    TaskOutcome outcome = failure(run.line("kill -SEGV $$")).report().outcome();

    assertThat(outcome.ending()).isEqualTo(Ending.SIGNALLED);
    assertThat(outcome.signal()).isEqualTo(11);
  }

  @Test
  void shortCommands_followOneAnotherWithTimesOfTheirOwn_andALongOneHoldsNoneBack()
      throws Exception {
    List<TaskFuture<TaskReport>> futures = new ArrayList<>();
    for (int i = 0; i < 400; i++) {
      futures.add(run.line("/bin/true"));
    }
    TaskFuture<TaskReport> isLong =
        run.line("until [ -e %s ]; do sleep 0.05; done".formatted(home.resolve("go-on")));
    for (int i = 0; i < 200; i++) {
      futures.add(run.line("/bin/true"));
    }

    Map<Integer, List<TaskOutcome>> bySlot = new TreeMap<>();
    for (TaskFuture<TaskReport> future : futures) {
      TaskOutcome outcome = get(future).outcome();
      bySlot.computeIfAbsent(outcome.worker(), slot -> new ArrayList<>()).add(outcome);
    }
    assertThat(isLong.isDone()).isFalse();
    Files.createFile(home.resolve("go-on"));
    get(isLong);
    assertThat(bySlot).hasSize(2);
    for (List<TaskOutcome> outcomes : bySlot.values()) {
      outcomes.sort(Comparator.comparing(TaskOutcome::startedMicros));
      for (int i = 1; i < outcomes.size(); i++) {
        assertThat(outcomes.get(i).startedMicros())
            .isGreaterThanOrEqualTo(outcomes.get(i - 1).endedMicros());
      }
    }
  }

  @Test
  void aTimeout_endsTheWholeTree_thoseThatLeftTheSessionToo() throws Exception {
    Path pids = home.resolve("tree");
    TaskFailedException failure =
        failure(
            run.line(
                "echo $$ >> %1$s; (sleep 61 & echo $! >> %1$s; wait) & setsid sh -c 'echo $$ >> %1$s; exec sleep 62' & wait"
                    .formatted(pids),
                Duration.ofSeconds(5),
                TaskOptions.DEFAULT));

    assertThat(failure.report().outcome().ending()).isEqualTo(Ending.TIMED_OUT);
    assertThat(failure).hasMessageContaining("timed out");
    assertThat(Files.readAllLines(pids)).hasSize(3);
    assertAllEnd(pids);
  }

  private static void assertAllEnd(Path pids) throws IOException {
    for (String pid : Files.readAllLines(pids)) {
      await(pid).atMost(TestRun.PATIENCE).until(() -> !Processes.isAlive(Long.parseLong(pid)));
    }
  }

  @Test
  void aCommandThatIgnoresTerm_isKilledAfterTheGrace_whenItIsCancelled() throws Exception {
    Path pids = home.resolve("deaf");
    TaskFuture<TaskReport> future =
        run.line("trap '' TERM; echo $$ > %s; while true; do sleep 0.1; done".formatted(pids));
    await().atMost(TestRun.PATIENCE).until(() -> Files.exists(pids) && Files.size(pids) > 0);

    long asked = System.nanoTime();
    future.cancel(true);

    assertThat(future).isCancelled();
    assertAllEnd(pids);
    assertThat(Duration.ofNanos(System.nanoTime() - asked)).isGreaterThan(Duration.ofMillis(900));
    await().atMost(TestRun.PATIENCE).until(() -> run.executor.status().assigned() == 0);
  }

  @Test
  void whatCannotBeStarted_saysWhy() throws Exception {
    TaskOutcome missing =
        failure(run.executor.run(TaskWork.Shell.argv(List.of("no-such-program", "x"))))
            .report()
            .outcome();
    assertThat(missing.ending()).isEqualTo(Ending.NOT_STARTED);
    assertThat(missing.exitCode()).isEqualTo(127);
    assertThat(missing.message()).contains("no-such-program");
    assertThat(failure(run.line("no-such-program x | cat; exit ${PIPESTATUS[0]}")))
        .hasMessageContaining("exit code 127");

    Path plain = Files.writeString(home.resolve("plain.txt"), "text");
    TaskOutcome plainText =
        failure(run.executor.run(TaskWork.Shell.argv(List.of(plain.toString()))))
            .report()
            .outcome();
    assertThat(plainText.ending()).isEqualTo(Ending.NOT_STARTED);
    assertThat(plainText.exitCode()).isEqualTo(126);
    assertThat(plainText.message()).contains(plain.toString());

    TaskOutcome nowhere =
        failure(run.executor.run(shell("true", "/no/such/directory", null, null, null)))
            .report()
            .outcome();
    assertThat(nowhere.ending()).isEqualTo(Ending.NOT_STARTED);
    assertThat(nowhere.message()).contains("/no/such/directory");

    TaskOutcome unwritable =
        failure(run.executor.run(shell("true", null, null, "/no/such/directory/out", null)))
            .report()
            .outcome();
    assertThat(unwritable.ending()).isEqualTo(Ending.NOT_STARTED);
    assertThat(unwritable.message()).contains("/no/such/directory/out");
  }

  private static TaskWork.Shell shell(
      String line, String cwd, String stdin, String stdout, String stderr) {
    return new TaskWork.Shell(
        List.of(line),
        true,
        Optional.ofNullable(cwd),
        Map.of(),
        Optional.ofNullable(stdin),
        Optional.ofNullable(stdout),
        Optional.ofNullable(stderr));
  }

  @Test
  void standardStreamsMayBeFiles_relativeToTheWorkingDirectory() throws Exception {
    Path directory = Files.createDirectories(home.resolve("streams"));
    Files.writeString(directory.resolve("in"), "hello\n");

    TaskReport report =
        get(
            run.executor.run(
                shell("pwd; cat; echo e >&2", directory.toString(), "in", "out", "err")));

    assertThat(directory.resolve("out")).hasContent(directory.toRealPath() + "\nhello");
    assertThat(directory.resolve("err")).hasContent("e");
    assertThat(report.outcome().stdout().isNothing()).isTrue();
  }

  @Test
  void aTaskIsToldWhereItRuns_andSeesNothingOfAnotherTasksEnvironment() throws Exception {
    TaskWork.Shell work =
        new TaskWork.Shell(
            List.of("env -0 | tr '\\0' '\\n'"),
            true,
            Optional.empty(),
            Map.of("OF_THIS_TASK", "a value"),
            Optional.empty(),
            Optional.empty(),
            Optional.empty());
    TaskReport report =
        get(
            run.executor.run(
                new TaskSpec("its-name", work, ResourceRequest.ONE_SLOT, Duration.ZERO),
                TaskOptions.DEFAULT));

    assertThat(run.stdout(report).lines())
        .contains(
            "OF_THIS_TASK=a value",
            "PARSL_WORKER_RANK=" + report.outcome().worker(),
            "PARSL_WORKER_COUNT=2",
            "PARSL_WORKER_POOL_ID=" + report.manager(),
            "PARSL_WORKER_BLOCK_ID=" + report.block(),
            "DROVER_TASK_ID=" + report.id(),
            "DROVER_TASK_NAME=its-name",
            "DROVER_TASK_ATTEMPT=1");
    for (int i = 0; i < 4; i++) { // both slots
      TaskReport next = get(run.line("env"));
      assertThat(run.stdout(next)).doesNotContain("OF_THIS_TASK").doesNotContain("its-name");
    }
  }

  @Test
  void whatATaskLeavesInTheBackground_endsWithIt() throws Exception {
    Path pids = home.resolve("left");
    get(
        run.line(
            "sleep 63 > /dev/null 2>&1 & echo $! >> %1$s; nohup sleep 64 > /dev/null 2>&1 & echo $! >> %1$s"
                .formatted(pids)));

    assertAllEnd(pids);
  }

  @Test
  void aMegabyteOfOutputIsKeptWhole() throws Exception {
    TaskReport report = get(run.line("head -c 1000000 /dev/zero | tr '\\0' x; echo end"));

    assertThat(report.outcome().stdout().length()).isEqualTo(1_000_004);
    assertThat(run.stdout(report)).endsWith("xend\n");
  }

  @Test
  void cpuTimeAndPeakMemoryAreThoseOfTheCommand() throws Exception {
    TaskOutcome busy =
        get(run.line("end=$((SECONDS+2)); i=0; while ((i < 150000)); do ((i++)); done; true"))
            .outcome();
    assertThat(busy.cpuMicros()).isBetween(50_000L, 20_000_000L);
    assertThat(busy.cpuMicros()).isLessThanOrEqualTo(busy.durationMicros() + 200_000);

    TaskOutcome large =
        get(run.line("x=$(head -c 200000000 /dev/zero | tr '\\0' x); sleep 1.5; echo ${#x}"))
            .outcome();
    assertThat(large.peakMemoryBytes()).isBetween(190_000_000L, 1_500_000_000L);
  }

  @Test
  void aFailedCommandIsRetried_untilItsRetriesAreUsedUp() throws Exception {
    Path count = home.resolve("count");
    TaskFailedException failure =
        failure(
            run.line(
                "echo $DROVER_TASK_ATTEMPT >> %s; exit 1".formatted(count),
                Duration.ZERO,
                TaskOptions.DEFAULT.withRetries(2)));
    assertThat(failure.report().outcome().attempt()).isEqualTo(3);
    assertThat(count).hasContent("1\n2\n3");

    TaskReport late =
        get(
            run.line(
                "test $DROVER_TASK_ATTEMPT -eq 2",
                Duration.ZERO,
                TaskOptions.DEFAULT.withRetries(5)));
    assertThat(late.outcome().attempt()).isEqualTo(2);
    assertThat(late.lostAttempts()).isZero();
  }

  @Test
  void aTaskThatAsksForTwoCores_hasTheOtherSlotToItself_andOneThatAsksForTooMuchIsRefused()
      throws Exception {
    Path running = Files.createDirectories(home.resolve("running"));
    String line =
        "mkdir %1$s/$DROVER_TASK_ID; ls %1$s | wc -l; sleep 0.2; rmdir %1$s/$DROVER_TASK_ID"
            .formatted(running);
    ResourceRequest both = new ResourceRequest(1, 0, 0, 0, 0);
    List<TaskFuture<TaskReport>> futures = new java.util.ArrayList<>();
    for (int i = 0; i < 6; i++) {
      futures.add(
          run.executor.run(
              new TaskSpec(
                  "",
                  TaskWork.Shell.line(line),
                  i % 2 == 0 ? both : ResourceRequest.ONE_SLOT,
                  Duration.ZERO),
              TaskOptions.DEFAULT));
    }
    for (int i = 0; i < 6; i++) {
      TaskReport report = get(futures.get(i));
      if (i % 2 == 0) {
        assertThat(run.stdout(report).strip()).isEqualTo("1");
      }
    }

    TaskOutcome refused =
        failure(
                run.executor.run(
                    new TaskSpec(
                        "",
                        TaskWork.Shell.line("true"),
                        new ResourceRequest(1000, 0, 0, 0, 0),
                        Duration.ZERO),
                    TaskOptions.DEFAULT))
            .report()
            .outcome();
    assertThat(refused.ending()).isEqualTo(Ending.REFUSED);
    assertThat(refused.message()).contains("cores=1000");
  }
}
