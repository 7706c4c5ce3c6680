package dev.drover.cli.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.cli.console.ExitCode;
import dev.drover.task.Ending;
import dev.drover.task.ResourceRequest;
import dev.drover.task.TaskSpec;
import dev.drover.task.TaskWork;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SummaryTest {
  private static final TaskSpec FIT =
      new TaskSpec(
          "fit-a",
          TaskWork.Shell.line("frob --x 1\nfrob 2"),
          ResourceRequest.ONE_SLOT,
          Duration.ZERO);
  private static final TaskSpec SIM = TaskSpec.of(TaskWork.Shell.line("sim"));

  @TempDir Path directory;

  @Test
  void wholeRun_isTwoLines() {
    assertThat(summary(ExitCode.DONE, new Tally(1200, 1200, 0, 0, 0, 90_000_000), List.of()).text())
        .isEqualTo(
            """
            drover: all 1,200 tasks done in 12.5 s (96.0/s, cpu time 1m30s)
            run directory: drover-runs/r1""");
  }

  @Test
  void failures_areToldWithCommandTailAndMend_thenCounted() {
    List<FailedTask> failures =
        List.of(
            new FailedTask(
                FakeEnsemble.end(
                    17, Ending.FAILED, 127, 0, 2, "", "bash: line 1: frob: command not found\n"),
                FIT,
                -1),
            new FailedTask(FakeEnsemble.end(18, Ending.SIGNALLED, -1, 9, 1, "", ""), SIM, 4),
            new FailedTask(
                FakeEnsemble.end(
                    19,
                    Ending.NOT_STARTED,
                    -1,
                    0,
                    1,
                    "/x/out cannot be opened: Permission denied\nfix: choose another \"stdout\"",
                    ""),
                SIM,
                -1));
    Summary summary =
        new Summary(
            ExitCode.TASKS_FAILED,
            new Tally(100, 80, 5, 0, 4, 1_000_000),
            0,
            Duration.ofMillis(12_500),
            Optional.of(StopReason.INTERRUPTED),
            failures,
            new TreeMap<>(Map.of("c", "fit-a", "d", "c", "e", "c", "f", "c")),
            Optional.empty(),
            Path.of("drover-runs/r1"));
    assertThat(summary.text())
        .isEqualTo(
            """
            drover: interrupted: 80 of 100 tasks done, 5 failed, 4 not run because a task before them failed, 11 left in 12.5 s (7.1/s, cpu time 1.0 s)

            task 17 "fit-a": exit code 127 on node03, attempt 2
              command: frob --x 1 frob 2
              | bash: line 1: frob: command not found
              fix: command not found on node03: give its full path, or load its module first

            task 18 [index 4]: killed by signal 9 (SIGKILL) on node03
              command: sim
              fix: often too little memory; run fewer tasks on a node

            task 19: could not be started on node03
              command: sim
              /x/out cannot be opened: Permission denied
              fix: choose another "stdout"

            … and 2 more: drover logs --failed drover-runs/r1

            task "c": not run, it comes after "fit-a"
            task "d": not run, it comes after "c"
            task "e": not run, it comes after "c"
            … and 1 more that come after failed tasks

            run directory: drover-runs/r1
            to go on:      drover resume drover-runs/r1""");
  }

  @Test
  void json_isOneVersionedObject() {
    FailedTask failure = new FailedTask(FakeEnsemble.end(2, Ending.FAILED, 3), SIM, -1);
    assertThat(summary(ExitCode.TASKS_FAILED, new Tally(2, 1, 1, 0, 0, 0), List.of(failure)).json())
        .isEqualTo(
            "{\"drover_json\":1,\"command\":\"run\",\"exit_code\":1,\"run_directory\":\"drover-runs/r1\","
                + "\"tasks\":2,\"succeeded\":1,\"failed\":1,\"dependency_failed\":0,\"cancelled\":0,"
                + "\"left\":0,\"ended_before\":0,\"wall_seconds\":12.5,\"cpu_seconds\":0.0,"
                + "\"first_failures\":[{\"id\":2,\"command\":\"sim\",\"ending\":\"failed\",\"attempt\":1,"
                + "\"exit_code\":3,\"signal\":0,\"host\":\"node03\",\"lost_attempts\":0,"
                + "\"seconds\":1.2504,\"message\":\"\",\"tail\":\"\"}]}");
  }

  @Test
  void jobLog_isGnuParallels_andGoesOnWhereItStopped() throws Exception {
    Path file = directory.resolve("log.tsv");
    try (JobLog log = JobLog.open(file, false)) {
      log.add(FakeEnsemble.end(1, Ending.FAILED, 3), FIT, 1);
    }
    try (JobLog log = JobLog.open(file, true)) {
      log.add(FakeEnsemble.end(2, Ending.SIGNALLED, -1, 9, 1, "", ""), SIM, 2);
    }
    assertThat(Files.readString(file))
        .isEqualTo(
            """
            Seq\tHost\tStarttime\tJobRuntime\tSend\tReceive\tExitval\tSignal\tCommand
            1\tnode03\t1795222609.354\t     1.250\t0\t7\t3\t0\tfrob --x 1 frob 2
            2\tnode03\t1795222609.354\t     1.250\t0\t7\t0\t9\tsim
            """);
  }

  private static Summary summary(ExitCode code, Tally tally, List<FailedTask> failures) {
    return new Summary(
        code,
        tally,
        0,
        Duration.ofMillis(12_500),
        Optional.empty(),
        failures,
        Map.of(),
        Optional.empty(),
        Path.of("drover-runs/r1"));
  }
}
