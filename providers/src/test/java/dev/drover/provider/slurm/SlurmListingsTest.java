package dev.drover.provider.slurm;

import static dev.drover.provider.Transcript.answer;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.drover.headnode.CommandResult;
import dev.drover.job.JobId;
import dev.drover.job.JobState;
import dev.drover.job.JobStatus;
import dev.drover.provider.SchedulerRefusal;
import dev.drover.provider.Transcript;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Listings and records, real ones and torn ones. */
class SlurmListingsTest {
  private static final Instant NOW = Instant.ofEpochSecond(1000);
  private static final Transcript LISTING = Transcript.of("slurm/22.05.8-listing");
  private static final Transcript CLUSTERS = Transcript.of("slurm/22.05.8-clusters");
  private static final Transcript ACCOUNTING = Transcript.of("slurm/11-accounting");
  private static final Transcript DOWN = Transcript.of("slurm/08-controller-down");
  private static final SlurmDialect DIALECT =
      new SlurmDialect(Duration.ofSeconds(30), Optional.empty());
  private static final SlurmDialect AWAY =
      new SlurmDialect(Duration.ofSeconds(30), Optional.of("sim"));

  private static Map<JobId, JobStatus> listed(String section) throws Exception {
    return DIALECT.parseStatus(LISTING.named(section), NOW);
  }

  private static Map<JobId, JobStatus> parse(String stdout) throws Exception {
    return DIALECT.parseStatus(answer(0, stdout, ""), NOW);
  }

  private static String row(String id, String state, String exit, String reason) {
    return String.join("|#|", id, state, exit, "c", reason, "") + "\n";
  }

