package dev.drover.provider;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import dev.drover.headnode.Command;
import dev.drover.job.JobId;
import dev.drover.job.JobOptions;
import dev.drover.job.JobSpec;
import dev.drover.job.JobState;
import dev.drover.job.JobStatus;
import dev.drover.job.ResourceSpec;
import dev.drover.launcher.Launcher;
import dev.drover.launcher.Launchers;
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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a provider of a batch scheduler promises, too, when that scheduler does its worst. */
public abstract class ToyProviderContract extends ProviderContract {
  /** For machines under load; the toy answers in a tenth of a second. */
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private static final Duration IMPATIENCE = Duration.ofSeconds(5);

  /** The number that the toy gives its first job. */
  protected static final String FIRST = "101";

  protected ToyScheduler toy;

  /** The provider's name, which is also the toy's face. */
  protected abstract String scheduler();

  /** How a line of the toy's log goes on, after the time, for a submission. */
  protected abstract String submission();

  /** The same for a question about jobs. */
  protected abstract String question();

  /** The command by which somebody else ends the job. */
  protected abstract List<String> cancelling(JobId job);

  /** What the job's own environment calls it. */
  protected abstract String idVariable();

  @Override
  protected final Provider provider() throws Exception {
    toy = new ToyScheduler(scheduler(), Files.createDirectory(folder.resolve("toy")));
    return provider(PATIENCE);
  }

  private Provider provider(Duration commandTimeout) throws Exception {
    return provider(Optional.empty(), Launchers.of("single-node"), commandTimeout);
  }

  protected final Provider provider(Optional<String> queue, Launcher launcher) throws Exception {
    return provider(queue, launcher, PATIENCE);
  }

