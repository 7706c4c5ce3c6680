package dev.drover.provider.condor;

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
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The contract and more on a toy HTCondor, since Debian has no server to try it on. */
class CondorProviderTest extends ProviderContract {
  /** Long enough for the toy to take a job on a machine under load, before it is given up. */
  private static final Duration HASTY = Duration.ofSeconds(6);

  private ToyScheduler toy;

  @Override
  protected Provider provider() throws Exception {
    toy = new ToyScheduler("condor", Files.createDirectory(folder.resolve("toy-state")));
    return provider("single-node", JobOptions.NONE, List.of(), Duration.ofSeconds(30));
  }

  private Provider provider(
      String launcher, JobOptions options, List<String> directives, Duration timeout)
      throws Exception {
    return Providers.of(
        new ProviderSettings(
            "condor",
            Launchers.of(launcher),
            options,
            Optional.empty(),
            List.of(),
            directives,
            timeout,
            Duration.ZERO),
        toy.headNode());
  }

  private static JobOptions options(String account, String constraint) {
    return new JobOptions(
        Optional.ofNullable(account),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.ofNullable(constraint),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        false);
  }

  @Override
  protected int statusQueries() {
    try {
      return toy.count("condor_q");
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @Override
  protected JobId unknownJob() {
    return new JobId("999999.0");
  }

  private static String number(JobId id) {
    return id.value().substring(0, id.value().indexOf('.'));
  }

  @Test
  void walltimeOverrun_isTimedOut() throws Exception {
    ResourceSpec resources =
        new ResourceSpec(
            1,
            OptionalInt.empty(),
            Optional.empty(),
            OptionalInt.empty(),
            Optional.of(Duration.ofSeconds(2)));
    JobSpec spec = spec(resources, WAIT);
    JobStatus end = awaitEnd(submit(spec));
    assertThat(end.state()).isEqualTo(JobState.TIMED_OUT);
    assertThat(end.reason()).isEqualTo("removed at its walltime");
  }

  @Test
  void blockThatLostItsMachine_isPreempted() throws Exception {
    JobSpec spec = spec(WAIT);
    JobId id = submit(spec);
    awaitStarted(spec);
    Files.createFile(toy.job(number(id)).resolve("preempted"));
    provider.cancel(Set.of(id));
    Files.delete(toy.job(number(id)).resolve("cancelled"));
    assertThat(awaitEnd(id).state()).isEqualTo(JobState.PREEMPTED);
  }

  @Test
  void heldJob_isHeld_withHTCondorsReason_andCancelledWhenItIsRemoved() throws Exception {
    Provider holding =
        provider("single-node", JobOptions.NONE, List.of("hold = true"), Duration.ofSeconds(30));
    JobId id = holding.submit(spec(WAIT));
    JobStatus held = holding.status(Set.of(id)).get(id);
    assertThat(held.state()).isEqualTo(JobState.HELD);
    assertThat(held.reason()).isEqualTo("on hold: submitted on hold at user's request");
    holding.cancel(Set.of(id));
    JobStatus end = holding.status(Set.of(id)).get(id);
    assertThat(end.state()).isEqualTo(JobState.CANCELLED);
    assertThat(end.reason()).isEqualTo("via condor_rm (by user alice)");
  }

  @Test
  void transferringOutputIsRunning_andSuspendedIsHeld() throws Exception {
    JobSpec spec = spec(WAIT);
    JobId id = submit(spec);
    awaitStarted(spec);
    Files.writeString(toy.job(number(id)).resolve("extra"), "6\n");
    assertThat(status(id).state()).isEqualTo(JobState.RUNNING);
    Files.writeString(toy.job(number(id)).resolve("extra"), "7\n");
    assertThat(status(id).state()).isEqualTo(JobState.HELD);
  }

  @Test
  void scheddThatIsDown_isAnOutage_andJobsRunOn() throws Exception {
    JobSpec spec = spec(WAIT);
    JobId id = submit(spec);
    awaitStarted(spec);
    assertThat(status(id).state()).isEqualTo(JobState.RUNNING);
    toy.fault("down");
    assertThatExceptionOfType(StatusUnavailableException.class)
        .isThrownBy(() -> status(id))
        .withMessageContaining("Failed to fetch ads");
    assertThatExceptionOfType(SubmitException.class)
        .isThrownBy(() -> provider.submit(spec(folder.resolve("other"), "", "true")))
        .matches(e -> !e.isUnanswered())
        .withMessageContaining("look whether the schedd runs");
    provider.cancel(Set.of(id));
    toy.fault();
    assertThat(status(id).state()).isEqualTo(JobState.RUNNING);
  }

  @Test
  void emptyListingAndHalfAListing_areNoOutcome() throws Exception {
    JobSpec one = spec(folder.resolve("one"), "", WAIT);
    JobSpec two = spec(folder.resolve("two"), "", WAIT);
    Set<JobId> both = Set.of(submit(one), submit(two));
    awaitStarted(one);
    awaitStarted(two);
    toy.fault("empty");
    assertThat(provider.status(both)).isEmpty();
    toy.fault("partial");
    assertThat(provider.status(both)).hasSize(1);
    toy.fault();
    assertThat(provider.status(both).values())
        .extracting(JobStatus::state)
        .containsOnly(JobState.RUNNING);
  }

  @Test
  void garbage_isAnOutage() throws Exception {
    JobId id = submit(spec(WAIT));
    toy.fault("garbage");
    assertThatExceptionOfType(StatusUnavailableException.class)
        .isThrownBy(() -> status(id))
        .withMessageContaining("Kerberos");
    toy.fault();
  }

  @Test
  void jobThatTheHistoryForgot_isToldByItsExitCodeFile() throws Exception {
    JobSpec spec = spec("exit 6");
    JobId id = submit(spec);
    await().atMost(Duration.ofSeconds(30)).until(() -> Files.exists(spec.exitCodeFile()));
    toy.fault("forget");
    assertThat(awaitEnd(id).exitCode()).hasValue(6);
  }

  @Test
  void submissionWhoseAnswerWasLost_isFoundByItsName() throws Exception {
    JobSpec spec = spec(WAIT);
    Provider hasty = provider("single-node", JobOptions.NONE, List.of(), HASTY);
    assertThat(provider.find(spec)).isEmpty();
    toy.fault("lost-answer");
    assertThatExceptionOfType(SubmitException.class)
        .isThrownBy(() -> hasty.submit(spec))
        .matches(SubmitException::isUnanswered);
    toy.fault();
    Optional<JobId> found = provider.find(spec);
    assertThat(found).isPresent();
    awaitStarted(spec);
    provider.cancel(Set.of(found.get()));
    assertThat(awaitEnd(found.get()).state()).isEqualTo(JobState.CANCELLED);
    assertThat(provider.find(spec)).isEqualTo(found);
  }

  @Test
  void whatTheSiteRefuses_isInvalid_withItsKey() throws Exception {
    assertInvalid(options("nosuch", null), "none of yours", "provider.account");
    assertInvalid(options(null, "(Memory > 4"), "Parse error", "provider.constraint");
  }

  private void assertInvalid(JobOptions options, String reason, String fix) {
    assertThatExceptionOfType(InvalidJobException.class)
        .isThrownBy(
            () ->
                provider("single-node", options, List.of(), Duration.ofSeconds(30))
                    .submit(spec("true")))
        .withMessageContaining("HTCondor refused block block-b")
        .withMessageContaining(reason)
        .withMessageContaining(fix);
  }

  @Test
  void limitOnJobs_passes() throws Exception {
    Files.writeString(toy.state().resolve("max-jobs"), "0\n");
    assertThatExceptionOfType(SubmitException.class)
        .isThrownBy(() -> provider.submit(spec("true")))
        .matches(e -> !e.isUnanswered())
        .withMessageContaining("provider.max-queued-blocks");
  }

  @Test
  void severalNodes_areInvalid_beforeHTCondorIsAsked() throws Exception {
    JobSpec two =
        new JobSpec(
            "two", folder.resolve("two"), List.of("true"), ResourceSpec.ofNodes(2), Map.of(), "");
    Provider anySize = provider("simple", JobOptions.NONE, List.of(), Duration.ofSeconds(30));
    assertThatExceptionOfType(InvalidJobException.class)
        .isThrownBy(() -> anySize.submit(two))
        .withMessageContaining("set provider.nodes-per-block = 1");
    assertThat(toy.count("condor_submit")).isZero();
  }

  @Test
  void test_readsTheDescription_andQueuesNothing() throws Exception {
    assertThat(provider.test(spec("true")))
        .hasValueSatisfying(words -> assertThat(words).contains("sound"));
    assertThat(toy.state().resolve("jobs")).isEmptyDirectory();
  }
}