  private static JobStatus one(String state, String exit, String reason) throws Exception {
    return parse(row("1", state, exit, reason)).get(new JobId("1"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "completed; 1; COMPLETED; 0; ''",
        "exit-3; 2; FAILED; 3; the job script ended with exit code 3",
        "exit-137; 3; FAILED; 137; the job script ended with exit code 137",
        "signal-9; 4; FAILED; -1; signal 9 killed the script (JobLaunchFailure)",
        "running; 6; RUNNING; -1; ''",
        "held; 7; HELD; -1; JobHeldUser",
        "cancelled-running; 8; CANCELLED; -1; cancelled",
        "cancelled-pending; 9; CANCELLED; -1; cancelled",
        "partition-down; 10; PENDING; -1; PartitionDown",
        "begin-time; 11; PENDING; -1; BeginTime",
        "completing; 13; RUNNING; -1; COMPLETING",
        "suspended; 17; HELD; -1; SUSPENDED",
        "requeued; 18; PENDING; -1; BeginTime",
        "requeued-held; 19; HELD; -1; job requeued in held state",
        "node-fail; 23; FAILED; -1; 'lost with a node: NODE_FAIL, NodeDown'",
        "node-unavailable; 25; PENDING; -1; 'ReqNodeNotAvail, UnavailableNodes:node3'",
      })
  void parseStatus_readsWhatARealSlurmPrints(
      String section, String id, JobState state, int exitCode, String reason) throws Exception {
    OptionalInt code = exitCode < 0 ? OptionalInt.empty() : OptionalInt.of(exitCode);
    assertThat(listed(section).get(new JobId(id)))
        .isEqualTo(new JobStatus(state, NOW, code, reason));
  }

  @Test
  void scriptThatCouldNotStart_isToldAsSuch() throws Exception {
    JobStatus status = listed("output-not-writable").get(new JobId("5"));
    assertThat(status.state()).isEqualTo(JobState.FAILED);
    assertThat(status.exitCode()).isEmpty();
    assertThat(status.reason()).contains("could not start the script", "output files");
  }

  @Test
  void tasksOfArrays_andPartsOfHeterogeneousJobs_areNobodysJobs() throws Exception {
    assertThat(listed("array")).isEmpty();
    assertThat(listed("heterogeneous")).isEmpty();
    assertThat(listed("all"))
        .containsKeys(new JobId("1"), new JobId("19"))
        .allSatisfy((id, status) -> assertThat(id.value()).matches("[0-9]+(;drover)?"));
  }

  @Test
  void forgottenJobs_areNoEntry_andNoError() throws Exception {
    assertThat(listed("some-unknown")).containsOnlyKeys(new JobId("1"), new JobId("1;drover"));
    assertThat(listed("one-unknown")).isEmpty();
    assertThat(listed("all-unknown")).isEmpty();
    assertThat(DIALECT.parseStatus(Transcript.of("slurm/15-purged-jobs").named("squeue-11"), NOW))
        .isEmpty();
  }

  @Test
  void forgottenJob_isToldThroughASitesNoise() throws Exception {
    String noise = "squeue: lua: welcome\nslurm_load_jobs error: Invalid job id specified\n";
    assertThat(DIALECT.parseStatus(answer(1, "", noise), NOW)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "controller-down",
        "controller-frozen",
        "malformed-id",
        "clusters-without-accounting"
      })
  void whatIsNoAnswer_isRefused(String section) {
    assertThatExceptionOfType(SchedulerRefusal.class)
        .isThrownBy(() -> listed(section))
        .matches(refusal -> !refusal.isPermanent());
  }

  @Test
  void lostAuthentication_isRefused() {
    assertThatExceptionOfType(SchedulerRefusal.class)
        .isThrownBy(
            () ->
                DIALECT.parseStatus(Transcript.of("slurm/10-munge-down").named("down.squeue"), NOW))
        .withMessageContaining("Protocol authentication error");
    assertThatExceptionOfType(SchedulerRefusal.class)
        .isThrownBy(() -> DIALECT.parseStatus(DOWN.named("down.squeue"), NOW));
  }

  /** Parsl calls every job COMPLETED at an empty listing; 43 blocks were submitted after one. */
  @Test
  void emptyListing_endsNoJob() throws Exception {
    assertThat(parse("")).isEmpty();
    assertThat(parse("\n\n")).isEmpty();
    assertThat(parse("CLUSTER: alpha\n\nCLUSTER: beta\n")).isEmpty();
  }

  @Test
  void textThatIsNoListing_isRefused() {
    assertThatExceptionOfType(SchedulerRefusal.class)
        .isThrownBy(() -> parse("JOBID PARTITION NAME\n12 debug x\n"))
        .withMessageContaining("no listing");
  }

  /** A line about an unknown id aborts Parsl's whole pass. */
  @Test
  void tornAndStrangeLines_loseNothingElse() throws Exception {
    String listing =
        "Welcome to alpha\n"
            + row("1", "RUNNING", "0", "None")
            + "2|#|RUNNI\n"
            + "3|#|COMPLETED|#|0|#|c|#\n"
            + row("10_3", "COMPLETED", "0", "None")
            + row("10+1", "COMPLETED", "0", "None")
            + row("", "COMPLETED", "0", "None")
            + row("4", "", "0", "None")
            + row("99999999999999999999", "COMPLETED", "0", "None")
            + row("5", "COMPLETED", "garbage", "None")
            + "6|#|COMP";
    assertThat(parse(listing))
        .containsOnlyKeys(new JobId("1"), new JobId("1;c"), new JobId("5"), new JobId("5;c"));
  }

  @ParameterizedTest
  @CsvSource({
    "PENDING, PENDING",
    "REQUEUED, PENDING",
    "REQUEUE_FED, PENDING",
    "CONFIGURING, PENDING",
    "POWER_UP_NODE, PENDING",
    "RUNNING, RUNNING",
    "COMPLETING, RUNNING",
    "STAGE_OUT, RUNNING",
    "RESIZING, RUNNING",
    "SIGNALING, RUNNING",
    "SUSPENDED, HELD",
    "STOPPED, HELD",
    "REQUEUE_HOLD, HELD",
    "SPECIAL_EXIT, HELD",
    "RESV_DEL_HOLD, HELD",
    "COMPLETED, COMPLETED",
    "FAILED, FAILED",
    "NODE_FAIL, FAILED",
    "BOOT_FAIL, FAILED",
    "OUT_OF_MEMORY, FAILED",
    "TIMEOUT, TIMED_OUT",
    "DEADLINE, TIMED_OUT",
    "PREEMPTED, PREEMPTED",
    "CANCELLED, CANCELLED",
    "CANCELLED+, CANCELLED",
    "REVOKED, UNKNOWN",
    "EXCITED, UNKNOWN"
  })
  void everyStateOfSlurm_hasItsMeaning(String word, JobState state) throws Exception {
    assertThat(one(word, "0", "None").state()).isEqualTo(state);
  }

  @Test
  void unknownWord_isPassedOn() throws Exception {
    assertThat(one("EXCITED", "0", "None").reason()).isEqualTo("Slurm says EXCITED");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"JobHeldUser", "JobHeldAdmin", "launch failed requeued held", "JobHoldMaxRequeue"})
  void jobThatSomebodyMustRelease_isHeld_withTheReason(String reason) throws Exception {
    JobStatus status = one("PENDING", "0", reason);
    assertThat(status.state()).isEqualTo(JobState.HELD);
    assertThat(status.reason()).isEqualTo(reason);
  }

