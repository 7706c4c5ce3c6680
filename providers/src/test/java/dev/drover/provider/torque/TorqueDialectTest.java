package dev.drover.provider.torque;

import static dev.drover.provider.Transcript.answer;
import static org.assertj.core.api.Assertions.assertThat;
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
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the dialect makes of answers that were made up after Torque's manual and source. */
class TorqueDialectTest {
  private static final Instant NOW = Instant.ofEpochSecond(1795188717);
  private static final JobSpec SPEC =
      new JobSpec(
          "b-0007",
          Path.of("/scratch/b-0007"),
          List.of("true"),
          ResourceSpec.ofNodes(1),
          Map.of(),
          "");

  private final TorqueDialect dialect = new TorqueDialect(Duration.ofSeconds(30));

  private static CommandResult qsub(String words) {
    return Transcript.of("torque/synthetic-qsub").to(words);
  }

  private static CommandResult qstat(String words) {
    return Transcript.of("torque/synthetic-qstat").to(words);
  }

  private static JobId id(int number) {
    return new JobId(number + ".torque.example.org");
  }

  private interface Reading {
    void read() throws Exception;
  }

  private static SchedulerRefusal refusal(Reading reading) {
    return catchThrowableOfType(SchedulerRefusal.class, reading::read);
  }

  private static JobStatus status(String attributes) {
    Map<String, String> map = new HashMap<>();
    for (String attribute : attributes.split(";")) {
      String[] pair = attribute.split("=", 2);
      map.put(pair[0].strip(), pair[1].strip());
    }
    return new TorqueJob(map).status(NOW);
  }

  @Test
  void commands_areThese() {
    SubmittedJob one = new SubmittedJob(id(1), Optional.empty());
    SubmittedJob all = new SubmittedJob(new JobId("all"), Optional.empty());
    assertThat(dialect.submit(SPEC).argv()).containsExactly("qsub", "/scratch/b-0007/submit.sh");
    assertThat(dialect.test(SPEC).orElseThrow().argv())
        .containsExactly("qsub", "-h", "/scratch/b-0007/submit.sh");
    assertThat(dialect.status(List.of(one, all)).argv())
        .containsExactly("qstat", "-f", "-1", "1.torque.example.org");
    assertThat(dialect.cancel(List.of(all)).argv()).doesNotContain("all");
    assertThat(dialect.find("b-0007").orElseThrow().argv())
        .endsWith("b-0007")
        .anySatisfy(word -> assertThat(word).contains("qselect -u"));
  }

