package dev.drover.provider.pbs;

import static dev.drover.provider.Transcript.answer;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
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
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the dialect makes of the captures of OpenPBS, and of what was made up after its source. */
class PbsProDialectTest {
  private static final Instant NOW = Instant.ofEpochSecond(1795188717);
  private static final String SERVER = ".pbs-0001.hostmgmt.lab.example.org";
  private static final JobSpec SPEC =
      new JobSpec(
          "b-0007",
          Path.of("/scratch/b 7"),
          List.of("true"),
          ResourceSpec.ofNodes(1),
          Map.of(),
          "");

  private final PbsProDialect dialect = new PbsProDialect(Duration.ofSeconds(30));

  private static Transcript capture(String name) {
    return Transcript.of("pbs/" + name);
  }

  /** A raw listing of one case, by one client. */
  private static CommandResult json(String name, String client) {
    String base = "pbs/json/" + name + "." + client;
    String code = Transcript.exists(base + ".rc") ? Transcript.text(base + ".rc").strip() : "0";
    String errors = Transcript.exists(base + ".err") ? Transcript.text(base + ".err") : "";
    return answer(Integer.parseInt(code), Transcript.text(base + ".json"), errors);
  }

  private static JobId id(String number) {
    return new JobId(number + SERVER);
  }

  private static List<SubmittedJob> jobs(String... ids) {
    return Stream.of(ids).map(id -> new SubmittedJob(new JobId(id), Optional.empty())).toList();
  }

  private static SchedulerRefusal refusal(Reading reading) {
    return catchThrowableOfType(SchedulerRefusal.class, reading::read);
  }

  private interface Reading {
    void read() throws Exception;
  }

  /** The status of a job with these attributes, {@code name=value} with semicolons between. */
  private static JobStatus status(String attributes) {
    Map<String, String> map = new java.util.HashMap<>();
    for (String attribute : attributes.split(";")) {
      String[] pair = attribute.split("=", 2);
      map.put(pair[0].strip(), pair[1].strip());
    }
    return new PbsJob(map).status(NOW);
  }

  /** The same of the lines that {@code qstat -f | grep} left in a capture. */
  private static JobStatus grepped(CommandResult answer) {
    return status(String.join(";", answer.stdout().strip().split("\n")));
  }

  @Test
  void submit_isQsubAndTheScript_soThatTheScriptSaysItAll() {
    assertThat(dialect.submit(SPEC).argv()).containsExactly("qsub", "/scratch/b 7/submit.sh");
  }

  @Test
  void parseSubmit_keepsTheWholeId() throws Exception {
    CommandResult answer = capture("01-submit-ok").to("qsub ok.pbs");
    assertThat(dialect.parseSubmit(answer)).isEqualTo(id("3"));
  }

  @Test
  void parseSubmit_skipsBannerLines_andReturnsJobId() throws Exception {
    CommandResult answer =
        answer(
            0, "Version 2.1 of the\nqueue rules holds\n\n17.pbs\n\nBe nice.\n", "project: 3.5 h\n");
    assertThat(dialect.parseSubmit(answer)).isEqualTo(new JobId("17.pbs"));
  }

