package dev.drover.provider.lsf;

import static dev.drover.provider.Transcript.answer;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.drover.headnode.Command;
import dev.drover.headnode.CommandResult;
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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The dialect against made-up answers, worded after IBM's documentation. */
class LsfDialectTest {
  private static final Instant NOW = Instant.parse("2026-11-21T04:00:00Z");
  private static final LsfDialect DIALECT = new LsfDialect(Duration.ofSeconds(30));
  private static final Transcript BJOBS = Transcript.of("lsf/synthetic-bjobs");
  private static final Transcript BHIST = Transcript.of("lsf/synthetic-bhist");

  private static final JobSpec SPEC =
      new JobSpec(
          "b-0007", Path.of("/run/b 7"), List.of("true"), ResourceSpec.ofNodes(1), Map.of(), "");

  private static List<SubmittedJob> jobs(String... ids) {
    return List.of(ids).stream()
        .map(id -> new SubmittedJob(new JobId(id), Optional.empty()))
        .toList();
  }

  private static Map<JobId, JobStatus> read(CommandResult answer) throws SchedulerRefusal {
    return DIALECT.parseStatus(answer, NOW);
  }

  private static SchedulerRefusal refusal(int exitCode, String stderr) {
    return catchThrowableOfType(
        SchedulerRefusal.class, () -> DIALECT.parseSubmit(answer(exitCode, "", stderr + "\n")));
  }

  @Test
  void submit_givesTheScriptAsStandardInput_inTheBlocksDirectory() {
    Command submit = DIALECT.submit(SPEC);
    assertThat(submit.argv()).startsWith("sh", "-c");
    assertThat(submit.argv().get(2))
        .contains("cd \"$1\"")
        .contains("exec bsub \"$@\" <\"$script\"");
    assertThat(submit.argv().subList(3, 6))
        .containsExactly("drover-submit", "/run/b 7", "/run/b 7/submit.sh");
    assertThat(DIALECT.test(SPEC).orElseThrow().argv()).endsWith("-H", "-J", "b-0007.test");
  }

  @Test
  void questions_areOneForAllJobs_andDoNotTryForEver() {
    assertThat(DIALECT.status(jobs("1", "2")).argv())
        .containsExactly(
            "env",
            "LSB_NTRIES=3",
            "bjobs",
            "-noheader",
            "-o",
            "jobid stat exit_code exit_reason pend_reason delimiter='|'",
            "1",
            "2");
    assertThat(DIALECT.find("b-0007").orElseThrow().argv()).endsWith("-J", "b-0007").contains("-a");
    assertThat(DIALECT.history(jobs("1", "2")).orElseThrow().argv())
        .endsWith("bhist", "-l", "1", "2");
    assertThat(DIALECT.cancel(jobs("1", "2")).argv()).endsWith("bkill", "1", "2");
  }

