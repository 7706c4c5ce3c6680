package dev.drover.provider.flux;

import static dev.drover.provider.Transcript.answer;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatNoException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

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
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The dialect against captures of flux-core 0.88, and against made-up listings after them. */
class FluxDialectTest {
  private static final Instant NOW = Instant.parse("2026-11-21T04:00:00Z");
  private static final FluxDialect DIALECT = new FluxDialect(Duration.ofSeconds(30));
  private static final Transcript MADE_UP = Transcript.of("flux/synthetic-states");

  private static final JobSpec SPEC =
      new JobSpec(
          "b-0007", Path.of("/run/b 7"), List.of("true"), ResourceSpec.ofNodes(1), Map.of(), "");

  private static List<SubmittedJob> jobs(String... ids) {
    return List.of(ids).stream()
        .map(id -> new SubmittedJob(new JobId(id), Optional.empty()))
        .toList();
  }

  private static JobStatus status(JobState state, int code, String reason) {
    return new JobStatus(state, NOW, code < 0 ? OptionalInt.empty() : OptionalInt.of(code), reason);
  }

  private static Map<JobId, JobStatus> read(CommandResult answer) throws SchedulerRefusal {
    return DIALECT.parseStatus(answer, NOW);
  }

  /** Of the bare objects in a capture, that of one job. */
  private static JobStatus captured(String transcript, String id) throws Exception {
    String json =
        Transcript.of(transcript).lines("{\"t_depend\"").stream()
            .filter(line -> line.contains("\"jobid\": \"" + id + "\""))
            .findFirst()
            .orElseThrow();
    Map<JobId, JobStatus> seen = read(answer(0, json + "\n", ""));
    assertThat(seen).containsOnlyKeys(new JobId(id));
    return seen.get(new JobId(id));
  }

  private static SchedulerRefusal refusal(String transcript, int exitCode, String stderr) {
    CommandResult answer = Transcript.of(transcript).words(exitCode, "", stderr);
    return catchThrowableOfType(SchedulerRefusal.class, () -> DIALECT.parseSubmit(answer));
  }

  @Test
  void commands_askForAsciiIds_andAreOneForAllJobs() {
    assertThat(DIALECT.submit(SPEC).argv())
        .containsExactly("env", "FLUX_F58_FORCE_ASCII=1", "flux", "batch", "/run/b 7/submit.sh");
    assertThat(DIALECT.status(jobs("fA", "fB")).argv())
        .containsExactly("env", "FLUX_F58_FORCE_ASCII=1", "flux", "jobs", "--json", "fA", "fB");
    assertThat(DIALECT.cancel(jobs("fA", "fB")).argv())
        .containsExactly("env", "FLUX_F58_FORCE_ASCII=1", "flux", "cancel", "fA", "fB");
    assertThat(DIALECT.find("b-0007").orElseThrow().argv())
        .endsWith("flux", "jobs", "-a", "--json", "-c0", "--name=b-0007");
    assertThat(DIALECT.submit(SPEC).stdin()).isEmpty();
  }

  /** flux refuses the whole list for one malformed id, and --all would mean every job. */
  @Test
  void idsThatAreNone_areLeftOut() {
    assertThat(DIALECT.cancel(jobs("fA", "--all", "12.x", "notajob!", "0", "f0")).argv())
        .endsWith("flux", "cancel", "fA");
  }

  @Test
  void test_isAHeldSubmission_underAnotherName() throws Exception {
    assertThat(DIALECT.test(SPEC).orElseThrow().argv())
        .endsWith(
            "flux", "batch", "--urgency=hold", "--job-name=b-0007.test", "/run/b 7/submit.sh");
    assertThat(DIALECT.parseTest(answer(0, "fbLK8Kq\n", "")).held()).contains(new JobId("fbLK8Kq"));
  }

