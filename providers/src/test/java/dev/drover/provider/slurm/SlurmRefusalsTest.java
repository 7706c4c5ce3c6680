package dev.drover.provider.slurm;

import static dev.drover.provider.Transcript.answer;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.drover.headnode.CommandResult;
import dev.drover.job.JobId;
import dev.drover.provider.SchedulerRefusal;
import dev.drover.provider.Transcript;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Submissions: ids, and what each refusal means. */
class SlurmRefusalsTest {
  private static final Transcript ERRORS = Transcript.of("slurm/05-sbatch-errors");
  private static final Transcript ACCOUNTING = Transcript.of("slurm/11-accounting");
  private static final Transcript CLUSTERS = Transcript.of("slurm/22.05.8-clusters");
  private static final Transcript DOWN = Transcript.of("slurm/08-controller-down");
  private static final SlurmDialect DIALECT =
      new SlurmDialect(Duration.ofSeconds(30), Optional.empty());

  private static SchedulerRefusal refusal(CommandResult result) {
    return catchThrowableOfType(SchedulerRefusal.class, () -> DIALECT.parseSubmit(result));
  }

  private static String kind(SchedulerRefusal refusal) {
    return refusal.isPermanent() ? "permanent" : refusal.isUnanswered() ? "unanswered" : "passing";
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '!',
      value = {
        "4711\\n!4711",
        "4711;alpha\\n!4711;alpha",
        "sbatch: lua: welcome\\n4711\\n\\n!4711",
        "4711\\nthank you for flying alpha\\n!4711",
        "Submitted batch job 4711\\n!4711",
        "Submitted batch job 4711 on cluster alpha\\n!4711;alpha"
      })
  void parseSubmit_skipsBannerLines_andReturnsTheJobId(String stdout, String id) throws Exception {
    assertThat(DIALECT.parseSubmit(answer(0, stdout.replace("\\n", "\n"), "")))
        .isEqualTo(new JobId(id));
  }

