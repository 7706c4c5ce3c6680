package dev.drover.provider.pbs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import dev.drover.job.JobId;
import dev.drover.job.JobOptions;
import dev.drover.job.JobSpec;
import dev.drover.job.JobState;
import dev.drover.job.JobStatus;
import dev.drover.job.ResourceSpec;
import dev.drover.launcher.Launchers;
import dev.drover.provider.InvalidJobException;
import dev.drover.provider.Provider;
import dev.drover.provider.ProviderContract;
import dev.drover.provider.ProviderSettings;
import dev.drover.provider.Providers;
import dev.drover.provider.StatusUnavailableException;
import dev.drover.provider.SubmitException;
import dev.drover.provider.ToyScheduler;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What PBS and Torque promise beyond every provider, and what none of their faults may do. */
public abstract class PbsFamilyContract extends ProviderContract {
  /** Enough for a toy on a busy machine. */
  private static final Duration PATIENT = Duration.ofSeconds(60);

  /** Enough for the toy to take a job before the answer is given up. */
  private static final Duration HASTY = Duration.ofSeconds(6);

  private final String name;
  private final String face;
  private final String statusWord;

  @TempDir Path toyState;

  private ToyScheduler toy;

  /**
   * One of the family.
   *
   * @param name of the provider
   * @param face of the toy
   * @param statusWord a word of the status command that no other command has
   */
  protected PbsFamilyContract(String name, String face, String statusWord) {
    this.name = name;
    this.face = face;
    this.statusWord = statusWord;
  }

  @Override
  protected Provider provider() throws Exception {
    toy = new ToyScheduler(face, toyState);
    return provider(PATIENT, Optional.empty());
  }

  private Provider provider(Duration timeout, Optional<String> queue) throws Exception {
    JobOptions none = JobOptions.NONE;
    JobOptions options =
        new JobOptions(
            none.account(),
            queue,
            none.qos(),
            none.reservation(),
            none.constraint(),
            none.clusters(),
            none.gres(),
            none.selectOptions(),
            none.parallelEnvironment(),
            none.exclusive());
    return Providers.of(
        new ProviderSettings(
            name,
            Launchers.of("single-node"),
            options,
            Optional.empty(),
            List.of(),
            List.of(),
            timeout,
            Duration.ofSeconds(1)),
        toy.headNode());
  }

  @Override
  protected int statusQueries() {
    return toy.headNode().count(statusWord);
  }

  @Override
  protected JobId unknownJob() {
    return new JobId("99999.toy-pbs.example.org");
  }

  @AfterEach
  void mendEverything() throws Exception {
    fault();
    for (Path job : jobs()) {
      Files.deleteIfExists(job.resolve("letter"));
    }
  }

  /** Their directories; what is in them comes and goes while they run. */
  private List<Path> jobs() throws IOException {
    Path jobs = toyState.resolve("jobs");
    if (!Files.exists(jobs)) {
      return List.of();
    }
    try (var directories = Files.list(jobs)) {
      return directories.toList();
    }
  }

  protected final void fault(String... words) throws IOException {
    toy.fault(words);
  }

  /** Makes the toy's qstat show that of the job, whatever it does. */
  protected final void show(JobId id, String file, String value) throws IOException {
    Files.writeString(toy.job(number(id)).resolve(file), value + "\n");
  }

  protected static String number(JobId id) {
    return id.value().substring(0, id.value().indexOf('.'));
  }

  /** As a scheduler takes a job's nodes back. */
  protected final void preempt(JobId id) throws IOException {
    show(id, "preempted", "");
    long script =
        Long.parseLong(Files.readString(toy.job(number(id)).resolve("script-pid")).strip());
    ProcessHandle.of(script).ifPresent(ProcessHandle::destroy);
  }

  protected final Optional<JobId> find(JobSpec spec) throws Exception {
    return provider.find(spec);
  }

  protected final JobId running() throws Exception {
    JobSpec spec = spec(WAIT);
    JobId id = submit(spec);
    awaitStarted(spec);
    return id;
  }

