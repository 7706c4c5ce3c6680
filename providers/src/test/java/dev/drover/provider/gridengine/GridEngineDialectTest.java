package dev.drover.provider.gridengine;

import static dev.drover.provider.Transcript.answer;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.api.Assertions.assertThrows;

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
import dev.drover.provider.Transcript;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The dialect against what Son of Grid Engine 8.1.9 printed. */
class GridEngineDialectTest {
  private static final Duration TIMEOUT = Duration.ofSeconds(30);
  private static final GridEngineDialect DIALECT = new GridEngineDialect(TIMEOUT);
  private static final Instant NOW = Instant.parse("2026-11-21T04:00:00Z");
  private static final JobSpec SPEC =
      new JobSpec(
          "b-0007",
          Path.of("/scratch/u/b 7"),
          List.of("true"),
          ResourceSpec.ofNodes(1),
          Map.of(),
          "");

  private static CommandResult transcript(String name) {
    return Transcript.of("gridengine/" + name).to("");
  }

  private static Map<JobId, JobStatus> status(String name) throws Exception {
    return DIALECT.parseStatus(transcript(name), NOW);
  }

  private static JobStatus status(String name, int id) throws Exception {
    return status(name).get(id(id));
  }

  private static JobId id(int number) {
    return new JobId(Integer.toString(number));
  }

  /** The one end that a history tells. */
  private static JobStatus end(String name) throws Exception {
    Map<JobId, JobStatus> ends = DIALECT.parseHistory(transcript(name), NOW);
    assertThat(ends).hasSize(1);
    return ends.values().iterator().next();
  }

  @Test
  void submit_isOneCommand_withoutAShell() {
    assertThat(DIALECT.submit(SPEC))
        .isEqualTo(Command.of(TIMEOUT, List.of("qsub", "-terse", "/scratch/u/b 7/submit.sh")));
  }

  @Test
  void parseSubmit_readsTheId_belowASitesGreeting() throws Exception {
    assertThat(DIALECT.parseSubmit(transcript("submit"))).isEqualTo(id(1));
    assertThat(DIALECT.parseSubmit(answer(0, "Welcome to 2026\n\n 4711\n", "")))
        .isEqualTo(id(4711));
  }