  @Test
  void parseSubmit_readsRealAnswers() throws Exception {
    assertThat(DIALECT.parseSubmit(CLUSTERS.named("submit"))).isEqualTo(new JobId("1;sim"));
    assertThat(DIALECT.parseSubmit(CLUSTERS.named("submit-plain"))).isEqualTo(new JobId("2"));
    assertThat(DIALECT.parseSubmit(CLUSTERS.named("submit-one-of-two-unknown")))
        .isEqualTo(new JobId("4;sim"));
    assertThat(DIALECT.parseSubmit(ERRORS.named("no-walltime"))).isEqualTo(new JobId("3"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "hello\n", "0\n", "10_3\n"})
  void successWithoutAnId_mayHaveLeftAJob(String stdout) {
    assertThat(kind(refusal(answer(0, stdout, "")))).isEqualTo("unanswered");
  }

  @ParameterizedTest
  @CsvSource({
    "bad-partition, provider.queue",
    "bad-partition-one-of-two, provider.queue",
    "walltime-over, provider.walltime",
    "walltime-over-short, provider.walltime",
    "walltime-bad-format, provider.walltime",
    "walltime-zero, provider.walltime",
    "too-many-nodes, provider.nodes-per-block",
    "too-many-nodes-partition, provider.nodes-per-block",
    "too-many-tasks, provider.nodes-per-block",
    "too-many-cpus-per-task, provider.cores-per-node",
    "too-much-memory, provider.memory-per-node",
    "too-many-gpus, provider.accelerators-per-node",
    "bad-gres, provider.gres",
    "bad-constraint, provider.constraint",
    "bad-reservation, provider.reservation",
    "bad-nodelist, directives.add",
    "bad-license, directives.add",
    "bad-option, directives.add",
    "bad-nodes-value, provider.nodes-per-block",
    "bad-dependency-syntax, directives.add",
    "bad-directive, directives.skip",
    "no-shebang, template.file",
    "dos-script, template.file"
  })
  void whatCanNeverWork_isPermanent_andNamesTheSiteKey(String section, String key) {
    SchedulerRefusal refusal = refusal(ERRORS.named(section));
    assertThat(kind(refusal)).isEqualTo("permanent");
    assertThat(refusal.fix()).contains(key);
  }

  @Test
  void refusalsOfTheAccounting_nameTheSiteKey() {
    assertThat(refusal(ACCOUNTING.named("bad-account")).fix()).contains("provider.account");
    assertThat(kind(refusal(ACCOUNTING.named("bad-account")))).isEqualTo("permanent");
    assertThat(refusal(ACCOUNTING.named("bad-qos")).fix()).contains("provider.qos");
    assertThat(kind(refusal(ACCOUNTING.named("bad-qos")))).isEqualTo("permanent");
    assertThat(refusal(CLUSTERS.named("submit-unknown-cluster")).fix())
        .contains("provider.clusters");
  }

  @Test
  void limitOnQueuedJobs_passes() {
    SchedulerRefusal refusal = refusal(ACCOUNTING.named("limit.4"));
    assertThat(kind(refusal)).isEqualTo("passing");
    assertThat(refusal)
        .hasMessageStartingWith("AssocMaxSubmitJobLimit; Job violates accounting/QOS policy");
    assertThat(refusal.fix()).contains("provider.max-queued-blocks");
  }

  @ParameterizedTest
  @CsvSource({
    "QOSMaxSubmitJobPerUserLimit, passing",
    "AssocGrpSubmitJobsLimit, passing",
    "QOSMaxNodePerJobLimit, permanent",
    "QOSMaxWallDurationPerJobLimit, permanent",
    "SomethingElse, passing"
  })
  void policyLimits_areToldApart(String word, String kind) {
    String stderr =
        "sbatch: error: "
            + word
            + "\nsbatch: error: Batch job submission failed: Job violates accounting/QOS policy"
            + " (job submit limit, user's size and/or time limits)\n";
    assertThat(kind(refusal(answer(1, "", stderr)))).isEqualTo(kind);
  }

  /** A frozen controller took a job whose sbatch had failed. */
  @Test
  void requestThatMayHaveArrived_isUnanswered() {
    assertThat(kind(refusal(DOWN.named("frozen.sbatch")))).isEqualTo("unanswered");
    String reset = "sbatch: error: Batch job submission failed: Connection reset by peer\n";
    assertThat(kind(refusal(answer(1, "", reset)))).isEqualTo("unanswered");
  }

  @Test
  void controllerThatIsAway_passes() {
    SchedulerRefusal refusal = refusal(DOWN.named("down.sbatch"));
    assertThat(kind(refusal)).isEqualTo("passing");
    assertThat(refusal).hasMessage("Unable to contact slurm controller (connect failure)");
    assertThat(kind(refusal(Transcript.of("slurm/10-munge-down").named("down.sbatch"))))
        .isEqualTo("passing");
  }

  @Test
  void missingSbatch_isPermanent() {
    assertThat(kind(refusal(answer(127, "", "sbatch: not found\n")))).isEqualTo("permanent");
  }

  @Test
  void unknownWords_pass_andArePassedOn() {
    SchedulerRefusal refusal =
        refusal(answer(1, "", "sbatch: error: Batch job submission failed: The moon is full\n"));
    assertThat(kind(refusal)).isEqualTo("passing");
    assertThat(refusal).hasMessage("The moon is full");
  }

  @Test
  void test_tellsWhenTheJobWouldStart() throws Exception {
    assertThat(DIALECT.parseTest(CLUSTERS.named("test-only")).words())
        .isEqualTo(
            "Job 5 to start at 2026-11-21T04:18:25 using 2 processors on nodes node[1-2] in"
                + " partition debug");
    assertThat(DIALECT.parseTest(CLUSTERS.named("test-only")).held()).isEmpty();
    assertThatExceptionOfType(SchedulerRefusal.class)
        .isThrownBy(() -> DIALECT.parseTest(ERRORS.named("test-only-bad")))
        .withMessage("Node count specification invalid")
        .matches(SchedulerRefusal::isPermanent);
  }

  @Test
  void cancelOfEndedAndUnknownJobs_isNoRefusal() throws Exception {
    DIALECT.checkCancel(CLUSTERS.named("scancel"));
    assertThatExceptionOfType(SchedulerRefusal.class)
        .isThrownBy(() -> DIALECT.checkCancel(DOWN.named("down.scancel")))
        .withMessageContaining("Unable to contact slurm controller");
  }
}
