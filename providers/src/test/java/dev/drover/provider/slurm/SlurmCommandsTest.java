package dev.drover.provider.slurm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.headnode.Command;
import dev.drover.job.JobId;
import dev.drover.job.JobSpec;
import dev.drover.job.ResourceSpec;
import dev.drover.provider.SubmittedJob;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The argv of each command, here and with clusters. */
class SlurmCommandsTest {
  private static final Duration TIMEOUT = Duration.ofSeconds(30);
  private static final SlurmDialect HERE = new SlurmDialect(TIMEOUT, Optional.empty());
  private static final SlurmDialect AWAY = new SlurmDialect(TIMEOUT, Optional.of("alpha,beta"));
  private static final JobSpec SPEC =
      new JobSpec(
          "b-1", Path.of("/run/b 1"), List.of("true"), ResourceSpec.ofNodes(1), Map.of(), "");
  private static final String FORMAT =
      "--Format=JobArrayID:|#|,State:|#|,exit_code:|#|,Cluster:|#|,Reason:|#|";
  private static final List<String> AS_WRITTEN =
      List.of("sh", "-c", "unset $(env | grep -o \"^SBATCH_[A-Z0-9_]*\"); exec \"$@\"", "sh");
  private static final String RECORD = "--format=JobID,State,ExitCode,Cluster";

  private static List<SubmittedJob> jobs(String... ids) {
    return Stream.of(ids).map(id -> new SubmittedJob(new JobId(id), Optional.empty())).toList();
  }

  /** The command without what takes a user's own filters and options away. */
  private static List<String> argv(Command command) {
    assertThat(command.timeout()).isEqualTo(TIMEOUT);
    List<String> argv = command.argv();
    if (argv.contains("sbatch")) {
      assertThat(argv.subList(0, argv.indexOf("sbatch"))).isEqualTo(AS_WRITTEN);
      return argv.subList(argv.indexOf("sbatch"), argv.size());
    }
    return argv.stream()
        .filter(word -> !word.equals("env") && !word.startsWith("--unset="))
        .toList();
  }

  @Test
  void submit_printsTheIdAlone() {
    assertThat(argv(HERE.submit(SPEC)))
        .containsExactly("sbatch", "--parsable", "/run/b 1/submit.sh");
  }

  @Test
  void test_submitsNothing() {
    assertThat(argv(HERE.test(SPEC).orElseThrow()))
        .containsExactly("sbatch", "--test-only", "/run/b 1/submit.sh");
  }

  @Test
  void status_isOneQueryForAll_endedJobsToo() {
    assertThat(argv(HERE.status(jobs("1", "22", "333"))))
        .containsExactly("squeue", "--noheader", "--states=all", FORMAT, "--jobs=1,22,333");
  }

  @Test
  void status_isNotNarrowedByTheUsersEnvironment() {
    assertThat(HERE.status(jobs("1")).argv())
        .startsWith("env")
        .contains("--unset=SQUEUE_PARTITION", "--unset=SQUEUE_ACCOUNT", "--unset=SQUEUE_USERS");
  }

  @Test
  void history_asksTheAllocationsOnly() {
    assertThat(argv(HERE.history(jobs("1", "2")).orElseThrow()))
        .containsExactly(
            "sacct", "--noheader", "--allocations", "--parsable2", RECORD, "--jobs=1,2");
  }

  @Test
  void find_asksForTheUsersOwnJobsOfThatName() {
    assertThat(argv(HERE.find("b-1").orElseThrow()))
        .containsExactly("squeue", "--noheader", "--states=all", FORMAT, "--me", "--name=b-1");
  }

  @Test
  void cancel_isOneCommandForAll() {
    assertThat(argv(HERE.cancel(jobs("1", "2")))).containsExactly("scancel", "1", "2");
  }

  @Test
  void everyCommand_namesTheClusters() {
    List<Command> commands =
        List.of(
            AWAY.submit(SPEC),
            AWAY.test(SPEC).orElseThrow(),
            AWAY.status(jobs("1;alpha")),
            AWAY.history(jobs("1;alpha")).orElseThrow(),
            AWAY.find("b-1").orElseThrow(),
            AWAY.cancel(jobs("1")));
    assertThat(commands)
        .allSatisfy(command -> assertThat(command.argv()).contains("--clusters=alpha,beta"));
  }

  @Test
  void idsWithTheirCluster_areAskedForThere_whenTheSiteNamesNone() {
    assertThat(argv(HERE.status(jobs("1;beta", "2;alpha", "3;beta"))))
        .endsWith("--clusters=alpha,beta", "--jobs=1,2,3");
    assertThat(argv(HERE.history(jobs("1;beta")).orElseThrow()))
        .endsWith("--clusters=beta", "--jobs=1");
  }

  @Test
  void cancel_tellsEachClusterOfItsOwnJobsAlone() {
    assertThat(argv(AWAY.cancel(jobs("1;alpha", "2;alpha"))))
        .containsExactly("scancel", "--clusters=alpha", "1", "2");
    assertThat(argv(AWAY.cancel(jobs("1;alpha", "2;beta"))))
        .containsExactly(
            "sh",
            "-c",
            "code=0; scancel '--clusters=alpha' 1 || code=$?; "
                + "scancel '--clusters=beta' 2 || code=$?; exit $code");
  }

  @Test
  void idsThatAreNone_spoilNoQuery() {
    List<SubmittedJob> odd = jobs("7", "nope", "10_3", "10+1", "0", "4294967295", "-1", "$(id)");
    assertThat(argv(HERE.status(odd))).endsWith("--jobs=7");
    assertThat(argv(HERE.cancel(odd))).containsExactly("scancel", "7");
    List<SubmittedJob> none = jobs("nope");
    assertThat(argv(HERE.status(none))).containsExactly("true");
    assertThat(HERE.history(none).orElseThrow().argv()).containsExactly("true");
    assertThat(HERE.cancel(none).argv()).containsExactly("sh", "-c", "code=0; exit $code");
  }
}
