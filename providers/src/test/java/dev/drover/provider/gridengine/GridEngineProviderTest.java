package dev.drover.provider.gridengine;

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
import dev.drover.provider.CountingHeadNode;
import dev.drover.provider.InvalidJobException;
import dev.drover.provider.Provider;
import dev.drover.provider.ProviderContract;
import dev.drover.provider.ProviderSettings;
import dev.drover.provider.Providers;
import dev.drover.provider.StatusUnavailableException;
import dev.drover.provider.SubmitException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The contract and more on a real Grid Engine, where its packages are installed. */
class GridEngineProviderTest extends ProviderContract {
  private GridEngineCluster cluster;
  private CountingHeadNode headNode;

  @BeforeAll
  static void bringItUp() throws Exception {
    GridEngineCluster.up();
  }

  @Override
  protected Provider provider() throws Exception {
    cluster = GridEngineCluster.up();
    headNode = cluster.headNode();
    return provider("single-node", JobOptions.NONE, List.of());
  }

  /** For blocks of any size. */
  private Provider provider(JobOptions options, List<String> directives) throws Exception {
    return provider("simple", options, directives);
  }

  private Provider provider(String launcher, JobOptions options, List<String> directives)
      throws Exception {
    return Providers.of(
        new ProviderSettings(
            "gridengine",
            Launchers.of(launcher),
            options,
            Optional.empty(),
            List.of(),
            directives,
            Duration.ofSeconds(30),
            Duration.ZERO),
        headNode);
  }

  private static JobOptions options(
      String account, String queue, String parallelEnvironment, String reservation) {
    return new JobOptions(
        Optional.ofNullable(account),
        Optional.ofNullable(queue),
        Optional.empty(),
        Optional.ofNullable(reservation),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.ofNullable(parallelEnvironment),
        false);
  }

  @Override
  protected int statusQueries() {
    return headNode.count("drover-status");
  }

  @Override
  protected JobId unknownJob() {
    return new JobId("9999999");
  }

  private JobSpec spec(
      String name, int nodes, OptionalInt cores, Duration walltime, String script) {
    return new JobSpec(
        name,
        folder.resolve(name),
        List.of("bash", "-c", script),
        new ResourceSpec(
            nodes, cores, Optional.empty(), OptionalInt.empty(), Optional.of(walltime)),
        Map.of(),
        "");
  }