  @Test
  void parseSubmit_withoutAnId_isUnanswered_sinceTheJobMayBeThere() {
    SchedulerRefusal refusal =
        assertThrows(
            SchedulerRefusal.class,
            () -> DIALECT.parseSubmit(answer(0, "Your job has been submitted\n", "")));
    assertThat(refusal.isUnanswered()).isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "refused-unknown-queue, 'unknown queue \"nosuch\"', provider.queue",
    "refused-unknown-parallel-environment, '\"nosuch\" does not exist', provider.parallel-environment",
    "refused-unknown-project, '\"nosuch\" does not exist', provider.account",
    "refused-unknown-reservation, 'id 77 is invalid', provider.reservation",
    "refused-unknown-resource, 'unknown resource \"gpu\"', directives.skip",
    "refused-no-suitable-queue, no suitable queues, provider.walltime",
    "refused-no-time-value, is not a time value, directives.add",
    "refused-invalid-option, invalid option argument, directives.add",
    "refused-no-submit-host, is not a submit host, qconf -ss",
    "refused-no-access-to-project, no access to project, provider.account",
    "refused-user, is not allowed to submit jobs, ask the site",
    "test-unsuitable, no suitable queues, provider.walltime"
  })
  void refusalThatStays_isPermanent_andNamesTheKey(String name, String reason, String fix)
      throws Exception {
    CommandResult result = transcript(name);
    SchedulerRefusal refusal =
        assertThrows(SchedulerRefusal.class, () -> DIALECT.parseSubmit(result));
    assertThat(refusal.isPermanent()).isTrue();
    assertThat(refusal).hasMessageContaining(reason);
    assertThat(refusal.getMessage()).doesNotContain("Exiting").doesNotContain("\n");
    assertThat(refusal.fix()).contains(fix);
  }

  @ParameterizedTest
  @CsvSource({
    "refused-user-limit, provider.max-queued-blocks",
    "refused-cluster-limit, provider.max-blocks",
    "down-submit, qmaster",
    "no-root, SGE_ROOT",
    "refused-no-script, stderr"
  })
  void refusalThatPasses_isNeitherPermanentNorUnanswered(String name, String fix) throws Exception {
    CommandResult result = transcript(name);
    SchedulerRefusal refusal =
        assertThrows(SchedulerRefusal.class, () -> DIALECT.parseSubmit(result));
    assertThat(refusal.isPermanent()).isFalse();
    assertThat(refusal.isUnanswered()).isFalse();
    assertThat(refusal.fix()).contains(fix);
  }

  @Test
  void connectionThatBrokeInMidSubmit_isUnanswered() throws Exception {
    CommandResult broken = transcript("broken-submit");
    SchedulerRefusal refusal =
        assertThrows(SchedulerRefusal.class, () -> DIALECT.parseSubmit(broken));
    assertThat(refusal.isUnanswered()).isTrue();
  }

  @Test
  void commandThatIsNotThere_isPermanent() {
    SchedulerRefusal refusal =
        assertThrows(SchedulerRefusal.class, () -> DIALECT.parseSubmit(answer(127, "", "")));
    assertThat(refusal.isPermanent()).isTrue();
    assertThat(refusal.fix()).contains("PATH");
  }

  @Test
  void status_readsEachJobOfOneListing_withWholeNames() throws Exception {
    Map<JobId, JobStatus> seen = status("status-many");
    assertThat(seen).hasSize(8);
    assertThat(seen.get(id(1))).isEqualTo(JobStatus.of(JobState.RUNNING, NOW));
    assertThat(seen.get(id(13)).state()).isEqualTo(JobState.HELD);
    assertThat(seen.get(id(13)).reason()).isEqualTo("suspended (s)");
    assertThat(seen.get(id(14))).isEqualTo(JobStatus.of(JobState.PENDING, NOW));
    assertThat(seen.get(id(15)).reason()).isEqualTo("on hold (hqw)");
    assertThat(seen.get(id(16))).isEqualTo(JobStatus.of(JobState.PENDING, NOW));
  }

  @Test
  void errorState_isHeld_withItsReason_neverFailed() throws Exception {
    JobStatus shell = status("status-many", 17);
    assertThat(shell.state()).isEqualTo(JobState.HELD);
    assertThat(shell.reason())
        .startsWith("in error state Eqw: ")
        .contains("unable to find shell \"/no/such/shell\"; mend it and say qmod -cj 17");
    assertThat(status("status-many", 18).reason()).contains("No such file or directory");
  }

  /** Parsl calls the letter t, which a starting job shows, a failure. */
  @Test
  void transferring_isStarting_notFailed() throws Exception {
    assertThat(status("status-transferring", 20)).isEqualTo(JobStatus.of(JobState.RUNNING, NOW));
  }

  /** Parsl calls every letter d completed, while the job runs on. */
  @Test
  void deleting_isStillRunning() throws Exception {
    JobStatus deleting = status("status-deleting", 1);
    assertThat(deleting.state()).isEqualTo(JobState.RUNNING);
    assertThat(deleting.reason()).isEqualTo("being deleted (dr)");
  }

  @Test
  void requeuedAndOnHold_isHeld_andASuspendedQueueSuspendsItsJobs() throws Exception {
    assertThat(status("status-held-again", 14).reason()).isEqualTo("on hold (hRq)");
    assertThat(status("status-queue-suspended", 1).reason()).isEqualTo("suspended (S)");
  }

  @ParameterizedTest
  @CsvSource({
    "r, RUNNING",
    "t, RUNNING",
    "hr, RUNNING",
    "Rr, RUNNING",
    "Rt, RUNNING",
    "qw, PENDING",
    "Rq, PENDING",
    "hqw, HELD",
    "hRwq, HELD",
    "Eqw, HELD",
    "Ehqw, HELD",
    "EhRqw, HELD",
    "s, HELD",
    "ts, HELD",
    "S, HELD",
    "tS, HELD",
    "T, HELD",
    "tT, HELD",
    "RS, HELD",
    "dr, RUNNING",
    "dt, RUNNING",
    "dRr, RUNNING",
    "ds, RUNNING",
    "dS, RUNNING",
    "x, UNKNOWN"
  })
  void everyStateOfTheManual_hasItsMeaning(String letters, JobState state) {
    assertThat(new Qstat("5", "b", letters).status(Map.of(), NOW))
        .hasValueSatisfying(status -> assertThat(status.state()).isEqualTo(state));
  }

  /** What has ended is no outcome: the records tell. */
  @Test
  void absentOrEnded_hasNoEntry() throws Exception {
    assertThat(status("status-none")).isEmpty();
    assertThat(status("status-ended-listed")).doesNotContainKey(id(21)).doesNotContainKey(id(22));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "slurm_load_jobs error",
        "<?xml version='1.0'?>\n<job_info><queue_info>",
        "<unknown_jobs><ST_name>5</ST_name></unknown_jobs>",
        "<!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/passwd'>]><job_info>&e;</job_info>",
        "<job_info><job_list><JB_name>b</JB_name><state>r</state></job_list></job_info>"
      })
  void textThatIsNoListing_isRefused(String text) {
    assertThatExceptionOfType(SchedulerRefusal.class)
        .isThrownBy(() -> DIALECT.parseStatus(answer(0, text, ""), NOW))
        .withMessageStartingWith("qstat printed no listing (");
  }

  @ParameterizedTest
  @ValueSource(strings = {"down-status", "down-find"})
  void outage_isRefused_withItsMend(String name) throws Exception {
    CommandResult down = transcript(name);
    SchedulerRefusal status =
        assertThrows(SchedulerRefusal.class, () -> DIALECT.parseStatus(down, NOW));
    assertThat(status).hasMessageContaining("Connection refused");
    assertThat(status.fix()).contains("qmaster").contains("provider.command-timeout");
    assertThrows(SchedulerRefusal.class, () -> DIALECT.parseFind(down, "b-0007"));
  }

  @Test
  void history_tellsExitCodes() throws Exception {
    assertThat(end("history-zero")).isEqualTo(JobStatus.ofExitCode(0, NOW));
    assertThat(end("history-three")).isEqualTo(JobStatus.ofExitCode(3, NOW));
    assertThat(DIALECT.parseHistory(transcript("history-many"), NOW)).hasSize(2);
    assertThat(DIALECT.parseHistory(transcript("history-unknown"), NOW)).isEmpty();
  }

  @Test
  void walltimeOverrun_isTimedOut() throws Exception {
    assertThat(end("history-over"))
        .isEqualTo(
            new JobStatus(
                JobState.TIMED_OUT, NOW, OptionalInt.of(137), "ended at its walltime (h_rt)"));
  }

  /** Grid Engine has one code for three limits. */
  @Test
  void limitBeforeTheWalltime_isFailed() throws Exception {
    JobStatus end = end("history-cpu");
    assertThat(end.state()).isEqualTo(JobState.FAILED);
  }

  @Test
  void kill9_isFailed_andSaysWhatItMayHaveBeen() throws Exception {
    JobStatus end = end("history-kill9");
    assertThat(end.state()).isEqualTo(JobState.FAILED);
    assertThat(end.exitCode()).hasValue(137);
    assertThat(end.reason())
        .startsWith("failed 100: assumedly after job, killed by SIGKILL")
        .contains("qdel")
        .contains("memory");
    assertThat(end("history-soft").reason()).contains("SIGUSR1").contains("s_rt");
    assertThat(end("history-term").reason()).contains("ended by signal 15");
  }

  @Test
  void cancelledJobs_areCancelled_withARecordOrWithout() throws Exception {
    Map<JobId, JobStatus> ends = DIALECT.parseHistory(transcript("history-cancelled"), NOW);
    assertThat(ends).hasSize(2);
    assertThat(ends.values())
        .allSatisfy(
            end -> {
              assertThat(end.state()).isEqualTo(JobState.CANCELLED);
              assertThat(end.reason()).isEqualTo("cancelled by Drover");
            });
  }

  /** Exit code 99 sends a job back to the queue, though -r n was said. */
  @Test
  void recordOfAJobThatWentBackToTheQueue_isNoEnd() throws Exception {
    assertThat(DIALECT.parseHistory(transcript("history-99"), NOW)).isEmpty();
  }

  @Test
  void recordOfAnEarlierJobOfTheSameNumber_isPassedOver() throws Exception {
    String mine = transcript("history-three").stdout();
    assertThat(mine).contains("=== drover: name 22 e-three\n");
    assertThat(DIALECT.parseHistory(answer(0, mine, ""), NOW)).containsOnlyKeys(id(22));
    String earlier = mine.replace("drover: name 22 e-three", "drover: name 22 b-0007");
    assertThat(DIALECT.parseHistory(answer(0, earlier, ""), NOW)).isEmpty();
  }

  @Test
  void qacctReadsAListOfIdsAsItsFirst_soEachJobIsAskedForByItself() throws Exception {
    assertThat(DIALECT.parseHistory(transcript("history-list-reads-the-first-only"), NOW))
        .hasSize(1);
    List<String> argv =
        DIALECT
            .history(
                List.of(
                    new SubmittedJob(id(7), Optional.of(Path.of("/scratch/b 7"))),
                    new SubmittedJob(new JobId("-f/etc/passwd"), Optional.empty()),
                    new SubmittedJob(id(8), Optional.empty())))
            .orElseThrow()
            .argv();
    assertThat(argv.subList(3, argv.size()))
        .containsExactly("drover-history", "7", "/scratch/b 7", "8", "");
  }

  @Test
  void cancel_namesIdsAndDirectories_andStrangeIdsToNobody() throws Exception {
    List<String> argv =
        DIALECT
            .cancel(
                List.of(
                    new SubmittedJob(id(7), Optional.of(Path.of("/scratch/b 7"))),
                    new SubmittedJob(new JobId("*"), Optional.empty())))
            .argv();
    assertThat(argv.subList(3, argv.size()))
        .containsExactly("drover-cancel", "1", "7", "/scratch/b 7");
  }

  @ParameterizedTest
  @ValueSource(strings = {"cancel-granted", "cancel-again", "cancel-unknown"})
  void jobThatHasEndedOrIsBeingDeleted_isNoRefusalOfACancel(String name) throws Exception {
    DIALECT.checkCancel(transcript(name));
  }

  @Test
  void cancelOfAnothersJob_orInAnOutage_isRefused() throws Exception {
    CommandResult denied = transcript("cancel-denied");
    assertThatExceptionOfType(SchedulerRefusal.class)
        .isThrownBy(() -> DIALECT.checkCancel(denied))
        .withMessageContaining("necessary privileges");
    CommandResult down = transcript("down-cancel");
    assertThatExceptionOfType(SchedulerRefusal.class)
        .isThrownBy(() -> DIALECT.checkCancel(down))
        .withMessageContaining("Connection refused");
  }

  @Test
  void find_prefersTheLivingJob_thenTheRecords() throws Exception {
    assertThat(DIALECT.parseFind(transcript("find-alive"), "b-wide")).hasValue(id(16));
    assertThat(DIALECT.parseFind(transcript("find-alive"), "b-wid")).isEmpty();
    assertThat(DIALECT.parseFind(transcript("find-ended"), "e-three")).hasValue(id(22));
    assertThat(DIALECT.parseFind(transcript("find-none"), "b-none")).isEmpty();
  }

  @Test
  void test_tellsGridEnginesWords() throws Exception {
    assertThat(DIALECT.parseTest(transcript("test-suitable")).words())
        .isEqualTo("verification: found suitable queue(s)");
  }

  @Test
  void scripts_pleaseShellCheck() throws Exception {
    LocalHeadNode headNode = new LocalHeadNode();
    boolean present =
        headNode.run(Command.of(TIMEOUT, List.of("shellcheck", "--version"))).succeeded();
    SkipAloud.unless(present, "shellcheck is not installed, so the scripts were not checked by it");
    List<SubmittedJob> jobs = List.of(new SubmittedJob(id(7), Optional.empty()));
    for (Command command :
        List.of(
            DIALECT.status(jobs),
            DIALECT.find("b").orElseThrow(),
            DIALECT.history(jobs).orElseThrow(),
            DIALECT.cancel(jobs))) {
      CommandResult result =
          headNode.run(
              new Command(
                  List.of("shellcheck", "--shell=sh", "-"),
                  TIMEOUT,
                  Optional.of(command.argv().get(2))));
      assertThat(result.exitCode()).as(result.stdout()).isZero();
    }
    assertThat(
            headNode
                .run(Command.of(TIMEOUT, List.of("shellcheck", "src/test/clusters/gridengine")))
                .exitCode())
        .isZero();
  }
}
