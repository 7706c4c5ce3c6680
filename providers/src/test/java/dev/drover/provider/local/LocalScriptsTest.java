package dev.drover.provider.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.drover.headnode.Command;
import dev.drover.headnode.CommandResult;
import dev.drover.headnode.LocalHeadNode;
import dev.drover.headnode.SkipAloud;
import dev.drover.job.JobId;
import dev.drover.job.JobSpec;
import dev.drover.job.JobState;
import dev.drover.job.JobStatus;
import dev.drover.job.ResourceSpec;
import dev.drover.provider.SchedulerRefusal;
import dev.drover.provider.SubmittedJob;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

/** The dialect alone: its scripts as text, and its reading of answers. */
class LocalScriptsTest {
  private static final LocalDialect DIALECT =
      new LocalDialect(Duration.ofSeconds(30), Duration.ofSeconds(10));
  private static final Path DIRECTORY = Path.of("/run/b 1");
  private static final JobId JOB = new JobId("4711-99");

  private static CommandResult answer(int exitCode, String stdout) {
    return new CommandResult(exitCode, stdout, "", Duration.ZERO, false);
  }

  @Test
  void commands_carryValuesAsArgumentsOnly() {
    JobSpec spec =
        new JobSpec("b", DIRECTORY, List.of("true"), ResourceSpec.ofNodes(1), Map.of(), "");
    List<SubmittedJob> jobs =
        List.of(
            new SubmittedJob(JOB, Optional.of(DIRECTORY)),
            new SubmittedJob(new JobId("12-3"), Optional.empty()));
    List<String> submit = DIALECT.submit(spec).argv();
    List<String> cancel = DIALECT.cancel(jobs).argv();
    assertThat(submit.subList(3, submit.size()))
        .containsExactly("drover-submit", "/run/b 1", "/run/b 1/submit.sh");
    List<String> status = DIALECT.status(jobs).argv();
    assertThat(status.subList(3, status.size()))
        .containsExactly("drover-status", "4711-99", "/run/b 1", "12-3", "");
    assertThat(cancel.subList(5, cancel.size()))
        .containsExactly("10", "4711-99", "/run/b 1", "12-3", "");
  }

  @Test
  void parseStatus_readsEachLine_andSkipsWhatIsNone() throws Exception {
    Instant now = Instant.EPOCH;
    String lines =
        "a banner line\n1-1 running\n2-1 ended 0\n3-1 ended 9\n4-1 ended -\n5-1 cancelled 0\n6-1 cancelled -\n7-1 ended 143\n";
    Map<JobId, JobStatus> seen = DIALECT.parseStatus(answer(0, lines), now);
    assertThat(seen).hasSize(7);
    assertThat(seen.get(new JobId("1-1"))).isEqualTo(JobStatus.of(JobState.RUNNING, now));
    assertThat(seen.get(new JobId("2-1"))).isEqualTo(JobStatus.ofExitCode(0, now));
    assertThat(seen.get(new JobId("3-1"))).isEqualTo(JobStatus.ofExitCode(9, now));
    assertThat(seen.get(new JobId("4-1")))
        .isEqualTo(
            new JobStatus(
                JobState.FAILED,
                now,
                OptionalInt.empty(),
                "killed without writing an exit code (kill -9 or out of memory?)"));
    assertThat(seen.get(new JobId("5-1")))
        .isEqualTo(
            new JobStatus(JobState.CANCELLED, now, OptionalInt.of(0), "cancelled by Drover"));
    assertThat(seen.get(new JobId("6-1")).state()).isEqualTo(JobState.CANCELLED);
    assertThat(seen.get(new JobId("7-1")).state()).isEqualTo(JobState.CANCELLED);
  }

  @Test
  void parse_refusesAFailedCommand() {
    assertThatExceptionOfType(SchedulerRefusal.class)
        .isThrownBy(() -> DIALECT.parseStatus(answer(2, ""), Instant.EPOCH));
    assertThatExceptionOfType(SchedulerRefusal.class)
        .isThrownBy(() -> DIALECT.parseSubmit(answer(127, "")));
    assertThatExceptionOfType(SchedulerRefusal.class)
        .isThrownBy(() -> DIALECT.parseSubmit(answer(0, "Submitted 12")));
    assertThatExceptionOfType(SchedulerRefusal.class)
        .isThrownBy(() -> DIALECT.checkCancel(answer(1, "")));
  }

  @Test
  void scripts_pleaseShellCheck() throws Exception {
    LocalHeadNode headNode = new LocalHeadNode();
    Duration timeout = Duration.ofSeconds(60);
    boolean present =
        headNode.run(Command.of(timeout, List.of("shellcheck", "--version"))).succeeded();
    SkipAloud.unless(present, "shellcheck is not installed, so the scripts were not checked by it");
    List<SubmittedJob> jobs = List.of(new SubmittedJob(JOB, Optional.of(DIRECTORY)));
    JobSpec spec =
        new JobSpec("b", DIRECTORY, List.of("true"), ResourceSpec.ofNodes(1), Map.of(), "");
    List<String> cancel = DIALECT.cancel(jobs).argv();
    for (String script :
        List.of(
            DIALECT.submit(spec).argv().get(2),
            DIALECT.status(jobs).argv().get(2),
            cancel.get(2),
            cancel.get(4))) {
      CommandResult result =
          headNode.run(
              new Command(List.of("shellcheck", "--shell=sh", "-"), timeout, Optional.of(script)));
      assertThat(result.exitCode()).as(result.stdout()).isZero();
    }
  }
}
