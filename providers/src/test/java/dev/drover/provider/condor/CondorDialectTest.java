package dev.drover.provider.condor;

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

/** The dialect against what HTCondor's manual says that it prints. */
class CondorDialectTest {
  private static final Duration TIMEOUT = Duration.ofSeconds(30);
  private static final CondorDialect DIALECT = new CondorDialect(TIMEOUT);
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
    return Transcript.of("condor/synthetic-" + name).to("");
  }

  private static JobId id(String id) {
    return new JobId(id);
  }

  private static SubmittedJob job(String id) {
    return new SubmittedJob(id(id), Optional.empty());
  }

  @Test
  void submit_readsTheDescriptionFromTheScriptsHead() {
    List<String> argv = DIALECT.submit(SPEC).argv();
    assertThat(argv.subList(0, 2)).containsExactly("sh", "-c");
    assertThat(argv.get(2)).contains("s/^#CONDOR //p").contains("condor_submit -terse");
    assertThat(argv.subList(3, argv.size()))
        .containsExactly("drover-submit", "/scratch/u/b 7/submit.sh");
  }

  @Test
  void parseSubmit_readsTheId_withAWarningOrWithout() throws Exception {
    assertThat(DIALECT.parseSubmit(transcript("submit"))).isEqualTo(id("123.0"));
    assertThat(DIALECT.parseSubmit(transcript("submit-warning"))).isEqualTo(id("4711.0"));
  }

  @Test
  void parseSubmit_withoutAnId_isUnanswered() {
    SchedulerRefusal refusal =
        assertThrows(SchedulerRefusal.class, () -> DIALECT.parseSubmit(answer(0, "ok\n", "")));
    assertThat(refusal.isUnanswered()).isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "refused-no-schedd, PASSING, Can't find address, schedd",
    "refused-connection, PASSING, Failed to connect, provider.command-timeout",
    "refused-busy, PASSING, SECMAN:2007, provider.command-timeout",
    "refused-limit, PASSING, MAX_JOBS_PER_OWNER, provider.max-queued-blocks",
    "refused-site-rule, PERMANENT, Jobs need an accounting group here, provider.account",
    "refused-expression, PERMANENT, Parse error, provider.constraint",
    "refused-file, PERMANENT, line 7, directives.add",
    "refused-commit, UNANSWERED, Failed to commit, schedd",
    "refused-commit-after-warnings, UNANSWERED, Failed to commit, schedd"
  })
  void refusal_isToldApart_andNamesItsMend(String name, String kind, String reason, String fix)
      throws Exception {
    CommandResult result = transcript(name);
    SchedulerRefusal refusal =
        assertThrows(SchedulerRefusal.class, () -> DIALECT.parseSubmit(result));
    assertThat(refusal.isPermanent()).isEqualTo(kind.equals("PERMANENT"));
    assertThat(refusal.isUnanswered()).isEqualTo(kind.equals("UNANSWERED"));
    assertThat(refusal).hasMessageContaining(reason);
    assertThat(refusal.getMessage()).doesNotContain("\n").doesNotStartWith("ERROR");
    assertThat(refusal.fix()).contains(fix);
  }

  @Test
  void queue_tellsEachState() throws Exception {
    Map<JobId, JobStatus> seen = DIALECT.parseStatus(transcript("queue"), NOW);
    assertThat(seen).hasSize(8);
    assertThat(seen.get(id("123.0"))).isEqualTo(JobStatus.of(JobState.PENDING, NOW));
    assertThat(seen.get(id("124.0"))).isEqualTo(JobStatus.of(JobState.RUNNING, NOW));
    assertThat(seen.get(id("126.0"))).isEqualTo(JobStatus.ofExitCode(3, NOW));
    assertThat(seen.get(id("129.0")).state()).isEqualTo(JobState.HELD);
    assertThat(seen.get(id("130.0")).state()).isEqualTo(JobState.UNKNOWN);
  }

  /** Parsl calls both a failure. */
  @Test
  void heldIsHeld_withItsReason_andTransferringOutputIsRunning() throws Exception {
    Map<JobId, JobStatus> seen = DIALECT.parseStatus(transcript("queue"), NOW);
    assertThat(seen.get(id("127.0")))
        .isEqualTo(
            new JobStatus(
                JobState.HELD,
                NOW,
                OptionalInt.empty(),
                "on hold: Error from slot1@n17: memory usage exceeded \"request_memory\" see the"
                    + " log"));
    assertThat(seen.get(id("128.0")).state()).isEqualTo(JobState.RUNNING);
  }

  /** Parsl calls a job cancelled while it still winds up. */
  @Test
  void removedJob_runsUntilItHasLeftTheQueue() throws Exception {
    JobStatus removed = DIALECT.parseStatus(transcript("queue"), NOW).get(id("125.0"));
    assertThat(removed.state()).isEqualTo(JobState.RUNNING);
    assertThat(removed.reason()).isEqualTo("being removed");
  }

  @Test
  void absence_isNoOutcome() throws Exception {
    assertThat(DIALECT.parseStatus(transcript("queue-empty"), NOW)).isEmpty();
    assertThat(DIALECT.parseHistory(transcript("queue-empty"), NOW)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"queue-down", "queue-down-exit-zero"})
  void outage_isRefused_whateverItsExitCode(String name) throws Exception {
    CommandResult down = transcript(name);
    assertThatExceptionOfType(SchedulerRefusal.class)
        .isThrownBy(() -> DIALECT.parseStatus(down, NOW))
        .withMessageStartingWith("Failed to fetch ads from:");
    assertThrows(SchedulerRefusal.class, () -> DIALECT.parseHistory(down, NOW));
    assertThrows(SchedulerRefusal.class, () -> DIALECT.parseFind(down, "b-0007"));
  }

  @Test
  void holdReasonThatSpeaksOfAnOutage_isNone() throws Exception {
    assertThat(
            DIALECT
                .parseStatus(transcript("queue-held-by-an-outage-of-its-own"), NOW)
                .get(id("131.0"))
                .reason())
        .isEqualTo("on hold: Failed to connect to the transfer queue");
  }

  @ParameterizedTest
  @ValueSource(strings = {"no listing", "123.0", "123.0 2", "123.0 2 1 a b c \"d\" e f"})
  void textThatIsNoListing_isRefused(String line) {
    assertThatExceptionOfType(SchedulerRefusal.class)
        .isThrownBy(() -> DIALECT.parseStatus(answer(0, line + "\n", ""), NOW))
        .withMessageContaining(line);
  }

  @Test
  void history_tellsHowEachJobEnded() throws Exception {
    Map<JobId, JobStatus> ends = DIALECT.parseHistory(transcript("history"), NOW);
    assertThat(ends).hasSize(6);
    assertThat(ends.get(id("123.0"))).isEqualTo(JobStatus.ofExitCode(0, NOW));
    assertThat(ends.get(id("124.0")))
        .isEqualTo(
            new JobStatus(
                JobState.FAILED, NOW, OptionalInt.of(137), "the job script was ended by signal 9"));
    assertThat(ends.get(id("125.0")).state()).isEqualTo(JobState.CANCELLED);
    assertThat(ends.get(id("125.0")).reason()).isEqualTo("via condor_rm (by user alice)");
    assertThat(ends.get(id("126.0")).state()).isEqualTo(JobState.TIMED_OUT);
    assertThat(ends.get(id("127.0")).state()).isEqualTo(JobState.PREEMPTED);
    assertThat(ends.get(id("128.0")).state()).isEqualTo(JobState.CANCELLED);
  }

  /**
   * A history is read from its newest job on, and is long: with a limit it ends when all are found.
   */
  @Test
  void history_endsWhenAllAreFound_andStrangeIdsAreNotAskedFor() {
    List<String> argv =
        DIALECT.history(List.of(job("5.0"), job("alice"), job("6.0"))).orElseThrow().argv();
    assertThat(argv)
        .startsWith("condor_history", "5.0", "6.0", "-limit", "2", "-af:jr", "JobStatus");
    assertThat(DIALECT.history(List.of(job("alice")))).isEmpty();
  }

  /** To HTCondor a word that is no id is a user, and none at all means every job. */
  @Test
  void cancelOfAStrangeId_namesNobody() {
    assertThat(DIALECT.cancel(List.of(job("alice"))).argv()).containsExactly("condor_rm", "0.0");
    assertThat(DIALECT.cancel(List.of(job("5.0"), job("6.0"))).argv())
        .containsExactly("condor_rm", "5.0", "6.0");
  }

  @Test
  void jobThatHasEnded_isNoRefusalOfACancel() throws Exception {
    DIALECT.checkCancel(transcript("rm"));
    DIALECT.checkCancel(transcript("rm-gone"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"rm-denied", "rm-down"})
  void cancelThatDidNotCome_isRefused(String name) throws Exception {
    CommandResult result = transcript(name);
    assertThrows(SchedulerRefusal.class, () -> DIALECT.checkCancel(result));
  }

  @Test
  void find_takesTheNewest() throws Exception {
    assertThat(DIALECT.parseFind(transcript("queue"), "b-0007")).hasValue(id("130.0"));
    assertThat(DIALECT.parseFind(transcript("queue-empty"), "b-0007")).isEmpty();
  }

  @Test
  void scripts_pleaseShellCheck() throws Exception {
    LocalHeadNode headNode = new LocalHeadNode();
    boolean present =
        headNode.run(Command.of(TIMEOUT, List.of("shellcheck", "--version"))).succeeded();
    SkipAloud.unless(present, "shellcheck is not installed, so the scripts were not checked by it");
    for (Command command : List.of(DIALECT.submit(SPEC), DIALECT.find("b").orElseThrow())) {
      CommandResult result =
          headNode.run(
              new Command(
                  List.of("shellcheck", "--shell=sh", "-"),
                  TIMEOUT,
                  Optional.of(command.argv().get(2))));
      assertThat(result.exitCode()).as(result.stdout()).isZero();
    }
  }
}