  @Test
  void parseSubmit_returnsTheWholeId() throws Exception {
    assertThat(dialect.parseSubmit(qsub("qsub ok.sh"))).isEqualTo(id(179));
    assertThat(refusal(() -> dialect.parseSubmit(answer(0, "welcome\n", ""))).isUnanswered())
        .isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "-q nosuchq, true, provider.queue",
    "walltime=999, true, provider.walltime",
    "toomany.sh, false, provider.max-blocks",
    "-q off, false, provider.queue",
    "-q theirs, true, provider.queue",
    "nosuch=1, true, provider.select-options",
    "-A nobody, true, provider.account",
    "routed.sh, true, provider.nodes-per-block",
    "foreign.sh, true, ask the site",
    "bad name, true, provider.job-name-prefix",
    "down.sh, false, answers again",
  })
  void refusedSubmission_saysWhetherItIsForGood_andTheMend(
      String command, boolean permanent, String fix) throws Exception {
    CommandResult answer = qsub(command);
    SchedulerRefusal refusal = refusal(() -> dialect.parseSubmit(answer));
    assertThat(refusal.isPermanent()).isEqualTo(permanent);
    assertThat(refusal.isUnanswered()).isFalse();
    assertThat(refusal.fix()).contains(fix);
  }

  @Test
  void submissionThatTimesOut_isUnanswered() throws Exception {
    CommandResult answer = qsub("slow.sh");
    assertThat(refusal(() -> dialect.parseSubmit(answer)).isUnanswered()).isTrue();
    assertThat(refusal(() -> dialect.parseSubmit(answer(137, "", ""))).isUnanswered()).isTrue();
    assertThat(refusal(() -> dialect.parseSubmit(answer(127, "", ""))).isPermanent()).isTrue();
    assertThat(refusal(() -> dialect.parseSubmit(answer(9, "", ""))).isPermanent()).isFalse();
  }

  @Test
  void oneListing_tellsOfAll() throws Exception {
    Map<JobId, JobStatus> seen = dialect.parseStatus(qstat("qstat -f -1 179"), NOW);
    Map<JobId, JobState> states = new HashMap<>();
    seen.forEach((id, status) -> states.put(id, status.state()));
    assertThat(states)
        .isEqualTo(
            Map.of(
                id(179), JobState.COMPLETED,
                id(180), JobState.FAILED,
                id(181), JobState.TIMED_OUT,
                id(182), JobState.PENDING,
                id(183), JobState.HELD,
                id(184), JobState.RUNNING,
                id(185), JobState.CANCELLED));
    assertThat(seen.get(id(180)).exitCode()).hasValue(3);
    assertThat(seen.get(id(182)).reason()).isEqualTo("Not Running: No nodes");
  }

  @Test
  void unknownJob_hasNoEntry_andHidesNoOther() throws Exception {
    assertThat(dialect.parseStatus(qstat("qstat -f -1 99999"), NOW)).isEmpty();
    assertThat(dialect.parseStatus(qstat("qstat -f -1 184 99999"), NOW)).containsOnlyKeys(id(184));
  }

  @ParameterizedTest
  @ValueSource(strings = {"-1 down", "-1 half", "qstat 184"})
  void failureOrTable_isNoAnswer(String command) throws Exception {
    CommandResult answer = qstat(command);
    assertThat(refusal(() -> dialect.parseStatus(answer, NOW)).isUnanswered()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "\n", "<html>", "Job Id: 1.torque\n", "    job_state = C\n"})
  void successWithoutAJob_isNoAnswer(String stdout) {
    assertThat(refusal(() -> dialect.parseStatus(answer(0, stdout, ""), NOW)))
        .hasMessageContaining("no job");
  }

  @Test
  void variablesOfAJob_doNotSpeakForTheServer() throws Exception {
    String listing =
        "Job Id: 1.torque\n    job_state = R\n    Variable_List = A=b\n    job_state = C\n"
            + "    exit_status = 0\n";
    assertThat(dialect.parseStatus(answer(0, listing, ""), NOW).get(new JobId("1.torque")).state())
        .isEqualTo(JobState.RUNNING);
  }

  @ParameterizedTest
  @CsvSource({
    "job_state=E, RUNNING, ''",
    "job_state=W, PENDING, ''",
    "job_state=T, PENDING, ''",
    "job_state=S, HELD, suspended",
    "job_state=H;Hold_Types=s;depend=afterok:3.torque, HELD, depend afterok:3.torque",
    "job_state=Z, UNKNOWN, unknown state",
    "job_state=C;exit_status=143, CANCELLED, SIGTERM",
    "job_state=C;exit_status=271, CANCELLED, signal 15",
    "job_state=C;exit_status=271;resources_used.walltime=00:20:01;Resource_List.walltime=00:20:00,"
        + " TIMED_OUT, walltime",
    "job_state=C;exit_status=143;resources_used.walltime=00:19:01;Resource_List.walltime=00:20:00,"
        + " CANCELLED, SIGTERM",
    "job_state=C;exit_status=3;resources_used.walltime=00:20:01;Resource_List.walltime=00:20:00,"
        + " FAILED, exit code 3",
    "job_state=C;exit_status=265, FAILED, signal 9",
    "job_state=C;exit_status=-10, FAILED, more memory",
    "job_state=C;exit_status=-12, FAILED, CPU time",
    "job_state=C;exit_status=-9, FAILED, output files",
    "job_state=C;exit_status=-1;comment=no such user, FAILED, could not start it; no such user",
    "job_state=C;start_time=now, FAILED, without an exit status",
    "job_state=C, CANCELLED, before it ran",
  })
  void eachLetterAndCode_meansThis(String attributes, JobState state, String reason) {
    JobStatus status = status(attributes);
    assertThat(status.state()).isEqualTo(state);
    assertThat(status.reason()).contains(reason);
  }

  @Test
  void parseFind_takesTheNewest_orNone_orSaysThatItDoesNotKnow() throws Exception {
    CommandResult two = answer(0, "4.torque\n3.torque\n", "");
    assertThat(dialect.parseFind(two, "b")).contains(new JobId("4.torque"));
    assertThat(dialect.parseFind(answer(0, "", ""), "b")).isEmpty();
    CommandResult down = answer(29, "", "qselect: cannot connect to server x\n");
    assertThat(refusal(() -> dialect.parseFind(down, "b"))).isNotNull();
    CommandResult noise = answer(0, "", "Connection to server timed out\n");
    assertThat(refusal(() -> dialect.parseFind(noise, "b"))).isNotNull();
  }

  @Test
  void cancelOfWhatIsGone_isDone_andARefusalIsSaid() throws Exception {
    dialect.checkCancel(answer(0, "", ""));
    dialect.checkCancel(answer(153, "", "qdel: nonexistent job id: 7.torque\n"));
    dialect.checkCancel(
        answer(
            170,
            "",
            "qdel: Request invalid for state of job MSG=invalid state for job - COMPLETE 7.torque\n"));
    CommandResult denied = answer(159, "", "qdel: Unauthorized Request  MSG=operation 8.torque\n");
    assertThat(refusal(() -> dialect.checkCancel(denied))).hasMessageContaining("Unauthorized");
    CommandResult down = answer(29, "", "qdel: cannot connect to server x\n");
    assertThat(refusal(() -> dialect.checkCancel(down)).fix()).contains("cancel again");
  }
}