  @Test
  void submissionWithoutAnId_isUnanswered_soThatItIsLookedFor() {
    SchedulerRefusal refusal = refusal(() -> dialect.parseSubmit(answer(0, "3.5\n", "")));
    assertThat(refusal.isUnanswered()).isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "10-qsub-errors, qsub -q nosuchq, true, Unknown queue, provider.queue",
    "10-qsub-errors, qsub -q debug -l walltime=02, true, Job violates, provider.walltime",
    "10-qsub-errors, qsub -q debug -N d3, false, per-user limit, provider.max-blocks",
    "10-qsub-errors, qsub nosuchfile.pbs, false, No such file, run directory",
    "10-qsub-errors, qsub -l walltime=abc, true, Illegal attribute, directives.add",
    "10-qsub-errors, foo=bar, true, Unknown resource: foo, provider.select-options",
    "10-qsub-errors, -l nosuchres, true, Unknown resource, provider.select-options",
    "10-qsub-errors, -l ncpus=4, true, cannot be used with, directives.add",
    "10-qsub-errors, 'qsub -N \"bad name\"', true, illegal -N value, provider.job-name-prefix",
    "10-qsub-errors, qsub -N aaaaa, true, Job name is too long, provider.job-name-prefix",
    "10-qsub-errors, qsub --bogus, true, invalid option, directives.add",
    "24-hook-and-routing, qsub -q prod sleep, true, filesystems attribute, directives.add",
    "24-hook-and-routing, qsub -q prod -l filesystems, true, No project, provider.account",
    "24-hook-and-routing, qsub -q debug sleep, false, Queue is not enabled, provider.queue",
    "18-server-down, qsub sleep.pbs, false, cannot connect to server, answers again",
  })
  void refusedSubmission_saysWhetherItIsForGood_andTheMend(
      String file, String command, boolean permanent, String reason, String fix) throws Exception {
    CommandResult answer = capture(file).to(command);
    SchedulerRefusal refusal = refusal(() -> dialect.parseSubmit(answer));
    assertThat(refusal.isPermanent()).isEqualTo(permanent);
    assertThat(refusal.isUnanswered()).isFalse();
    assertThat(refusal).hasMessageContaining(reason);
    assertThat(refusal.fix()).contains(fix);
  }

  @Test
  void queueThatIsNotForUs_isForGood() throws Exception {
    SchedulerRefusal refusal =
        refusal(() -> dialect.parseSubmit(answer(174, "", "qsub: Access to queue is denied\n")));
    assertThat(refusal.isPermanent()).isTrue();
    assertThat(refusal.fix()).contains("provider.queue");
    assertThat(refusal(() -> dialect.parseSubmit(answer(159, "", ""))).isPermanent()).isTrue();
  }

  @Test
  void answerTornOnItsWay_isUnanswered() {
    CommandResult torn = answer(183, "", "qsub: Premature end of message\n");
    assertThat(refusal(() -> dialect.parseSubmit(torn)).isUnanswered()).isTrue();
    assertThat(refusal(() -> dialect.parseSubmit(answer(137, "", ""))).isUnanswered()).isTrue();
  }

  @Test
  void noQsub_isForGood_andNamesThePath() {
    CommandResult missing = answer(127, "", "sh: 1: qsub: not found\n");
    SchedulerRefusal refusal = refusal(() -> dialect.parseSubmit(missing));
    assertThat(refusal.isPermanent()).isTrue();
    assertThat(refusal.fix()).contains("PATH");
  }

  @Test
  void status_isOneQueryForAll_andAsksForIdsOnly() {
    assertThat(dialect.status(jobs("1.pbs", "all", "2[].pbs", "-x", "1.pbs")).argv())
        .containsExactly("qstat", "-E", "-x", "-f", "-F", "json", "1.pbs", "2[].pbs");
    assertThat(dialect.status(jobs("all")).argv()).hasSize(7).last().isNotEqualTo("all");
    assertThat(dialect.cancel(jobs("all", "5")).argv()).containsExactly("qdel", "0.no-such-server");
  }

  @ParameterizedTest
  @CsvSource({
    "ok, 542, COMPLETED, 0, 'and finished'",
    "exit3, 543, FAILED, 3, 'the job script ended with exit code 3; Job run at'",
    "walltime, 544, TIMED_OUT, , exceeded resource walltime",
    "array, 545[], FAILED, 1, and failed",
    "running, 546, RUNNING, , Job run at",
    "queued, 547, PENDING, , 'Not Running: Insufficient amount of resource: ncpus'",
    "held, 548, HELD, , held by its user",
    "deleted_queued, 549, CANCELLED, , deleted",
    "deleted_running, 550, CANCELLED, , terminated by pbsuser@",
    "dep_dropped, 552, FAILED, , it never ran (depend afterok:",
  })
  void eachState_isReadFromEachClient(
      String name, String number, JobState state, Integer code, String reason) throws Exception {
    for (String client : List.of("22.05.11", "23.06.06", "head")) {
      Map<JobId, JobStatus> seen = dialect.parseStatus(json(name, client), NOW);
      assertThat(seen).containsOnlyKeys(id(number));
      JobStatus status = seen.get(id(number));
      assertThat(status.state()).as(client).isEqualTo(state);
      assertThat(status.exitCode())
          .isEqualTo(code == null ? OptionalInt.empty() : OptionalInt.of(code));
      assertThat(status.reason()).contains(reason);
      assertThat(status.since()).isEqualTo(NOW);
    }
  }

  @Test
  void oneListing_tellsOfAll() throws Exception {
    Map<JobId, JobStatus> seen = dialect.parseStatus(json("all-E", "head"), NOW);
    assertThat(seen).hasSize(10);
    assertThat(seen.values().stream().map(JobStatus::state).filter(JobState::isTerminal))
        .hasSize(7);
  }

  @ParameterizedTest
  @ValueSource(strings = {"odd-env-utf8", "odd-env-badutf8"})
  void variableThatIsNoJson_spoilsNothing(String name) throws Exception {
    for (String client : List.of("22.05.11", "23.06.06", "head")) {
      assertThat(dialect.parseStatus(json(name, client), NOW).values())
          .as(client)
          .singleElement()
          .matches(status -> status.state() == JobState.HELD);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"22.05.11", "23.06.06", "head"})
  void serverThatIsDown_printsJsonToo_andIsNoAnswer(String client) throws Exception {
    CommandResult answer = json("server-down", client);
    assertThat(answer.stdout()).contains("pbs_server");
    assertThat(refusal(() -> dialect.parseStatus(answer, NOW)))
        .hasMessageContaining("cannot connect to server");
  }

  @ParameterizedTest
  @ValueSource(strings = {"22.05.11", "23.06.06", "head"})
  void unknownJob_hasNoEntry(String client) throws Exception {
    assertThat(dialect.parseStatus(json("unknown", client), NOW)).isEmpty();
  }

  @Test
  void unknownJobAmongOthers_spoilsNothing() throws Exception {
    CommandResult answer =
        capture("08-qstat-unknown-mixed").to("qstat -x -f -F json 99999" + SERVER + " 10");
    assertThat(answer.exitCode()).isEqualTo(153);
    assertThat(dialect.parseStatus(answer, NOW)).containsOnlyKeys(id("10"));
  }

  @Test
  void finishedJob_thatWasAskedForWithoutHistory_hasNoEntry() throws Exception {
    CommandResult answer = capture("07-deleted-while-running").to("qstat 5" + SERVER);
    CommandResult finished =
        answer(35, "", "qstat: 5" + SERVER + " Job has finished, use -x or -H to obtain it\n");
    assertThat(answer.stdout()).contains("5.pbs-0001");
    assertThat(dialect.parseHistory(finished, NOW)).isEmpty();
  }

  @Test
  void malformedOrForeignId_hidesNoOther() throws Exception {
    CommandResult known = json("ok", "head");
    CommandResult answer =
        answer(1, known.stdout(), "qstat: illegally formed job identifier: 5.otherserver\n");
    assertThat(dialect.parseStatus(answer, NOW)).containsOnlyKeys(id("542"));
  }

  @Test
  void serverWithoutHistory_isAskedAgainForTheLivingOnes() throws Exception {
    Transcript capture = capture("25-history-disabled");
    for (CommandResult answer : capture.all("qstat -E -x -f -F json")) {
      assertThat(answer.exitCode()).isZero();
      assertThat(dialect.parseStatus(answer, NOW)).isEmpty();
    }
    assertThat(dialect.history(jobs("570" + SERVER)).orElseThrow().argv())
        .containsExactly("qstat", "-E", "-f", "-F", "json", "570" + SERVER);
    CommandResult ended = capture.to("qstat 527");
    assertThat(dialect.parseHistory(ended, NOW)).isEmpty();
    assertThat(dialect.parseHistory(json("running", "head"), NOW).get(id("546")).state())
        .isEqualTo(JobState.RUNNING);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "\n",
        "{}",
        "[]",
        "null",
        "{\"timestamp\":1,\"pbs_version\":\"23\",\"pbs_server\":\"pbs\"}",
        "{\"Jobs\":[]}",
        "{\"Jobs\":{\"1.pbs\":7}}",
        "{\"Jobs\":{\"1.pbs\":{\"job_state\":\"F\",\"Exit_status\":0}}",
        "{\"Jobs\":{\"1.pbs\":{\"job_state\":\"F\",\"Exit_status\":0}}}{}",
        "<html>503</html>",
        "pbs_iff: all reserved ports in use"
      })
  void successWithoutAListing_isNoAnswer_andNoEnd(String stdout) {
    CommandResult answer = answer(0, stdout, "");
    assertThat(refusal(() -> dialect.parseStatus(answer, NOW)).isUnanswered()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 35, 124, 153, 162, 255})
  void exitCodeWithoutItsWords_isNoAnswer(int code) throws Exception {
    CommandResult answer = answer(code, json("ok", "head").stdout(), "qstat: something is wrong\n");
    assertThat(refusal(() -> dialect.parseStatus(answer, NOW)))
        .hasMessageContaining("something is wrong");
  }

  @Test
  void noiseOnStandardError_isNoError() throws Exception {
    CommandResult known = json("ok", "head");
    CommandResult answer = answer(0, known.stdout(), "warning: locale C.UTF-8\n");
    assertThat(dialect.parseStatus(answer, NOW)).containsOnlyKeys(id("542"));
  }

  @Test
  void idAskedForTwice_isAKeyTwice_andOneJob() throws Exception {
    String job = "\"7.pbs\":{\"Job_Name\":12345,\"job_state\":\"R\",\"comment\":null}";
    CommandResult answer = answer(0, "{\"Jobs\":{" + job + "," + job + "}}", "");
    assertThat(dialect.parseStatus(answer, NOW)).containsOnlyKeys(new JobId("7.pbs"));
  }

  @Test
  void valuesThatDriftInType_areRead() throws Exception {
    String job =
        "{\"Jobs\":{\"7.pbs\":{\"Exit_status\":\"0\",\"substate\":\"92\",\"job_state\":\"F\","
            + "\"Variable_List\":{\"A\":1e999,\"B\":007,\"C\":-inf,\"job_state\":\"R\",\"D\":\"\\x\"}}}}";
    assertThat(
            dialect
                .parseStatus(answer(0, job.replace("-inf", "-INF"), ""), NOW)
                .get(new JobId("7.pbs"))
                .state())
        .isEqualTo(JobState.COMPLETED);
  }

  @Test
  void shortenedId_isTheSameJob_andAnotherNumberIsNot() {
    JobId full = id("123");
    assertThat(dialect.sameJob(full, new JobId("123.pbs-0001"))).isTrue();
    assertThat(dialect.sameJob(new JobId("123.PBS-0001"), full)).isTrue();
    assertThat(dialect.sameJob(full, new JobId("123"))).isTrue();
    assertThat(dialect.sameJob(full, new JobId("12"))).isFalse();
    assertThat(dialect.sameJob(full, new JobId("1234.pbs-0001"))).isFalse();
    assertThat(dialect.sameJob(full, new JobId("123.pbs-0002"))).isFalse();
    assertThat(dialect.sameJob(full, new JobId("123[].pbs-0001"))).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "job_state=Q, PENDING, ''",
    "job_state=Q;comment=Can Never Run: Not enough total nodes available, PENDING, Can Never Run",
    "job_state=W, PENDING, ''",
    "job_state=T, PENDING, ''",
    "job_state=H;substate=22;Hold_Types=s;depend=afterok:39.pbs, HELD, afterok:39.pbs",
    "job_state=H;substate=20;Hold_Types=o, HELD, by an operator",
    "job_state=H;substate=20;Hold_Types=s, HELD, by the system",
    "job_state=H;substate=20;Hold_Types=us, HELD, Hold_Types us",
    "job_state=S;substate=45;comment=by job 9, HELD, suspended by the scheduler; by job 9",
    "job_state=U, HELD, suspended",
    "job_state=B, RUNNING, ''",
    "job_state=R;substate=42, RUNNING, ''",
    "job_state=R;substate=71, PENDING, PBS provisions its nodes",
    "job_state=E;substate=51;Exit_status=0, RUNNING, ''",
    "job_state=M;substate=94;queue=prod@other, PENDING, moved to another server: prod@other",
    "job_state=Z, UNKNOWN, unknown state \"Z\"",
    "substate=42, UNKNOWN, unknown state \"\"",
    "job_state=F;substate=92, FAILED, it never ran",
    "job_state=F;substate=93;comment=no node, FAILED, it never ran; no node",
    "job_state=F;substate=91;Exit_status=0, CANCELLED, deleted",
    "job_state=F;substate=91;Exit_status=271, CANCELLED, deleted",
    "job_state=F;substate=91;comment=Job preempted by deletion, PREEMPTED, preempted",
    "job_state=F;substate=92;Exit_status=0, COMPLETED, ''",
    "job_state=X;Exit_status=0, COMPLETED, ''",
    "job_state=F;substate=93;Exit_status=0, FAILED, PBS says",
    "job_state=F;substate=93;Exit_status=-29, TIMED_OUT, walltime",
    "job_state=F;substate=93;Exit_status=-20, FAILED, its first node was lost",
    "job_state=F;substate=93;Exit_status=-27, FAILED, more memory",
    "job_state=F;substate=93;Exit_status=-3, FAILED, could not start",
    "job_state=F;substate=93;Exit_status=-99, FAILED, own failure",
    "job_state=F;substate=93;Exit_status=143, CANCELLED, SIGTERM",
    "job_state=F;substate=93;Exit_status=271, CANCELLED, signal 15",
    "job_state=F;substate=93;Exit_status=265, FAILED, signal 9",
    "job_state=F;substate=93;Exit_status=nonsense, FAILED, it never ran",
  })
  void eachLetter_substateAndCode_meansThis(String attributes, JobState state, String reason) {
    JobStatus status = status(attributes);
    assertThat(status.state()).isEqualTo(state);
    assertThat(status.reason()).contains(reason);
  }

  @Test
  void onlyTheScriptsOwnCode_isAnExitCode() {
    assertThat(status("job_state=F;substate=91;Exit_status=271").exitCode()).isEmpty();
    assertThat(status("job_state=F;substate=93;Exit_status=-20").exitCode()).isEmpty();
    assertThat(status("job_state=F;substate=93;Exit_status=255").exitCode()).hasValue(255);
    assertThat(status("job_state=F;substate=91;Exit_status=0").exitCode()).hasValue(0);
  }

  @Test
  void lostNode_isAFailure_whenTheJobIsNotRerun() throws Exception {
    List<CommandResult> answers = capture("23-node-failure").all("561" + SERVER + " | grep");
    assertThat(grepped(answers.get(0)).state()).isEqualTo(JobState.FAILED);
    assertThat(grepped(answers.get(0)).reason()).contains("its first node was lost");
  }

  @Test
  void find_asksForOnesOwnJobsOfThatName_byOneCommand() {
    assertThat(dialect.find("b-0007").orElseThrow().argv())
        .startsWith("sh", "-c")
        .endsWith("b-0007")
        .anySatisfy(word -> assertThat(word).contains("qselect -x -u \"$user\" -N \"$1\""));
  }

  @Test
  void parseFind_takesTheNewest_orNone() throws Exception {
    CommandResult several =
        answer(0, "99" + SERVER + "\n100" + SERVER + "\n98" + SERVER + "\n", "");
    assertThat(dialect.parseFind(several, "b")).contains(id("100"));
    assertThat(dialect.parseFind(answer(0, "\n", ""), "b")).isEmpty();
    CommandResult withoutHistory = capture("25-history-disabled").to("qselect -x");
    assertThat(dialect.parseFind(withoutHistory, "b")).isEmpty();
  }

  @Test
  void findThatIsNotAnswered_isNotNone() throws Exception {
    CommandResult down = capture("18-server-down").to("qselect");
    assertThat(refusal(() -> dialect.parseFind(down, "b"))).isNotNull();
    CommandResult ports =
        answer(0, "", "pbs_iff: cannot connect to host\npbs_iff: all reserved ports in use\n");
    assertThat(refusal(() -> dialect.parseFind(ports, "b")).isUnanswered()).isTrue();
    assertThat(refusal(() -> dialect.parseFind(answer(0, "no id\n", ""), "b"))).isNotNull();
  }

  @ParameterizedTest
  @CsvSource({
    "09-qdel, qdel 0.pbs, 35",
    "09-qdel, qdel 99999.pbs-0001.hostmgmt.lab.example.org 10, 153",
    "09-qdel, qdel 10.pbs, 0",
    "25-history-disabled, qdel 527, 153"
  })
  void cancelOfWhatIsGone_isDone(String file, String command, int code) throws Exception {
    CommandResult answer = capture(file).to(command);
    assertThat(answer.exitCode()).isEqualTo(code);
    dialect.checkCancel(answer);
  }

  @Test
  void cancelOfAJobThatEndsThisMoment_isDone() throws Exception {
    dialect.checkCancel(
        answer(168, "", "qdel: Request invalid for state of job 4" + SERVER + "\n"));
  }

  @Test
  void cancelThatIsRefused_saysSo() throws Exception {
    CommandResult down = capture("18-server-down").to("qdel");
    assertThat(refusal(() -> dialect.checkCancel(down)).fix()).contains("cancel again");
    CommandResult mixed =
        answer(
            153,
            "",
            "qdel: Unauthorized Request  5" + SERVER + "\nqdel: Unknown Job Id 6" + SERVER + "\n");
    assertThatExceptionOfType(SchedulerRefusal.class)
        .isThrownBy(() -> dialect.checkCancel(mixed))
        .withMessageContaining("Unauthorized");
  }

  @Test
  void test_isAHeldSubmission_thatIsGivenBackToBeCancelled() throws Exception {
    assertThat(dialect.test(SPEC).orElseThrow().argv())
        .containsExactly("qsub", "-h", "/scratch/b 7/submit.sh");
    CommandResult answer = capture("29-checks").to("qsub -h sleep.pbs");
    assertThat(dialect.parseTest(answer).held()).contains(id("564"));
    assertThat(refusal(() -> dialect.parseTest(answer(170, "", "qsub: Unknown queue\n"))))
        .hasMessageContaining("Unknown queue");
  }
}
