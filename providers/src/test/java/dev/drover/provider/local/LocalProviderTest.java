package dev.drover.provider.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import dev.drover.headnode.LocalHeadNode;
import dev.drover.job.JobId;
import dev.drover.job.JobOptions;
import dev.drover.job.JobSpec;
import dev.drover.job.JobState;
import dev.drover.job.JobStatus;
import dev.drover.launcher.Launchers;
import dev.drover.provider.CountingHeadNode;
import dev.drover.provider.Provider;
import dev.drover.provider.ProviderContract;
import dev.drover.provider.ProviderSettings;
import dev.drover.provider.Providers;
import dev.drover.provider.SubmitException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class LocalProviderTest extends ProviderContract {
  /** Says its pid and its child's. */
  private static final String STUBBORN =
      "trap '' TERM; sleep 1000 & echo $$ $! | tr ' ' '\\n'; echo started; wait; sleep 1000";

  /** For machines under load. */
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final CountingHeadNode headNode = new CountingHeadNode();

  @Override
  protected Provider provider() throws Exception {
    return provider(Duration.ofSeconds(1));
  }

  private Provider provider(Duration grace) throws Exception {
    return Providers.of(
        new ProviderSettings(
            "local",
            Launchers.of("single-node"),
            JobOptions.NONE,
            Optional.empty(),
            List.of(),
            List.of(),
            Duration.ofSeconds(30),
            grace),
        headNode);
  }

  @Override
  protected int statusQueries() {
    return headNode.count("drover-status");
  }

  /** The pid of a process that lives, with the start time of none. */
  @Override
  protected JobId unknownJob() {
    return new JobId(ProcessHandle.current().pid() + "-1");
  }

  private static long pid(JobId id) {
    return Long.parseLong(id.value().substring(0, id.value().indexOf('-')));
  }

  private static boolean lives(long pid) {
    try {
      String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
      return stat.charAt(stat.lastIndexOf(')') + 2) != 'Z';
    } catch (java.io.IOException gone) {
      return false;
    }
  }

  /** Numbers that the block's processes wrote to its standard output. */
  private static List<Long> pidsIn(JobSpec spec, int count) {
    return await()
        .atMost(PATIENCE)
        .until(
            () ->
                Files.readString(spec.stdout())
                    .lines()
                    .filter(line -> line.matches("[0-9]+"))
                    .map(Long::valueOf)
                    .toList(),
            pids -> pids.size() == count);
  }

  @Test
  void jobId_isPidAndStartTime_ofASessionLeader() throws Exception {
    JobSpec spec = spec(WAIT);
    JobId id = submit(spec);
    awaitStarted(spec);
    String stat = Files.readString(Path.of("/proc/" + pid(id) + "/stat"));
    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
    assertThat(id.value()).isEqualTo(pid(id) + "-" + fields[19]);
    assertThat(Arrays.asList(fields[2], fields[3])).containsOnly(Long.toString(pid(id)));
  }

  @Test
  void pidWithAnotherStartTime_isAStranger_neitherSeenNorKilled() throws Exception {
    Process stranger = new ProcessBuilder("setsid", "sleep", "1000").start();
    try {
      JobId id = new JobId(stranger.pid() + "-1");
      assertThat(provider.status(Set.of(id))).isEmpty();
      provider.cancel(Set.of(id));
      assertThat(headNode.count("drover-cancel")).isEqualTo(1);
      assertThat(stranger.isAlive()).isTrue();
    } finally {
      stranger.destroyForcibly();
    }
  }

  @Test
  void idOfNoProcess_isUnknown() throws Exception {
    Set<JobId> odd =
        Set.of(new JobId("-5"), new JobId("..-1"), new JobId("$(id)"), new JobId("4711"));
    assertThat(provider.status(odd)).isEmpty();
    provider.cancel(odd);
  }

  @Test
  void jobOfAnotherProvider_isSeenWhileItLives() throws Exception {
    JobSpec spec = spec(WAIT);
    JobId id = submit(spec);
    awaitStarted(spec);
    Provider other = Providers.of(ProviderSettings.of("local"), new LocalHeadNode());
    assertThat(other.status(Set.of(id)).get(id).state()).isEqualTo(JobState.RUNNING);
    other.cancel(Set.of(id));
    await().atMost(PATIENCE).until(() -> other.status(Set.of(id)).isEmpty());
    JobStatus end = awaitEnd(id);
    assertThat(end.state()).isEqualTo(JobState.CANCELLED);
    assertThat(end.exitCode()).hasValue(143);
  }

  @Test
  void cancel_endsTheWholeGroup_andTheCommandMayEndInItsOwnWay() throws Exception {
    provider = provider(Duration.ofSeconds(30)); // enough for it to say bye on a busy machine
    JobSpec spec =
        spec(
            "trap 'trap \"\" TERM; sleep 0.3; echo bye; exit 0' TERM; sleep 1000 & echo $!; echo started; wait; echo not reached");
    JobId id = submit(spec);
    awaitStarted(spec);
    long child = pidsIn(spec, 1).get(0);
    provider.cancel(Set.of(id));
    JobStatus end = awaitEnd(id);
    assertThat(end.state()).isEqualTo(JobState.CANCELLED);
    assertThat(end.exitCode()).hasValue(0);
    assertThat(spec.stdout()).content().contains("bye").doesNotContain("not reached");
    await().atMost(PATIENCE).until(() -> !lives(child));
  }

  @Test
  void cancel_returnsAtOnce_andDoesNotWaitForTheGrace() throws Exception {
    JobSpec spec = spec(STUBBORN);
    JobId id = submit(spec);
    awaitStarted(spec);
    List<Long> stubborn = pidsIn(spec, 2);
    provider(Duration.ofSeconds(30)).cancel(Set.of(id));
    assertThat(stubborn).allMatch(LocalProviderTest::lives);
  }

  @Test
  void cancel_killsAfterTheGrace_whatIgnoresTerm() throws Exception {
    JobSpec spec = spec(STUBBORN);
    JobId id = submit(spec);
    awaitStarted(spec);
    List<Long> stubborn = pidsIn(spec, 2);
    Instant before = Instant.now();
    provider.cancel(Set.of(id));
    JobStatus end = awaitEnd(id);
    assertThat(end.state()).isEqualTo(JobState.CANCELLED);
    assertThat(end.exitCode()).isEmpty();
    assertThat(Duration.between(before, Instant.now())).isGreaterThan(Duration.ofMillis(900));
    await().atMost(PATIENCE).until(() -> stubborn.stream().noneMatch(LocalProviderTest::lives));
  }

  @Test
  void cancel_killsWhatLeftTheGroup_butNotTheSession() throws Exception {
    JobSpec spec = spec("set -m; sleep 1000 & echo $!; echo started; wait");
    JobId id = submit(spec);
    awaitStarted(spec);
    long loose = pidsIn(spec, 1).get(0);
    provider.cancel(Set.of(id));
    assertThat(awaitEnd(id).state()).isEqualTo(JobState.CANCELLED);
    await().atMost(PATIENCE).until(() -> !lives(loose));
  }

  @Test
  void scriptKilledByKill9_isFailed_andTheReasonSaysHow() throws Exception {
    JobSpec spec = spec("echo $$; echo started; exec sleep 1000");
    JobId id = submit(spec);
    awaitStarted(spec);
    long command = pidsIn(spec, 1).get(0);
    ProcessHandle.of(pid(id)).orElseThrow().destroyForcibly();
    JobStatus end = awaitEnd(id);
    assertThat(end.state()).isEqualTo(JobState.FAILED);
    assertThat(end.exitCode()).isEmpty();
    assertThat(end.reason()).contains("kill -9 or out of memory?");
    ProcessHandle.of(command).ifPresent(ProcessHandle::destroyForcibly);
  }

  @Test
  void termFromSomebodyElse_isCancelled() throws Exception {
    JobSpec spec = spec(WAIT);
    JobId id = submit(spec);
    awaitStarted(spec);
    ProcessHandle.of(pid(id)).orElseThrow().destroy();
    JobStatus end = awaitEnd(id);
    assertThat(end.state()).isEqualTo(JobState.CANCELLED);
    assertThat(end.exitCode()).hasValue(143);
  }

  @Test
  void submit_startsOneShell_andReturnsWhileTheBlockRuns() throws Exception {
    JobSpec spec = spec(WAIT);
    JobId id = submit(spec);
    assertThat(headNode.count("drover-submit")).isEqualTo(1);
    assertThat(status(id).state()).isEqualTo(JobState.RUNNING);
  }

  @Test
  void submitIntoADirectoryThatCannotBe_isAnErrorThatNamesIt() throws Exception {
    Path file = Files.writeString(folder.resolve("file"), "");
    JobSpec spec = spec(file.resolve("b"), "", "true");
    assertThatExceptionOfType(SubmitException.class)
        .isThrownBy(() -> provider.submit(spec))
        .withMessageContaining("cannot write the job script of block")
        .withMessageContaining(file.toString())
        .withMessageContaining("fix:");
  }

  @Test
  void jobWhoseAnswerWasLost_isFoundByWhatItWroteDown() throws Exception {
    JobSpec spec = spec(WAIT);
    assertThat(provider.find(spec)).isEmpty();
    JobId id = submit(spec);
    awaitStarted(spec);
    assertThat(Providers.of(ProviderSettings.of("local"), new LocalHeadNode()).find(spec))
        .hasValue(id);
  }

  @Test
  void idOfAnEarlierJob_isNotTakenForTheNewScripts() throws Exception {
    JobSpec spec = spec("true");
    awaitEnd(submit(spec));
    Files.setLastModifiedTime(
        spec.script(),
        FileTime.from(Files.getLastModifiedTime(spec.script()).toInstant().plusSeconds(60)));
    assertThat(provider.find(spec)).isEmpty();
  }
}