  /** A job that has ended in the toy, and whose end the provider has not seen. */
  protected final JobId ended(String script) throws Exception {
    JobId id = submit(spec(script));
    await().atMost(PATIENT).until(() -> Files.exists(toy.job(number(id)).resolve("ended")));
    return id;
  }

  @Test
  void job_findsItsIdItsNodesAndItsFolder() throws Exception {
    JobSpec spec = spec("env | grep ^PBS_; echo $PWD; cat \"$PBS_NODEFILE\" | wc -l");
    JobId id = submit(spec);
    assertThat(awaitEnd(id).state()).isEqualTo(JobState.COMPLETED);
    assertThat(spec.stdout())
        .content()
        .contains("PBS_JOBID=" + id, "PBS_ENVIRONMENT=PBS_BATCH", "PBS_JOBNAME=" + spec.name())
        .contains(spec.directory().toString())
        .endsWith("\n1\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"down", "garbage", "empty"})
  void queryThatFails_changesNoState(String word) throws Exception {
    JobId id = running();
    JobStatus before = status(id);
    fault(word);
    assertThatExceptionOfType(StatusUnavailableException.class)
        .isThrownBy(() -> status(id))
        .withMessageContaining("the last status holds");
    fault();
    assertThat(status(id)).isEqualTo(before);
  }

  @Test
  void queryThatHangs_isGivenUp_andChangesNoState() throws Exception {
    JobId id = running();
    JobStatus before = status(id);
    fault("hang");
    Provider hasty = provider(Duration.ofSeconds(1), Optional.empty());
    assertThatExceptionOfType(StatusUnavailableException.class)
        .isThrownBy(() -> hasty.status(Set.of(id)))
        .withMessageContaining("killed after 1 s");
    hasty.cancel(Set.of(id));
    fault();
    assertThat(status(id)).isEqualTo(before);
  }

  @Test
  void jobThatAListingLeavesOut_hasNoEntry_andIsSeenAgain() throws Exception {
    JobSpec one = spec(folder.resolve("one"), "", WAIT);
    JobSpec two = spec(folder.resolve("two"), "", WAIT);
    Set<JobId> both = Set.of(submit(one), submit(two));
    awaitStarted(one);
    awaitStarted(two);
    fault("partial");
    assertThat(provider.status(both).values())
        .allSatisfy(status -> assertThat(status.state()).isEqualTo(JobState.RUNNING));
    fault();
    assertThat(provider.status(both)).hasSize(2);
  }

  @Test
  void submissionWhoseAnswerIsLost_isFoundByItsName_andNotSubmittedTwice() throws Exception {
    JobSpec spec = spec("exit 3");
    Provider hasty = provider(HASTY, Optional.empty());
    assertThat(provider.find(spec)).isEmpty();
    fault("lost-answer");
    assertThatExceptionOfType(SubmitException.class)
        .isThrownBy(() -> hasty.submit(spec))
        .matches(SubmitException::isUnanswered);
    fault();
    JobId id = provider.find(spec).orElseThrow();
    JobStatus end = awaitEnd(id);
    assertThat(end.state()).isEqualTo(JobState.FAILED);
    assertThat(end.exitCode()).hasValue(3);
    assertThat(provider.find(spec)).contains(id);
    assertThat(toy.count("qsub")).isEqualTo(1);
  }

  @Test
  void findThatIsNotAnswered_isNoReasonToSubmitAgain() throws Exception {
    JobSpec spec = spec("exit 0");
    submit(spec);
    fault("down");
    assertThatExceptionOfType(StatusUnavailableException.class)
        .isThrownBy(() -> provider.find(spec));
  }

  @Test
  void submissionToAServerThatIsDown_mayBeTriedAgainWithoutLooking() throws Exception {
    fault("down");
    assertThatExceptionOfType(SubmitException.class)
        .isThrownBy(() -> provider.submit(spec("exit 0")))
        .withMessageContaining("cannot connect to server")
        .matches(e -> !e.isUnanswered());
  }

  @Test
  void unknownQueue_isForGood_andNamesTheKey() throws Exception {
    Files.writeString(toyState.resolve("queues"), "workq\n");
    Provider wrong = provider(PATIENT, Optional.of("debugg"));
    assertThatExceptionOfType(InvalidJobException.class)
        .isThrownBy(() -> wrong.submit(spec("exit 0")))
        .withMessageContaining("Unknown queue")
        .withMessageContaining("set provider.queue");
  }

  @Test
  void jobThatTheServerForgot_isSettledByItsExitCodeFile() throws Exception {
    JobId id = ended("exit 3");
    fault("forget");
    assertThat(status(id).state()).isEqualTo(JobState.FAILED);
    assertThat(status(id).exitCode()).hasValue(3);
  }

  @Test
  void forgottenJobWithoutAnExitCode_hasNoEntry_andNoOtherIsHidden() throws Exception {
    JobId killed = ended("kill -9 $PPID");
    JobSpec waiting = spec(folder.resolve("waiting"), "", WAIT);
    JobId alive = submit(waiting);
    awaitStarted(waiting);
    fault("forget");
    Map<JobId, JobStatus> seen = provider.status(Set.of(killed, alive));
    assertThat(seen).containsOnlyKeys(alive);
    assertThat(seen.get(alive).state()).isEqualTo(JobState.RUNNING);
  }

  @Test
  void jobThatWaits_isPending_andDiesInTheQueue() throws Exception {
    Files.writeString(toyState.resolve("slots"), "0\n");
    JobId id = submit(spec("exit 0"));
    assertThat(status(id).state()).isEqualTo(JobState.PENDING);
    provider.cancel(Set.of(id));
    JobStatus end = awaitEnd(id);
    assertThat(end.state()).isEqualTo(JobState.CANCELLED);
    assertThat(end.exitCode()).isEmpty();
  }

  @Test
  void heldJob_isHeld_notPending() throws Exception {
    Files.writeString(toyState.resolve("slots"), "0\n");
    JobId id = submit(spec("exit 0"));
    Files.writeString(toy.job(number(id)).resolve("held"), "");
    assertThat(status(id).state()).isEqualTo(JobState.HELD);
    assertThat(status(id).reason()).contains("held");
  }

  @Test
  void exitingJob_stillRuns() throws Exception {
    JobId id = ended("exit 0");
    show(id, "letter", "E");
    assertThat(status(id).state()).isEqualTo(JobState.RUNNING);
    Files.delete(toy.job(number(id)).resolve("letter"));
    assertThat(status(id).state()).isEqualTo(JobState.COMPLETED);
  }

  @Test
  void suspendedJob_isHeld() throws Exception {
    JobId id = running();
    show(id, "letter", "S");
    assertThat(status(id).state()).isEqualTo(JobState.HELD);
  }

  @Test
  void walltime_isATimeOut() throws Exception {
    ResourceSpec resources =
        new ResourceSpec(
            1,
            OptionalInt.empty(),
            Optional.empty(),
            OptionalInt.empty(),
            Optional.of(Duration.ofSeconds(2)));
    JobSpec spec = spec(resources, WAIT);
    assertThat(awaitEnd(submit(spec)).state()).isEqualTo(JobState.TIMED_OUT);
  }

  @Test
  void test_leavesACancelledJob_thatNeverRan() throws Exception {
    JobSpec spec = spec("exit 0");
    assertThat(provider.test(spec)).hasValueSatisfying(words -> assertThat(words).contains("held"));
    JobId held = provider.find(spec).orElseThrow();
    assertThat(status(held).state()).isEqualTo(JobState.CANCELLED);
    assertThat(toy.job(number(held)).resolve("started")).doesNotExist();
  }

  @Test
  void idThatTheListingShortens_isTheSameJob() throws Exception {
    JobId id = running();
    JobId shortened = new JobId(number(id) + ".toy-pbs");
    provider.adopt(Map.of(shortened, folder.resolve("b")));
    assertThat(status(shortened).state()).isEqualTo(JobState.RUNNING);
  }
}
