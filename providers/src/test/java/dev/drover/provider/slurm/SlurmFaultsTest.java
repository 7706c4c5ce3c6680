package dev.drover.provider.slurm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import dev.drover.job.ByteSize;
import dev.drover.job.JobId;
import dev.drover.job.JobOptions;
import dev.drover.job.JobSpec;
import dev.drover.job.JobState;
import dev.drover.job.JobStatus;
import dev.drover.job.ResourceSpec;
import dev.drover.launcher.Launcher;
import dev.drover.launcher.Launchers;
import dev.drover.provider.InvalidJobException;
import dev.drover.provider.Provider;
import dev.drover.provider.ProviderSettings;
import dev.drover.provider.Providers;
import dev.drover.provider.StatusUnavailableException;
import dev.drover.provider.SubmitException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What befalls blocks on a real Slurm: ends, refusals, outages. */
@Timeout(150)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class SlurmFaultsTest {
  private static final int LAST = Integer.MAX_VALUE;

  @TempDir static Path folder;

  private static SlurmCluster cluster;
  private static Provider patient;
  private static JobId expiring;

  private final Map<JobId, Provider> submitted = new HashMap<>();

  /** Slurm ends a job of one minute after 60 to 90 s, so it is started first and looked at last. */
  @BeforeAll
  static void start() throws Exception {
    cluster = SlurmCluster.shared();
    patient = provider(Launchers.of("single-node"), JobOptions.NONE);
    expiring =
        patient.submit(
            spec("expiring", wish(1, Optional.of(Duration.ofSeconds(45))), "exec sleep 1000"));
  }

  @AfterEach
  void leaveNothingRunning() {
    submitted.forEach((id, provider) -> provider.cancel(Set.of(id)));
    submitted.forEach(SlurmFaultsTest::awaitEnd);
  }

  @AfterAll
  static void leaveNothingPending() {
    if (expiring != null) {
      patient.cancel(Set.of(expiring));
    }
  }

  private static Provider provider(Launcher launcher, JobOptions options, String... directives)
      throws Exception {
    ProviderSettings defaults = ProviderSettings.of("slurm");
    return Providers.of(
        new ProviderSettings(
            "slurm",
            launcher,
            options,
            Optional.empty(),
            List.of(),
            List.of(directives),
            defaults.commandTimeout(),
            defaults.cancelGrace()),
        cluster.headNode());
  }

  private static Provider provider(String... directives) throws Exception {
    return provider(Launchers.of("single-node"), JobOptions.NONE, directives);
  }

  private static JobOptions queue(String queue) {
    JobOptions none = JobOptions.NONE;
    return new JobOptions(
        none.account(),
        Optional.of(queue),
        none.qos(),
        none.reservation(),
        none.constraint(),
        none.clusters(),
        none.gres(),
        none.selectOptions(),
        none.parallelEnvironment(),
        false);
  }

  private static ResourceSpec wish(int nodes, Optional<Duration> walltime) {
    return new ResourceSpec(
        nodes, OptionalInt.empty(), Optional.empty(), OptionalInt.empty(), walltime);
  }

  private static JobSpec spec(String name, ResourceSpec resources, String script) {
    return new JobSpec(
        name, folder.resolve(name), List.of("bash", "-c", script), resources, Map.of(), "");
  }

  private static JobSpec waiting(String name) {
    return spec(name, ResourceSpec.ofNodes(1), "echo started; exec sleep 1000");
  }

  private JobId submit(Provider provider, JobSpec spec) throws Exception {
    JobId id = provider.submit(spec);
    submitted.put(id, provider);
    return id;
  }

  private static JobStatus awaitStatus(JobId id, Provider provider, JobState state) {
    return await()
        .atMost(Duration.ofSeconds(100))
        .pollInterval(Duration.ofMillis(250))
        .until(
            () -> provider.status(Set.of(id)).get(id),
            status -> status != null && status.state() == state);
  }

  private static JobStatus awaitEnd(JobId id, Provider provider) {
    return await()
        .atMost(Duration.ofSeconds(100))
        .until(
            () -> provider.status(Set.of(id)).get(id),
            status -> status != null && status.state().isTerminal());
  }

  private static void awaitStarted(JobSpec spec) {
    await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> Files.exists(spec.stdout()) && Files.size(spec.stdout()) > 0);
  }

  @Test
  void blockOfTwoNodes_startsItsCommandOnEach_withWhatWasAskedForThere() throws Exception {
    boolean gpus = cluster.slurm("sinfo", "--noheader", "--format=%G").contains("gpu");
    if (!gpus) {
      System.out.println("SKIPPED: no device can be made here, so no job asked for GPUs");
    }
    Provider provider = provider(Launchers.of("srun"), JobOptions.NONE);
    ResourceSpec resources =
        new ResourceSpec(
            2,
            OptionalInt.of(3),
            Optional.of(ByteSize.ofMebibytes(600)),
            OptionalInt.of(gpus ? 2 : 0),
            Optional.of(Duration.ofMinutes(5)));
    JobSpec spec =
        spec(
            "wide",
            resources,
            "echo $SLURMD_NODENAME $SLURM_CPUS_ON_NODE ${CUDA_VISIBLE_DEVICES-none} $JOBNAME"
                + " ${SLURM_CPUS_PER_TASK-none}");
    assertThat(awaitEnd(submit(provider, spec), provider).state()).isEqualTo(JobState.COMPLETED);
    List<String> lines = Files.readAllLines(spec.stdout());
    assertThat(lines).hasSize(2).doesNotHaveDuplicates();
    assertThat(lines)
        .allMatch(line -> line.matches("node. 3 " + (gpus ? "0,1" : "none") + " wide none"));
  }

  @ParameterizedTest
  @CsvSource({
    "nowhere, 1, 5, invalid partition specified: nowhere, provider.queue",
    "short, 1, 5, Requested time limit is invalid, provider.walltime",
    "small, 2, 5, Node count specification invalid, provider.nodes-per-block",
    "debug, 5, 5, Node count specification invalid, provider.nodes-per-block"
  })
  void jobThatThisClusterCanNeverRun_isInvalid_inSlurmsWords(
      String queue, int nodes, int minutes, String words, String key) throws Exception {
    Launcher anywhere = (command, resources) -> command;
    Provider provider = provider(anywhere, queue(queue));
    JobSpec spec =
        spec("never-" + queue, wish(nodes, Optional.of(Duration.ofMinutes(minutes))), "true");
    assertThatExceptionOfType(InvalidJobException.class)
        .isThrownBy(() -> provider.submit(spec))
        .withMessageContaining(words)
        .withMessageContaining(key)
        .withMessageContaining("Slurm refused block never-" + queue)
        .withMessageContaining("sbatch --parsable");
    assertThat(spec.script()).exists();
    assertThatExceptionOfType(InvalidJobException.class)
        .isThrownBy(() -> provider.test(spec))
        .withMessageContaining(key);
  }

  @Test
  void test_tellsWhenTheJobWouldStart_andLeavesNothingQueued() throws Exception {
    Provider provider = provider();
    JobSpec spec = waiting("tested");
    assertThat(provider.test(spec))
        .hasValueSatisfying(
            words -> assertThat(words).contains("to start at", "in partition debug"));
    assertThat(provider.find(spec)).isEmpty();
  }

  @Test
  void jobCancelledByAThirdHand_isCancelled() throws Exception {
    Provider provider = provider();
    JobSpec spec = waiting("third-hand");
    JobId id = submit(provider, spec);
    awaitStarted(spec);
    cluster.slurm("scancel", id.value());
    assertThat(awaitEnd(id, provider).state()).isEqualTo(JobState.CANCELLED);
  }

  @Test
  void heldJob_isHeld_untilItIsReleased() throws Exception {
    Provider provider = provider("--hold");
    JobId id = submit(provider, spec("held", ResourceSpec.ofNodes(1), "true"));
    JobStatus held = provider.status(Set.of(id)).get(id);
    assertThat(held.state()).isEqualTo(JobState.HELD);
    assertThat(held.reason()).isEqualTo("JobHeldUser");
    cluster.slurm("scontrol", "release", id.value());
    assertThat(awaitEnd(id, provider).state()).isEqualTo(JobState.COMPLETED);
  }

  @Test
  void jobThatWaitsForever_saysSo() throws Exception {
    Provider provider = provider();
    JobId failed = submit(provider, spec("failing", ResourceSpec.ofNodes(1), "false"));
    assertThat(awaitEnd(failed, provider).state()).isEqualTo(JobState.FAILED);
    Provider after = provider("--dependency=afterok:" + failed);
    JobId id = submit(after, waiting("after"));
    await()
        .atMost(Duration.ofSeconds(30))
        .untilAsserted(
            () ->
                assertThat(after.status(Set.of(id)).get(id))
                    .matches(status -> status.state() == JobState.PENDING)
                    .extracting(JobStatus::reason)
                    .asString()
                    .startsWith("DependencyNeverSatisfied")
                    .contains("can never run"));
  }

  @Test
  void controllerThatIsAway_changesNoState_andTheTruthComesBackWithIt() throws Exception {
    Provider provider = provider();
    JobSpec spec = waiting("outlives");
    JobId id = submit(provider, spec);
    awaitStarted(spec);
    awaitStatus(id, provider, JobState.RUNNING);
    cluster.ctl("stop-ctld");
    try {
      assertThatExceptionOfType(StatusUnavailableException.class)
          .isThrownBy(() -> provider.status(Set.of(id)))
          .withMessageContaining("Unable to contact slurm controller");
      SubmitException refused =
          catchThrowableOfType(SubmitException.class, () -> provider.submit(waiting("early")));
      assertThat(refused.isUnanswered()).isFalse();
    } finally {
      cluster.ctl("start-ctld");
    }
    assertThat(provider.status(Set.of(id)).get(id).state()).isEqualTo(JobState.RUNNING);
    assertThat(provider.find(waiting("early"))).isEmpty();
    provider.cancel(Set.of(id));
    assertThat(awaitEnd(id, provider).state()).isEqualTo(JobState.CANCELLED);
  }

  @Test
  void submissionWithoutAnAnswer_isFoundByItsName() throws Exception {
    Provider provider = provider();
    JobSpec spec = waiting("ghost");
    cluster.ctl("freeze-ctld");
    try {
      SubmitException lost =
          catchThrowableOfType(SubmitException.class, () -> provider.submit(spec));
      assertThat(lost.isUnanswered()).isTrue();
      assertThat(lost).hasMessageContaining("timed out");
    } finally {
      cluster.ctl("thaw-ctld");
    }
    JobId id =
        await()
            .atMost(Duration.ofSeconds(30))
            .until(() -> provider.find(spec), Optional::isPresent)
            .orElseThrow();
    submitted.put(id, provider);
    awaitStarted(spec);
    assertThat(provider.status(Set.of(id)).get(id).state()).isEqualTo(JobState.RUNNING);
  }

  @Test
  @Order(LAST - 1)
  void jobWhoseNodeDied_isFailed_andNamesTheNode() throws Exception {
    Provider provider = provider("--nodelist=node4");
    JobSpec spec = waiting("doomed");
    JobId id = submit(provider, spec);
    awaitStarted(spec);
    cluster.ctl("crash-node", "node4");
    try {
      JobStatus end = awaitEnd(id, provider);
      assertThat(end.state()).isEqualTo(JobState.FAILED);
      assertThat(end.exitCode()).isEmpty();
      assertThat(end.reason()).contains("lost with a node", "NODE_FAIL");
    } finally {
      cluster.ctl("start-node", "node4");
    }
  }

  @Test
  @Order(LAST - 1)
  void blockOfTwoNodes_outlivesTheLossOfOne() throws Exception {
    Provider provider = provider(Launchers.of("srun"), JobOptions.NONE, "--nodelist=node[2-3]");
    JobSpec spec =
        spec(
            "widow",
            ResourceSpec.ofNodes(2),
            "echo started; while sleep 0.2; do echo beat >>$SLURMD_NODENAME; done");
    JobId id = submit(provider, spec);
    Path beats = spec.directory().resolve("node2");
    await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> Files.exists(beats) && Files.exists(spec.directory().resolve("node3")));
    cluster.ctl("crash-node", "node3");
    try {
      await()
          .atMost(Duration.ofSeconds(60))
          .until(
              () ->
                  cluster
                      .slurm("squeue", "--noheader", "--jobs=" + id, "--format=%N")
                      .equals("node2"));
      assertThat(provider.status(Set.of(id)).get(id).state()).isEqualTo(JobState.RUNNING);
      long before = Files.size(beats);
      await().atMost(Duration.ofSeconds(30)).until(() -> Files.size(beats) > before);
    } finally {
      cluster.ctl("start-node", "node3");
    }
  }

  @Test
  @Order(LAST)
  void jobAtItsWalltime_isTimedOut() {
    JobStatus end = awaitEnd(expiring, patient);
    assertThat(end.state()).isEqualTo(JobState.TIMED_OUT);
    assertThat(end.reason()).isEqualTo("ended at its walltime");
  }
}