  @Test
  void parseSubmit_readsTheId_inEitherLetter_belowAnyBanner() throws Exception {
    CommandResult captured = Transcript.of("flux/02-batch").words(0, "ƒDm86TjV", "");
    assertThat(DIALECT.parseSubmit(captured)).isEqualTo(new JobId("fDm86TjV"));
    assertThat(DIALECT.parseSubmit(Transcript.of("flux/03-submit").to("flux submit hostname")))
        .isEqualTo(new JobId("fduZn3Pu"));
    assertThat(DIALECT.parseSubmit(answer(0, "Welcome to the site\nfDm86TjV\n", "noise\n")))
        .isEqualTo(new JobId("fDm86TjV"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "ok\n", "??DW5KRR\n"})
  void parseSubmit_withoutAnId_isUnanswered(String stdout) {
    assertThatExceptionOfType(SchedulerRefusal.class)
        .isThrownBy(() -> DIALECT.parseSubmit(answer(0, stdout, "")))
        .matches(SchedulerRefusal::isUnanswered);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "06-errors | 1 | [Errno 22] 'nosuch' is not a valid queue",
        "06-errors | 1 | flux-batch: ERROR: node count must not be greater than task count",
        "06-errors | 1 | flux-batch: ERROR: Number of slots to allocate must be specified",
        "06-errors | 1 | flux-batch: ERROR: No such file or directory: '/no/script'",
        "06-errors | 1 | [Errno 1] host constraint contains invalid hosts: host 'n9' not found",
        "06-errors | 2 | flux batch: error: unrecognized arguments: --bad",
        "20-queues-fluxion | 1 | [Errno 1] Invalid queue 'nosuch' specified",
        "20-queues-fluxion | 1 | [Errno 19] Unsatisfiable request",
        "20-queues-fluxion | 1 | [Errno 22] requested duration (2h) exceeds policy limit of 1h for queue batch"
      })
  void refusalOfTheJob_isPermanent_inFluxsWords(String file, int exitCode, String stderr) {
    SchedulerRefusal refusal = refusal("flux/" + file, exitCode, stderr);
    assertThat(refusal.isPermanent()).isTrue();
    assertThat(stderr).endsWith(refusal.getMessage());
    assertThat(refusal.fix()).contains("provider.queue");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "20-queues-fluxion | [Errno 22] job submission to batch is disabled: maintenance",
        "10-gone | ERROR: Unable to connect to Flux: broker socket /run/flux/local was not found",
        "10-gone | flux: flux_open: No such file or directory"
      })
  void refusalOfTheMoment_isPassing(String file, String stderr) {
    SchedulerRefusal refusal = refusal("flux/" + file, 1, stderr);
    assertThat(refusal.isPermanent()).isFalse();
    assertThat(refusal.isUnanswered()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "flux-batch: ERROR: [Errno 104] Connection reset by peer",
        "flux-batch: ERROR: Broken pipe",
        "flux-batch: ERROR: [Errno 110] Connection timed out",
        "flux-job: flux_reactor_run: Success",
        "Killed",
        ""
      })
  void submissionThatBrokeOff_isUnanswered(String stderr) {
    assertThatExceptionOfType(SchedulerRefusal.class)
        .isThrownBy(() -> DIALECT.parseSubmit(answer(1, "", stderr)))
        .matches(SchedulerRefusal::isUnanswered);
  }

  @Test
  void fluxThatIsNotInstalled_isNamed() {
    assertThatExceptionOfType(SchedulerRefusal.class)
        .isThrownBy(
            () -> DIALECT.parseSubmit(answer(127, "", "env: 'flux': No such file or directory\n")))
        .matches(refusal -> refusal.fix().contains("PATH") && !refusal.isPermanent());
  }

  @Test
  void status_ofOneJob_isABareObject() throws Exception {
    CommandResult answer = Transcript.of("flux/02-batch").to("flux jobs --json $(flux job last)");
    assertThat(read(answer))
        .containsExactly(
            Map.entry(
                new JobId("fDm86TjV"),
                status(JobState.FAILED, 3, "the job script ended with exit code 3")));
  }

  @Test
  void status_ofSeveralJobs_isAList() throws Exception {
    CommandResult answer = Transcript.of("flux/02-batch").to("flux jobs -a --json");
    assertThat(read(answer))
        .containsOnlyKeys(new JobId("fDm86TjV"), new JobId("fPRC99R"))
        .containsEntry(new JobId("fPRC99R"), status(JobState.COMPLETED, 0, ""));
  }

  @Test
  void capturedEnds_areReadFromResultAndException() throws Exception {
    assertThat(captured("flux/03-submit", "feZ7drNT"))
        .isEqualTo(
            status(
                JobState.FAILED,
                127,
                "exec: task 0 (host vm): start failed: /no/such/cmd: No such file or directory"));
    assertThat(captured("flux/03-submit", "ferKPX2X"))
        .isEqualTo(status(JobState.TIMED_OUT, 142, "timeout: resource allocation expired"));
    assertThat(captured("flux/05-cancel", "fwRYVsPm"))
        .isEqualTo(status(JobState.CANCELLED, 143, "cancel: user asked"));
  }

  @Test
  void jobCancelledWhilePending_hasNoExitCode_thoughFluxSaysMinus128() throws Exception {
    assertThat(captured("flux/05-cancel", "fwVWHx5D"))
        .isEqualTo(status(JobState.CANCELLED, -1, "cancel"));
  }

  @Test
  void ends_areNotReadFromTheReturnCode() throws Exception {
    Map<JobId, JobStatus> seen = read(MADE_UP.to("flux jobs --json fwYSnXUs"));
    assertThat(seen.values())
        .containsExactlyInAnyOrder(
            status(
                JobState.FAILED,
                -1,
                "dependency: dependency after-success=fwVWHx5D job never started"),
            status(
                JobState.FAILED,
                -1,
                "alloc: unsatisfiable request: need 5 exclusive node(s), only 4 eligible"),
            status(JobState.FAILED, 1, "exec: node failure on n3 (rank 3)"),
            status(JobState.FAILED, -1, "exec: one or more tasks exceeded exit-timeout"),
            status(JobState.FAILED, 137, "the job script was killed by signal 9"),
            status(JobState.CANCELLED, 1, "cancel"));
  }

  @Test
  void statesBeforeTheEnd_areTold_withWhatTheJobWaitsFor() throws Exception {
    Map<JobId, JobStatus> seen = read(MADE_UP.to("flux jobs --json f1 f2"));
    assertThat(seen.get(F58.of(0)).state()).isEqualTo(JobState.PENDING);
    assertThat(seen.get(F58.of(1)))
        .isEqualTo(
            status(JobState.PENDING, -1, "waits for after-success=fwVWHx5D, begin@16:50:58"));
    assertThat(seen.get(F58.of(2)).state()).isEqualTo(JobState.PENDING);
    assertThat(seen.get(F58.of(3)))
        .isEqualTo(
            status(
                JobState.PENDING,
                -1,
                "no cores; 3 jobs ahead; would start at 2026-11-20T16:00:57Z"));
    assertThat(seen.get(F58.of(4)).state()).isEqualTo(JobState.HELD);
    assertThat(seen.get(F58.of(4)).reason()).contains("flux job urgency f5 default");
    assertThat(seen.get(F58.of(5)).state()).isEqualTo(JobState.HELD);
    assertThat(seen.get(F58.of(6))).isEqualTo(JobStatus.of(JobState.RUNNING, NOW));
    assertThat(seen.get(F58.of(7)).state()).isEqualTo(JobState.RUNNING);
    assertThat(seen.get(F58.of(8)))
        .isEqualTo(status(JobState.UNKNOWN, -1, "Flux calls its state \"HIBERNATE\""));
    assertThat(seen.get(F58.of(9)).state()).isEqualTo(JobState.UNKNOWN);
  }

  @Test
  void numbersBeyondWhatADoubleHolds_stayApart() throws Exception {
    Map<JobId, JobStatus> seen = read(MADE_UP.to("flux jobs --json f2DLNrMSKui"));
    assertThat(seen.get(new JobId("f2DLNrMSKui")).state()).isEqualTo(JobState.RUNNING);
    assertThat(seen.get(new JobId("f2DLNrMSKuj")).state()).isEqualTo(JobState.PENDING);
    assertThat(seen.get(new JobId("f2DLNrMSKuk")).state()).isEqualTo(JobState.COMPLETED);
  }

  @ParameterizedTest
  @CsvSource({
    "485784289280, fDm86TjV",
    "14713618432, fPRC99R",
    "2071818403840, fwRYVsPm",
    "9223372036854775807, fNQm6nKp8qFC",
    "0, f1"
  })
  void numbers_areFluxsShortForm(long number, String id) {
    assertThat(F58.of(number)).isEqualTo(new JobId(id));
  }

  @Test
  void unknownJobs_haveNoEntry_whateverTheExitCode() throws Exception {
    Transcript cancel = Transcript.of("flux/05-cancel");
    assertThat(read(cancel.words(1, "", "JobID f1234 unknown"))).isEmpty();
    assertThat(read(answer(1, "{\"jobs\": []}\n", "JobID f1234 unknown\nJobID f99 unknown\n")))
        .isEmpty();
    assertThat(read(Transcript.of("flux/31-misc").words(0, "{\"jobs\": []}", ""))).isEmpty();
    String known = Transcript.of("flux/02-batch").to("flux jobs -a --json").stdout();
    assertThat(read(answer(0, known, "JobID f99 unknown\n"))).hasSize(2);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "flux-jobs: ERROR: Unable to connect to Flux: broker socket /run/flux/local was not found",
        "flux-jobs: ERROR: Unable to connect to Flux: Connection refused"
      })
  void instanceThatIsGone_isNoAnswer(String stderr) {
    CommandResult answer = Transcript.of("flux/10-gone").words(1, "", stderr);
    assertThatExceptionOfType(SchedulerRefusal.class).isThrownBy(() -> read(answer));
    assertThatExceptionOfType(SchedulerRefusal.class)
        .isThrownBy(() -> DIALECT.parseFind(answer, "b-0007"));
    assertThatExceptionOfType(SchedulerRefusal.class).isThrownBy(() -> DIALECT.checkCancel(answer));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "[]",
        "null",
        "{}",
        "{\"jobs\": 7}",
        "<html>502</html>",
        "{\"jobs\": [{\"id\": 5, \"state\": \"RUN\"}",
        "{\"jobs\": []} and more",
        "{\"error\": \"x\"}"
      })
  void whatIsNoListing_isNoAnswer(String stdout) {
    assertThatExceptionOfType(SchedulerRefusal.class).isThrownBy(() -> read(answer(0, stdout, "")));
  }

  @Test
  void exitCodeOneWithoutWords_isNoAnswer() {
    assertThatExceptionOfType(SchedulerRefusal.class).isThrownBy(() -> read(answer(1, "", "")));
    assertThatExceptionOfType(SchedulerRefusal.class)
        .isThrownBy(() -> DIALECT.checkCancel(answer(1, "", "")));
  }

  @Test
  void find_takesTheNewestThatLives_ofExactlyThatName() throws Exception {
    CommandResult answer = MADE_UP.to("flux jobs -a --json -c0 --name");
    assertThat(DIALECT.parseFind(answer, "drover-b-0007")).contains(F58.of(600));
    assertThat(DIALECT.parseFind(answer, "drover-b-0008")).isEmpty();
    assertThat(DIALECT.parseFind(answer(0, "{\"jobs\": []}\n", ""), "x")).isEmpty();
  }

  @Test
  void cancelOfWhatHasEnded_isDone() throws Exception {
    Transcript cancel = Transcript.of("flux/05-cancel");
    DIALECT.checkCancel(cancel.words(0, "", ""));
    DIALECT.checkCancel(cancel.words(1, "", "flux-cancel: ERROR: fwVWHx5D: job is inactive"));
    DIALECT.checkCancel(cancel.words(1, "", "flux-cancel: ERROR: f234: unknown job id"));
    assertThatNoException()
        .isThrownBy(
            () ->
                DIALECT.checkCancel(
                    cancel.words(1, "", "flux-cancel: ERROR: No target jobs were provided")));
  }

  @Test
  void cancelThatWasNotPermitted_isARefusal() {
    assertThatExceptionOfType(SchedulerRefusal.class)
        .isThrownBy(
            () ->
                DIALECT.checkCancel(
                    answer(
                        1,
                        "",
                        "flux-cancel: ERROR: fA: job is inactive\n"
                            + "flux-cancel: ERROR: fB: guests may only raise exceptions on their"
                            + " own jobs\n")));
  }
}