  private JobStatus awaitState(JobId id, JobState state) {
    return await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> status(id), s -> s != null && s.state() == state);
  }

  @Test
  void walltimeOverrun_isTimedOut() throws Exception {
    JobId id = submit(spec("short", 1, OptionalInt.empty(), Duration.ofSeconds(2), WAIT));
    JobStatus end = awaitEnd(id);
    assertThat(end.state()).isEqualTo(JobState.TIMED_OUT);
    assertThat(end.reason()).contains("h_rt");
  }

  @Test
  void cancelBeforeTheStart_endsCancelled_thoughGridEngineKeepsNoRecordOfIt() throws Exception {
    Provider holding = provider(JobOptions.NONE, List.of("-h"));
    JobSpec spec = spec(WAIT);
    JobId id = holding.submit(spec);
    JobStatus held =
        await()
            .atMost(Duration.ofSeconds(30))
            .until(() -> holding.status(Set.of(id)).get(id), s -> s != null);
    assertThat(held.state()).isEqualTo(JobState.HELD);
    holding.cancel(Set.of(id));
    await()
        .atMost(Duration.ofSeconds(30))
        .until(
            () -> holding.status(Set.of(id)).get(id),
            s -> s != null && s.state() == JobState.CANCELLED);
    assertThat(spec.stdout()).doesNotExist();
  }

  @Test
  void suspendedJob_isHeld_andRunsOnWhenItIsReleased() throws Exception {
    JobSpec spec = spec(WAIT);
    JobId id = submit(spec);
    awaitStarted(spec);
    cluster.say("qmod", "-sj", id.value());
    assertThat(awaitState(id, JobState.HELD).reason()).contains("suspended");
    cluster.say("qmod", "-usj", id.value());
    awaitState(id, JobState.RUNNING);
  }

  @Test
  void jobInErrorState_isHeld_withGridEnginesReason() throws Exception {
    Provider broken = provider(JobOptions.NONE, List.of("-S /no/such/shell"));
    JobId id = broken.submit(spec("true"));
    try {
      JobStatus held =
          await()
              .atMost(Duration.ofSeconds(30))
              .until(
                  () -> broken.status(Set.of(id)).get(id),
                  s -> s != null && s.state() == JobState.HELD);
      assertThat(held.reason())
          .contains("Eqw")
          .contains("unable to find shell \"/no/such/shell\"")
          .contains("qmod -cj " + id.value());
    } finally {
      broken.cancel(Set.of(id));
    }
  }

  @Test
  void exitCodesThatGridEngineObeys_areKeptFromIt() throws Exception {
    for (int code : new int[] {99, 100}) {
      JobSpec spec = spec(folder.resolve("code-" + code), "", "exit " + code);
      JobStatus end = awaitEnd(submit(spec));
      assertThat(end.state()).isEqualTo(JobState.FAILED);
      assertThat(end.exitCode()).hasValue(1);
      assertThat(spec.exitCodeFile()).hasContent(Integer.toString(code));
      assertThat(spec.stderr()).content().contains("exit code 1 instead of " + code);
    }
  }

  @Test
  void parallelEnvironmentAccountAndQueue_areAskedFor() throws Exception {
    Provider wide = provider(options("physics", "debug", "drover", null), List.of());
    JobSpec spec =
        spec("wide", 2, OptionalInt.of(2), Duration.ofMinutes(1), "echo $NSLOTS $QUEUE $PE");
    JobId id = wide.submit(spec);
    await()
        .atMost(Duration.ofSeconds(30))
        .until(
            () -> wide.status(Set.of(id)).get(id),
            s -> s != null && s.state() == JobState.COMPLETED);
    assertThat(spec.stdout()).hasContent("4 debug drover");
    // The job's own file may tell its end before there is a record, and then qacct fails.
    await()
        .atMost(Duration.ofSeconds(30))
        .untilAsserted(
            () -> assertThat(cluster.say("qacct", "-j", id.value())).contains("physics"));
  }

  @Test
  void whatNoQueueCanGive_isInvalid_withTheSitesKey() throws Exception {
    assertInvalid(options(null, "nosuch", null, null), "nosuch", "set provider.queue");
    assertInvalid(options("nosuch", null, null, null), "nosuch", "set provider.account");
    assertInvalid(
        options(null, null, "nosuch", null), "nosuch", "set provider.parallel-environment");
    assertInvalid(options(null, null, null, "77"), "77", "set provider.reservation");
    assertThatExceptionOfType(InvalidJobException.class)
        .isThrownBy(
            () -> provider.submit(spec("long", 1, OptionalInt.empty(), Duration.ofDays(3), "true")))
        .withMessageContaining("no suitable queues")
        .withMessageContaining("provider.walltime");
  }

  private void assertInvalid(JobOptions options, String named, String fix) {
    assertThatExceptionOfType(InvalidJobException.class)
        .isThrownBy(() -> provider(options, List.of()).submit(spec("true")))
        .withMessageContaining("Grid Engine refused block")
        .withMessageContaining(named)
        .withMessageContaining(fix);
  }

  @Test
  void severalNodesWithoutParallelEnvironment_isInvalid_beforeGridEngineIsAsked() throws Exception {
    JobSpec two = spec("two", 2, OptionalInt.empty(), Duration.ofMinutes(1), "true");
    Provider anySize = provider(JobOptions.NONE, List.of());
    assertThatExceptionOfType(InvalidJobException.class)
        .isThrownBy(() -> anySize.submit(two))
        .withMessageEndingWith(
            "a block of 2 nodes needs provider.parallel-environment on Grid Engine (qconf -spl"
                + " lists them)");
    assertThat(headNode.count("qsub")).isZero();
  }

  @Test
  void test_saysWhatGridEngineWouldSay_andQueuesNothing() throws Exception {
    JobSpec spec = spec("asked", 1, OptionalInt.empty(), Duration.ofMinutes(1), "true");
    assertThat(provider.test(spec)).hasValueSatisfying(w -> assertThat(w).contains("suitable"));
    assertThat(provider.find(spec)).isEmpty();
    assertThatExceptionOfType(InvalidJobException.class)
        .isThrownBy(
            () ->
                provider.test(spec("asked2", 1, OptionalInt.empty(), Duration.ofDays(3), "true")));
  }

  @Test
  void find_tellsTheJobOfThatName_whileItLivesAndAfter() throws Exception {
    String name = "find-" + ProcessHandle.current().pid() + "-" + System.nanoTime();
    JobSpec spec = spec(name, 1, OptionalInt.empty(), Duration.ofMinutes(1), WAIT);
    assertThat(provider.find(spec)).isEmpty();
    JobId id = submit(spec);
    Provider other = provider(JobOptions.NONE, List.of());
    assertThat(other.find(spec)).hasValue(id);
    awaitStarted(spec);
    other.cancel(Set.of(id));
    awaitEnd(id);
    await().atMost(Duration.ofSeconds(20)).until(() -> other.find(spec).isPresent());
    assertThat(other.find(spec)).hasValue(id);
  }

  @Test
  void qmasterThatIsDown_isAnOutage_andJobsRunOn() throws Exception {
    JobSpec spec = spec("echo started; while [ ! -e go ]; do sleep 0.1; done; exit 3");
    JobId id = submit(spec);
    awaitStarted(spec);
    cluster.ctl("stop-master");
    try {
      assertThatExceptionOfType(StatusUnavailableException.class)
          .isThrownBy(() -> provider.status(Set.of(id)))
          .withMessageContaining("Connection refused")
          .withMessageContaining("ask again later");
      assertThatExceptionOfType(SubmitException.class)
          .isThrownBy(() -> provider.submit(spec(folder.resolve("other"), "", "true")))
          .matches(e -> !e.isUnanswered())
          .withMessageContaining("look whether the qmaster runs");
      assertThatExceptionOfType(StatusUnavailableException.class)
          .isThrownBy(() -> provider.find(spec));
      provider.cancel(Set.of(id));
    } finally {
      cluster.ctl("start-master");
    }
    assertThat(status(id).state()).isEqualTo(JobState.RUNNING);
    Files.createFile(spec.directory().resolve("go"));
    JobStatus end = awaitEnd(id);
    assertThat(end.state()).isEqualTo(JobState.FAILED);
    assertThat(end.exitCode()).hasValue(3);
  }

  @Test
  void nodeThatIsSilent_leavesTheJobRunning() throws Exception {
    JobSpec spec = spec("echo started; while [ ! -e go ]; do sleep 0.1; done; exit 3");
    JobId id = submit(spec);
    awaitStarted(spec);
    cluster.ctl("stop-exec");
    try {
      Files.createFile(spec.directory().resolve("go"));
      await().atMost(Duration.ofSeconds(30)).until(() -> Files.exists(spec.exitCodeFile()));
      assertThat(status(id).state()).isEqualTo(JobState.RUNNING);
    } finally {
      cluster.ctl("start-exec");
    }
    assertThat(awaitEnd(id).exitCode()).hasValue(3);
  }
}
