package dev.drover.provider;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import dev.drover.job.JobId;
import dev.drover.job.JobSpec;
import dev.drover.job.JobState;
import dev.drover.job.JobStatus;
import dev.drover.job.ResourceSpec;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What every provider promises, whatever its scheduler. */
@Timeout(120)
public abstract class ProviderContract {
  /** For a job that says when it has begun, and does not end. */
  protected static final String WAIT = "echo started; exec sleep 1000";

  @TempDir protected Path folder;

  private final Set<JobId> submitted = new HashSet<>();
  protected Provider provider;

  /**
   * The provider under test, with the single-node launcher and a short grace for cancelled jobs.
   */
  protected abstract Provider provider() throws Exception;

  /** How many times the scheduler has been asked for status. */
  protected abstract int statusQueries();

  /** An id that the scheduler could have given, and did not. */
  protected abstract JobId unknownJob();

  /** One node more than a block of this provider can have. */
  protected int tooManyNodes() {
    return 2;
  }

  @BeforeEach
  void makeProvider() throws Exception {
    provider = provider();
  }

  @AfterEach
  void leaveNothingRunning() {
    provider.cancel(submitted);
    await()
        .atMost(Duration.ofSeconds(30))
        .until(
            () ->
                provider.status(submitted).values().stream().allMatch(s -> s.state().isTerminal()));
  }

  protected final JobSpec spec(Path directory, String workerInit, String script) {
    return spec(directory, ResourceSpec.ofNodes(1), workerInit, script);
  }

  protected final JobSpec spec(ResourceSpec resources, String script) {
    return spec(folder.resolve("b"), resources, "", script);
  }

  private static JobSpec spec(
      Path directory, ResourceSpec resources, String workerInit, String script) {
    return new JobSpec(
        "block-" + directory.getFileName().toString().replaceAll("[^A-Za-z0-9]", "-"),
        directory,
        List.of("bash", "-c", script),
        resources,
        Map.of(),
        workerInit);
  }

  protected final JobSpec spec(String script) {
    return spec(folder.resolve("b"), "", script);
  }

  protected final JobId submit(JobSpec spec) throws Exception {
    JobId id = provider.submit(spec);
    submitted.add(id);
    return id;
  }

  protected final JobStatus status(JobId id) throws Exception {
    return provider.status(Set.of(id)).get(id);
  }

  protected final JobStatus awaitEnd(JobId id) {
    return await()
        .atMost(Duration.ofSeconds(60))
        .until(() -> status(id), s -> s != null && s.state().isTerminal());
  }

  protected final void awaitStarted(JobSpec spec) {
    await()
        .atMost(Duration.ofSeconds(60))
        .until(
            () ->
                Files.exists(spec.stdout()) && Files.readString(spec.stdout()).contains("started"));
  }