  /** bkill 0 ends all of the user's jobs, bkill without an id the newest. */
  @Test
  void cancel_neverReachesJobsThatWereNotNamed() {
    assertThat(DIALECT.cancel(jobs("0", "7", "-u", "all", "007", "12[3]")).argv())
        .endsWith("bkill", "7");
    assertThat(DIALECT.cancel(jobs("0", "all")).argv()).containsExactly("true");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Job <930> is submitted to queue <debug>.\n",
        "Job <930> is submitted to default queue <normal>.\n",
        "Project: phy1\nCannot connect to LSF. Please wait ...\nJob <930> is submitted to queue <q>.\n"
      })
  void parseSubmit_readsTheId_onEitherStream(String said) throws Exception {
    assertThat(DIALECT.parseSubmit(answer(0, said, ""))).isEqualTo(new JobId("930"));
    assertThat(DIALECT.parseSubmit(answer(0, "", said))).isEqualTo(new JobId("930"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "nosuch: No such queue. Job not submitted.",
        "User cannot use the queue. Job not submitted.",
        "RUNLIMIT: Cannot exceed queue's hard limit(s). Job not submitted.",
        "Too many processors requested. Job not submitted.",
        "Bad resource requirement syntax. Job not submitted.",
        "Error near \"select\" : duplicate section. Job not submitted.",
        "Error in rusage section. Job not submitted.",
        "Bad project name. Job not submitted.",
        "Request aborted by esub. Job not submitted."
      })
  void refusalOfTheJob_isPermanent_inLsfsWords(String stderr) {
    SchedulerRefusal refusal = refusal(255, stderr);
    assertThat(refusal.isPermanent()).isTrue();
    assertThat(refusal).hasMessage(stderr);
    assertThat(refusal.fix()).contains("provider.queue").contains("provider.cores-per-node");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "User has reached the pending job threshold. Job not submitted.",
        "Pending job threshold reached. Retrying in 60 seconds...",
        "Queue has been closed. Job not submitted.",
        "LSF is down. Please wait ...",
        "Cannot locate master LIM now, try later",
        "Request from non-LSF host rejected"
      })
  void refusalOfTheMoment_isPassing(String stderr) {
    assertThat(refusal(255, stderr))
        .matches(refusal -> !refusal.isPermanent() && !refusal.isUnanswered());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Failed in sending/receiving a message: Connection reset by peer. Job not submitted.",
        "Communication time out. Job not submitted.",
        "batch daemon not responding ... still trying",
        "Batch library internal error. Job not submitted.",
        "Killed",
        ""
      })
  void submissionThatBrokeOff_isUnanswered(String stderr) {
    assertThat(refusal(255, stderr)).matches(SchedulerRefusal::isUnanswered);
  }

  @Test
  void lsfThatIsNotInstalled_isNamed() {
    assertThat(refusal(127, "drover-submit: 1: exec: bsub: not found"))
        .matches(refusal -> refusal.fix().contains("profile.lsf") && !refusal.isPermanent());
  }

  @Test
  void status_readsEachRow() throws Exception {
    Map<JobId, JobStatus> seen = read(BJOBS.to("bjobs -noheader"));
    assertThat(seen).hasSize(3);
    assertThat(seen.get(new JobId("101")).state()).isEqualTo(JobState.PENDING);
    assertThat(seen.get(new JobId("101")).reason()).isEqualTo("New job is waiting for scheduling;");
    assertThat(seen.get(new JobId("102"))).isEqualTo(JobStatus.of(JobState.RUNNING, NOW));
    assertThat(seen.get(new JobId("103")).exitCode()).hasValue(0);
  }

  @ParameterizedTest
  @CsvSource({
    "201, PENDING",
    "202, HELD",
    "203, PENDING",
    "204, RUNNING",
    "205, HELD",
    "206, HELD",
    "207, PENDING",
    "208, UNKNOWN",
    "209, UNKNOWN",
    "210, UNKNOWN",
    "211, COMPLETED",
    "212, FAILED",
    "213, FAILED"
  })
  void everyState_isRead(String id, JobState state) throws Exception {
    JobStatus status = read(BJOBS.to("bjobs every-state")).get(new JobId(id));
    assertThat(status.state()).isEqualTo(state);
    if (state != JobState.RUNNING && state != JobState.COMPLETED && !id.equals("207")) {
      assertThat(status.reason()).isNotBlank();
    }
  }

  @Test
  void pendingReason_mayHoldTheDelimiter() throws Exception {
    assertThat(read(BJOBS.to("bjobs every-state")).get(new JobId("201")).reason())
        .contains("(mem|swp) not satisfied: 12 hosts;");
  }

  @ParameterizedTest
  @CsvSource({
    "301, TIMED_OUT, 140",
    "302, CANCELLED, 130",
    "303, CANCELLED, ",
    "304, CANCELLED, 130",
    "305, PREEMPTED, 130",
    "306, FAILED, 137",
    "307, TIMED_OUT, 130",
    "308, FAILED, 143",
    "309, FAILED, ",
    "310, FAILED, 1",
    "311, PREEMPTED, 130"
  })
  void everyTerminationReason_isRead_andKept(String id, JobState state, Integer code)
      throws Exception {
    JobStatus status = read(BJOBS.to("bjobs every-reason")).get(new JobId(id));
    assertThat(status.state()).isEqualTo(state);
    assertThat(status.reason()).startsWith("TERM_");
    if (code == null) {
      assertThat(status.exitCode()).isEmpty();
    } else {
      assertThat(status.exitCode()).hasValue(code);
    }
  }

  @Test
  void unknownJobs_haveNoEntry_whateverTheExitCode() throws Exception {
    assertThat(read(BJOBS.to("bjobs -noheader -o \"…\" 101 999")))
        .containsOnlyKeys(new JobId("101"));
    CommandResult none = BJOBS.to("bjobs -noheader -o \"…\" 998");
    assertThat(read(none)).isEmpty();
    assertThat(read(answer(0, none.stdout(), none.stderr()))).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '#',
      value = {
        "255##LSF is down. Please wait ...",
        "255##batch daemon not responding ... still trying",
        "255##Failed in sending/receiving a message: Connection refused",
        "255##exit_reason: bad field name",
        "0##",
        "0#<html>502</html>#",
        "255##Job <7> is not found\\nLSF is down. Please wait ..."
      })
  void whatIsNoListing_isNoAnswer(int exitCode, String stdout, String stderr) {
    CommandResult answer =
        answer(
            exitCode,
            stdout == null ? "" : stdout,
            stderr == null ? "" : stderr.replace("\\n", "\n"));
    assertThatExceptionOfType(SchedulerRefusal.class).isThrownBy(() -> read(answer));
    assertThatExceptionOfType(SchedulerRefusal.class)
        .isThrownBy(() -> DIALECT.parseFind(answer, "b-0007"));
  }

  @Test
  void find_takesTheNewestThatLives() throws Exception {
    CommandResult answer = BJOBS.to("bjobs -a -noheader -o \"…\" -J drover-b-0007");
    assertThat(DIALECT.parseFind(answer, "drover-b-0007")).contains(new JobId("600"));
    CommandResult none = BJOBS.to("bjobs -a -noheader -o \"…\" -J drover-b-0008");
    assertThat(DIALECT.parseFind(none, "drover-b-0008")).isEmpty();
  }

  @Test
  void history_tellsEnds_fromFoldedLines() throws Exception {
    Map<JobId, JobStatus> ends = DIALECT.parseHistory(BHIST.to("bhist -l 401"), NOW);
    assertThat(ends)
        .containsOnlyKeys(new JobId("401"), new JobId("402"), new JobId("403"), new JobId("404"));
    assertThat(ends.get(new JobId("401")).state()).isEqualTo(JobState.COMPLETED);
    assertThat(ends.get(new JobId("402")).state()).isEqualTo(JobState.FAILED);
    assertThat(ends.get(new JobId("402")).reason())
        .isEqualTo("TERM_MEMLIMIT: job killed after reaching LSF memory usage limit");
    assertThat(ends.get(new JobId("403")).state()).isEqualTo(JobState.CANCELLED);
    assertThat(ends.get(new JobId("403")).exitCode()).hasValue(130);
    assertThat(ends.get(new JobId("404")).exitCode()).hasValue(42);
  }

  @Test
  void historyThatKnowsNothing_isEmpty_andOneThatFailedIsNoAnswer() throws Exception {
    assertThat(DIALECT.parseHistory(BHIST.to("bhist -l 999"), NOW)).isEmpty();
    assertThat(
            DIALECT.parseHistory(answer(127, "", "env: 'bhist': No such file or directory"), NOW))
        .isEmpty();
    assertThatExceptionOfType(SchedulerRefusal.class)
        .isThrownBy(
            () -> DIALECT.parseHistory(answer(255, "", "LSF is down. Please wait ..."), NOW));
  }

  @Test
  void cancelOfWhatHasEnded_isDone() throws Exception {
    DIALECT.checkCancel(answer(0, "Job <7> is being terminated\n", ""));
    DIALECT.checkCancel(
        answer(
            255,
            "Job <7> is being terminated\n",
            "Job <8>: Job has already finished\nJob <9>: No matching job found\n"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"Job <7>: User permission denied", "LSF is down. Please wait ...", ""})
  void cancelThatDidNotGoThrough_isARefusal(String stderr) {
    assertThatExceptionOfType(SchedulerRefusal.class)
        .isThrownBy(() -> DIALECT.checkCancel(answer(255, "", stderr)));
  }
}