  private Provider provider(Optional<String> queue, Launcher launcher, Duration commandTimeout)
      throws Exception {
    JobOptions none = JobOptions.NONE;
    ProviderSettings defaults = ProviderSettings.of(scheduler());
    return Providers.of(
        new ProviderSettings(
            defaults.name(),
            launcher,
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
                false),
            Optional.empty(),
            List.of(),
            List.of(),
            commandTimeout,
            defaults.cancelGrace()),
        toy.headNode());
  }

  private int logged(String words) throws IOException {
    Path log = toy.state().resolve("log");
    if (!Files.exists(log)) {
      return 0;
    }
    try (var lines = Files.lines(log)) {
      return (int) lines.filter(line -> line.split(" ", 2)[1].startsWith(words)).count();
    }
  }

  @Override
  protected final int statusQueries() {
    try {
      return logged(question());
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /** Runs before the contract's own clean-up, which asks the scheduler. */
  @AfterEach
  void healTheScheduler() throws Exception {
    toy.fault();
    Files.deleteIfExists(toy.state().resolve("slots"));
    Files.deleteIfExists(toy.job(FIRST).resolve("held"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"down", "hang", "empty", "garbage"})
  void faultOfTheScheduler_changesNoState(String fault) throws Exception {
    JobSpec spec = spec(WAIT);
    JobId id = submit(spec);
    awaitStarted(spec);
    Provider asked = fault.equals("hang") ? provider(IMPATIENCE) : provider;
    asked.adopt(Map.of(id, spec.directory()));
    JobStatus before = asked.status(Set.of(id)).get(id);
    assertThat(before.state()).isEqualTo(JobState.RUNNING);
    toy.fault(fault);
    try {
      assertThat(asked.status(Set.of(id))).isEmpty();
    } catch (StatusUnavailableException e) {
      assertThat(e).hasMessageContaining("command:").hasMessageContaining("fix:");
    }
    toy.fault();
    assertThat(asked.status(Set.of(id))).containsEntry(id, before);
  }

  @Test
  void jobLeftOutOfAListing_hasNoEntry_andIsThereAgainLater() throws Exception {
    JobSpec one = spec(folder.resolve("one"), "", WAIT);
    JobSpec two = spec(folder.resolve("two"), "", WAIT);
    Set<JobId> both = Set.of(submit(one), submit(two));
    awaitStarted(one);
    awaitStarted(two);
    toy.fault("partial");
    assertThat(provider.status(both)).hasSize(1);
    toy.fault();
    assertThat(provider.status(both).values())
        .extracting(JobStatus::state)
        .containsExactly(JobState.RUNNING, JobState.RUNNING);
  }

  @Test
  void submissionWhoseAnswerIsLost_isFoundByItsName_andNeverSubmittedTwice() throws Exception {
    JobSpec spec = spec("exit 3");
    Provider impatient = provider(IMPATIENCE);
    toy.fault("lost-answer");
    assertThatExceptionOfType(SubmitException.class)
        .isThrownBy(() -> impatient.submit(spec))
        .matches(SubmitException::isUnanswered);
    toy.fault();
    JobId id = provider.find(spec).orElseThrow();
    assertThat(awaitEnd(id).exitCode()).hasValue(3);
    assertThat(logged(submission())).isEqualTo(1);
    assertThat(toy.job("102")).doesNotExist();
  }

  @Test
  void submissionWhileTheSchedulerIsDown_isNoBadJob_andNoJobIsFound() throws Exception {
    JobSpec spec = spec("exit 3");
    toy.fault("down");
    assertThatExceptionOfType(SubmitException.class)
        .isThrownBy(() -> provider.submit(spec))
        .withMessageContaining("fix:");
    assertThatExceptionOfType(StatusUnavailableException.class)
        .isThrownBy(() -> provider.find(spec));
    toy.fault();
    assertThat(provider.find(spec)).isEmpty();
  }

  @Test
  void forgottenJob_isSettledByTheExitCodeThatItsScriptWrote() throws Exception {
    JobSpec spec = spec("exit 3");
    JobId id = submit(spec);
    await().atMost(PATIENCE).until(() -> Files.exists(spec.exitCodeFile()));
    toy.fault("forget");
    JobStatus end = awaitEnd(id);
    assertThat(end.state()).isEqualTo(JobState.FAILED);
    assertThat(end.exitCode()).hasValue(3);
  }

  @Test
  void forgottenJobWithoutAnExitCode_hasNoEntry() throws Exception {
    JobSpec spec = spec("echo started; kill -9 $PPID");
    JobId id = submit(spec);
    awaitStarted(spec);
    await().atMost(PATIENCE).until(() -> Files.exists(toy.job(FIRST).resolve("ended")));
    toy.fault("forget");
    assertThat(provider.status(Set.of(id))).isEmpty();
    toy.fault();
    assertThat(awaitEnd(id).state()).isEqualTo(JobState.FAILED);
  }

  @Test
  void jobThatWaits_isPending_andAHeldOneIsHeld() throws Exception {
    Files.writeString(toy.state().resolve("slots"), "0\n");
    JobSpec spec = spec(WAIT);
    JobId id = submit(spec);
    assertThat(status(id).state()).isEqualTo(JobState.PENDING);
    Files.createFile(toy.job(FIRST).resolve("held"));
    assertThat(status(id).state()).isEqualTo(JobState.HELD);
    Files.delete(toy.job(FIRST).resolve("held"));
    Files.delete(toy.state().resolve("slots"));
    await().atMost(PATIENCE).until(() -> status(id).state() == JobState.RUNNING);
  }

  @Test
  void cancelBeforeItBegan_endsCancelled_withoutAnExitCode() throws Exception {
    Files.writeString(toy.state().resolve("slots"), "0\n");
    JobId id = submit(spec(WAIT));
    provider.cancel(Set.of(id));
    JobStatus end = awaitEnd(id);
    assertThat(end.state()).isEqualTo(JobState.CANCELLED);
    assertThat(end.exitCode()).isEmpty();
  }

  @Test
  void jobThatRunsOutOfTime_isTimedOut() throws Exception {
    ResourceSpec resources =
        new ResourceSpec(
            1,
            OptionalInt.of(1),
            Optional.empty(),
            OptionalInt.empty(),
            Optional.of(Duration.ofSeconds(2)));
    // Its time may be over before it has said that it began.
    JobStatus end = awaitEnd(submit(spec(resources, WAIT)));
    assertThat(end.state()).isEqualTo(JobState.TIMED_OUT);
    assertThat(end.reason()).isNotBlank();
  }

  @Test
  void jobThatSomebodyElseEnded_isCancelled() throws Exception {
    JobSpec spec = spec(WAIT);
    JobId id = submit(spec);
    awaitStarted(spec);
    toy.headNode().run(Command.of(Duration.ofSeconds(20), cancelling(id)));
    assertThat(awaitEnd(id).state()).isEqualTo(JobState.CANCELLED);
  }

  @Test
  void job_knowsItsId() throws Exception {
    JobSpec spec = spec("echo \"$" + idVariable() + "\"");
    JobId id = submit(spec);
    awaitEnd(id);
    assertThat(spec.stdout()).hasContent(id.value());
  }

  @Test
  void unknownQueue_isABadJob() throws Exception {
    Provider misconfigured = provider(Optional.of("nosuch"), Launchers.of("single-node"));
    assertThatExceptionOfType(InvalidJobException.class)
        .isThrownBy(() -> misconfigured.submit(spec("true")))
        .withMessageContaining("nosuch")
        .withMessageContaining("provider.queue");
    assertThatExceptionOfType(InvalidJobException.class)
        .isThrownBy(() -> misconfigured.test(spec("true")));
  }

  @Test
  void test_runsNothing_andLeavesNothingQueued() throws Exception {
    JobSpec spec = spec("true");
    assertThat(provider.test(spec)).isPresent();
    assertThat(toy.job(FIRST).resolve("cancelled")).exists();
    assertThat(toy.job(FIRST).resolve("pid")).doesNotExist();
    assertThat(spec.stdout()).doesNotExist();
    assertThat(provider.find(spec)).isEmpty();
  }

  /** The same ids, from a provider that did not submit them. */
  @Test
  void adoptedJob_isKnown() throws Exception {
    JobSpec spec = spec("exit 4");
    JobId id = submit(spec);
    Provider later = provider(PATIENCE);
    later.adopt(Map.of(id, spec.directory()));
    await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> later.status(Set.of(id)).get(id).state().isTerminal());
    assertThat(later.status(Set.of(id)).get(id).exitCode()).hasValue(4);
  }
}