  @Test
  void submit_writesTheScriptForItsOwnerOnly_andReturnsTheJobId() throws Exception {
    JobSpec spec = spec("true");
    JobId id = submit(spec);
    assertThat(id.value()).isNotBlank();
    assertThat(spec.script())
        .content()
        .startsWith("#!/bin/bash\n")
        .contains("export JOBNAME=block-b\n");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(spec.script())))
        .isEqualTo("rwx------");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(spec.directory())))
        .isEqualTo("rwx------");
  }

  @Test
  void jobThatEndsWithZero_isCompleted() throws Exception {
    JobStatus end = awaitEnd(submit(spec("exit 0")));
    assertThat(end.state()).isEqualTo(JobState.COMPLETED);
    assertThat(end.exitCode()).hasValue(0);
  }

  @Test
  void jobThatEndsWithThree_isFailed_withItsCode() throws Exception {
    JobSpec spec = spec("exit 3");
    JobStatus end = awaitEnd(submit(spec));
    assertThat(end.state()).isEqualTo(JobState.FAILED);
    assertThat(end.exitCode()).hasValue(3);
    assertThat(spec.exitCodeFile()).hasContent("3");
  }

  @Test
  void endedJob_keepsItsStatus_andIsNotAskedForAgain() throws Exception {
    JobId id = submit(spec("exit 3"));
    JobStatus end = awaitEnd(id);
    int before = statusQueries();
    assertThat(provider.status(Set.of(id))).containsEntry(id, end);
    assertThat(statusQueries()).isEqualTo(before);
  }

  @Test
  void runningJob_keepsTheTimeSinceWhenItRuns() throws Exception {
    JobSpec spec = spec(WAIT);
    JobId id = submit(spec);
    awaitStarted(spec);
    JobStatus first = status(id);
    assertThat(first.state()).isEqualTo(JobState.RUNNING);
    assertThat(provider.status(Set.of(id))).containsEntry(id, first);
  }

  @Test
  void cancelWhileRunning_endsCancelled() throws Exception {
    JobSpec spec = spec(WAIT);
    JobId id = submit(spec);
    awaitStarted(spec);
    provider.cancel(Set.of(id));
    assertThat(awaitEnd(id).state()).isEqualTo(JobState.CANCELLED);
  }

  @Test
  void cancelTwice_isTheSameAsOnce() throws Exception {
    JobSpec spec = spec(WAIT);
    JobId id = submit(spec);
    awaitStarted(spec);
    provider.cancel(Set.of(id));
    provider.cancel(Set.of(id));
    assertThat(awaitEnd(id).state()).isEqualTo(JobState.CANCELLED);
    provider.cancel(Set.of(id));
    assertThat(status(id).state()).isEqualTo(JobState.CANCELLED);
  }

  @Test
  void cancelAfterTheEnd_changesNothing() throws Exception {
    JobSpec spec = spec("exit 3");
    JobId id = submit(spec);
    await().atMost(Duration.ofSeconds(60)).until(() -> Files.exists(spec.exitCodeFile()));
    awaitEnd(id);
    provider.cancel(Set.of(id));
    assertThat(status(id).state()).isEqualTo(JobState.FAILED);
  }

  @Test
  void cancelOfAnUnknownJob_orOfNone_isNoError() {
    provider.cancel(Set.of(unknownJob()));
    provider.cancel(Set.of());
  }

  @Test
  void statusOfMany_isOneQuery() throws Exception {
    JobSpec waiting = spec(folder.resolve("waiting"), "", WAIT);
    JobId good = submit(spec(folder.resolve("good"), "", "exit 0"));
    JobId bad = submit(spec(folder.resolve("bad"), "", "exit 4"));
    JobId running = submit(waiting);
    awaitStarted(waiting);
    for (String name : List.of("good", "bad")) {
      await()
          .atMost(Duration.ofSeconds(60))
          .until(() -> Files.exists(folder.resolve(name).resolve("exit-code")));
    }
    int before = statusQueries();
    Map<JobId, JobStatus> status = provider.status(Set.of(good, bad, running, unknownJob()));
    assertThat(statusQueries()).isEqualTo(before + 1);
    assertThat(status.keySet()).isEqualTo(Set.of(good, bad, running));
    assertThat(status.get(running).state()).isEqualTo(JobState.RUNNING);
    assertThat(Stream.of(good, bad).map(this::awaitEnd).map(JobStatus::state))
        .containsExactly(JobState.COMPLETED, JobState.FAILED);
  }

  @Test
  void statusOfNone_asksNobody() throws Exception {
    assertThat(provider.status(Set.of())).isEmpty();
    assertThat(statusQueries()).isZero();
  }

  @Test
  void unknownJob_hasNoEntry() throws Exception {
    assertThat(provider.status(Set.of(unknownJob()))).isEmpty();
  }

  @Test
  void failingWorkerInit_failsTheJob_andSaysSoInStderr() throws Exception {
    JobSpec spec = spec(folder.resolve("b"), "echo loading\n(exit 7)", "echo manager");
    JobStatus end = awaitEnd(submit(spec));
    assertThat(end.state()).isEqualTo(JobState.FAILED);
    assertThat(end.exitCode()).hasValue(7);
    assertThat(spec.stdout()).hasContent("loading");
    assertThat(spec.stderr()).content().contains("worker init failed with exit code 7");
  }

  @Test
  void jobKilledByKill9_isFailed() throws Exception {
    JobSpec spec = spec("echo started; kill -9 $PPID");
    JobStatus end = awaitEnd(submit(spec));
    assertThat(end.state()).isEqualTo(JobState.FAILED);
    assertThat(end.reason()).isNotBlank();
    assertThat(spec.exitCodeFile()).doesNotExist();
  }

  @Test
  void standardOutputAndError_landInTheirFiles() throws Exception {
    JobSpec spec = spec("echo out; echo err >&2");
    awaitEnd(submit(spec));
    assertThat(spec.stdout()).hasContent("out");
    assertThat(spec.stderr()).hasContent("err");
  }

  @Test
  void directoryWithSpacesAndQuotes_isNoTrouble() throws Exception {
    JobSpec spec = spec(folder.resolve("it's a \"$HOME\" `dir` -x"), "", "echo \"$PWD\"; exit 3");
    assertThat(awaitEnd(submit(spec)).exitCode()).hasValue(3);
    assertThat(spec.stdout()).hasContent(spec.directory().toString());
  }

  @Test
  void directoryThatIsUsedAgain_tellsTheNewJobsEnd() throws Exception {
    JobSpec running = spec(WAIT);
    JobId first = submit(running);
    awaitStarted(running);
    provider.cancel(Set.of(first));
    assertThat(awaitEnd(first).state()).isEqualTo(JobState.CANCELLED);
    JobStatus second = awaitEnd(submit(spec("exit 5")));
    assertThat(second.state()).isEqualTo(JobState.FAILED);
    assertThat(second.exitCode()).hasValue(5);
  }

  @Test
  void blockTooLargeForItsLauncher_isInvalid_andNamesTheMend() {
    JobSpec spec =
        new JobSpec(
            "wide",
            folder.resolve("wide"),
            List.of("true"),
            ResourceSpec.ofNodes(tooManyNodes()),
            Map.of(),
            "");
    assertThatExceptionOfType(InvalidJobException.class)
        .isThrownBy(() -> provider.submit(spec))
        .withMessageContaining("block wide")
        .withMessageContaining("set nodes to " + (tooManyNodes() - 1));
    assertThat(spec.script()).doesNotExist();
  }
}