  @ParameterizedTest
  @CsvSource({
    "PartitionTimeLimit, provider.walltime",
    "QOSMaxWallDurationPerJobLimit, provider.walltime",
    "PartitionNodeLimit, provider.nodes-per-block",
    "QOSMaxNodePerJobLimit, provider.nodes-per-block",
    "BadConstraints, provider.constraint",
    "PartitionConfig, provider.cores-per-node",
    "AssocMaxCpuPerJobLimit, provider.cores-per-node",
    "InvalidAccount, provider.account",
    "InvalidQOS, provider.qos",
    "ReservationDeleted, provider.reservation",
    "DependencyNeverSatisfied, directives.add"
  })
  void jobThatCanNeverRun_isPending_andSaysSo(String reason, String key) throws Exception {
    JobStatus status = one("PENDING", "0", reason);
    assertThat(status.state()).isEqualTo(JobState.PENDING);
    assertThat(status.reason()).startsWith(reason).contains("can never run", key);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Priority",
        "Resources",
        "AssocMaxJobsLimit",
        "QOSMaxJobsPerUserLimit",
        "AssocGrpCpuLimit",
        "Nodes required for job are DOWN, DRAINED or reserved for jobs in higher priority partitions"
      })
  void jobThatWaitsItsTurn_isPending_withTheReasonAlone(String reason) throws Exception {
    assertThat(one("PENDING", "0", reason).reason()).isEqualTo(reason);
  }

  @Test
  void outOfMemory_hasNoCodeOfItsOwn() throws Exception {
    JobStatus status = one("OUT_OF_MEMORY", "32000", "OutOfMemory");
    assertThat(status.exitCode()).hasValue(125);
    assertThat(status.reason()).contains("memory");
  }

  @Test
  void find_takesTheNewestThatHasNotEnded() throws Exception {
    assertThat(AWAY.parseFind(CLUSTERS.named("squeue-find"), "wrap")).hasValue(new JobId("3;sim"));
    assertThat(DIALECT.parseFind(CLUSTERS.named("squeue-find"), "wrap")).hasValue(new JobId("3"));
    assertThat(DIALECT.parseFind(LISTING.named("find-by-name"), "wrap")).hasValue(new JobId("25"));
  }

  @Test
  void find_takesTheNewest_whenAllHaveEnded() throws Exception {
    String listing = row("9", "FAILED", "0", "") + row("11", "CANCELLED", "0", "");
    assertThat(DIALECT.parseFind(answer(0, listing, ""), "wrap")).hasValue(new JobId("11"));
  }

  @Test
  void find_tellsNoneFromNoAnswer() throws Exception {
    assertThat(DIALECT.parseFind(LISTING.named("find-none"), "no-such-name")).isEmpty();
    assertThatExceptionOfType(SchedulerRefusal.class)
        .isThrownBy(() -> DIALECT.parseFind(LISTING.named("controller-frozen"), "wrap"));
  }

  @Test
  void jobOnAnotherCluster_isKnownByBothItsIds() throws Exception {
    Map<JobId, JobStatus> seen = AWAY.parseStatus(CLUSTERS.named("squeue"), NOW);
    assertThat(seen.get(new JobId("1;sim")).exitCode()).hasValue(3);
    assertThat(seen.get(new JobId("2;sim")).state()).isEqualTo(JobState.RUNNING);
    assertThat(seen.get(new JobId("3;sim")).state()).isEqualTo(JobState.HELD);
    assertThat(seen.get(new JobId("1"))).isEqualTo(seen.get(new JobId("1;sim")));
    assertThat(AWAY.parseStatus(CLUSTERS.named("squeue-unknown-cluster"), NOW))
        .containsKey(new JobId("1;sim"));
    assertThat(AWAY.parseStatus(CLUSTERS.named("squeue-one-unknown-job"), NOW)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "sacct-X.completed; 6; COMPLETED; 0; ''",
        "sacct-X.failed; 7; FAILED; 3; the job script ended with exit code 3",
        "sacct-X.signalled; 8; FAILED; -1; signal 9 killed the script",
        "sacct-X.cancelled; 9; CANCELLED; -1; cancelled by user id 0",
        "sacct-X.nodefail; 11; FAILED; -1; 'lost with a node: NODE_FAIL'",
        "sacct-X.timeout; 13; TIMED_OUT; -1; ended at its walltime",
      })
  void parseHistory_readsTheEnds(
      String section, String id, JobState state, int exitCode, String reason) throws Exception {
    OptionalInt code = exitCode < 0 ? OptionalInt.empty() : OptionalInt.of(exitCode);
    assertThat(DIALECT.parseHistory(ACCOUNTING.named(section), NOW))
        .containsEntry(new JobId(id), new JobStatus(state, NOW, code, reason));
  }

  @Test
  void parseHistory_countsEndsOnly() throws Exception {
    assertThat(DIALECT.parseHistory(ACCOUNTING.named("sacct-X.running"), NOW)).isEmpty();
    assertThat(DIALECT.parseHistory(ACCOUNTING.named("sacct-X.requeued"), NOW)).isEmpty();
    assertThat(DIALECT.parseHistory(ACCOUNTING.named("sacct-0s"), NOW)).isEmpty();
    assertThat(DIALECT.parseHistory(ACCOUNTING.named("sacct-X.array"), NOW)).isEmpty();
    assertThat(AWAY.parseHistory(CLUSTERS.named("sacct"), NOW))
        .containsOnlyKeys(new JobId("1"), new JobId("1;sim"), new JobId("2"), new JobId("2;sim"));
  }

  @Test
  void stepsInTheRecords_areNobodysJobs() throws Exception {
    assertThat(DIALECT.parseHistory(ACCOUNTING.named("sacct-parsable2"), NOW).keySet())
        .contains(new JobId("7"))
        .allSatisfy(id -> assertThat(id.value()).matches("[0-9]+"));
  }

  @Test
  void recordsThatTheSiteDoesNotKeep_areAnEmptyAnswer() throws Exception {
    assertThat(DIALECT.parseHistory(LISTING.named("sacct-disabled"), NOW)).isEmpty();
  }

  @Test
  void recordsThatCannotBeAsked_areRefused() {
    CommandResult down = answer(1, "", "sacct: error: Problem talking to the database: x\n");
    assertThatExceptionOfType(SchedulerRefusal.class)
        .isThrownBy(() -> DIALECT.parseHistory(down, NOW));
  }
}
