package dev.drover.provider.slurm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.job.JobId;
import dev.drover.job.JobSpec;
import dev.drover.job.JobState;
import dev.drover.job.ResourceSpec;
import dev.drover.provider.CountingHeadNode;
import dev.drover.provider.Provider;
import dev.drover.provider.ProviderContract;
import dev.drover.provider.ProviderSettings;
import dev.drover.provider.Providers;
import java.nio.file.Files;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What every provider promises, kept on a real Slurm. */
class SlurmProviderTest extends ProviderContract {
  private CountingHeadNode headNode;

  /** Where there is no Slurm, all of them are skipped before any begins. */
  @BeforeAll
  static void needSlurm() {
    SlurmCluster.shared();
  }

  @Override
  protected Provider provider() throws Exception {
    headNode = SlurmCluster.shared().headNode();
    return Providers.of(ProviderSettings.of("slurm"), headNode);
  }

  @Override
  protected int statusQueries() {
    return headNode.count("squeue");
  }

  @Override
  protected JobId unknownJob() {
    return new JobId("999999");
  }

  @Test
  void jobOfAnotherProvider_isSeen_andItsEndToo() throws Exception {
    JobId id = submit(spec("exit 3"));
    awaitEnd(id);
    Provider other = Providers.of(ProviderSettings.of("slurm"), SlurmCluster.shared().headNode());
    assertThat(other.status(Set.of(id)).get(id).exitCode()).hasValue(3);
  }

  @Test
  void listingIsNotNarrowed_byWhatTheUserLikesToSee() throws Exception {
    JobId id = submit(spec("exec sleep 1000"));
    Provider narrowed =
        Providers.of(
            ProviderSettings.of("slurm"),
            SlurmCluster.shared()
                .headNode(
                    "SQUEUE_PARTITION=long",
                    "SQUEUE_USERS=nobody",
                    "SQUEUE_ACCOUNT=x",
                    "SQUEUE_NAMES=x",
                    "SQUEUE_FORMAT=%i",
                    "SQUEUE_SORT=x",
                    "SQUEUE_STATES=CD"));
    assertThat(narrowed.status(Set.of(id))).containsKey(id);
  }

  @Test
  void jobIsTheOneThatWasRendered_whateverTheUserWishesForTheirOwn() throws Exception {
    CountingHeadNode wishing =
        SlurmCluster.shared()
            .headNode(
                "SBATCH_JOB_NAME=mine",
                "SBATCH_PARTITION=closed",
                "SBATCH_TIMELIMIT=1",
                "SBATCH_REQUEUE=1",
                "SBATCH_OUTPUT=/dev/null",
                "SBATCH_ARRAY_INX=1-3",
                "SBATCH_WAIT=1");
    provider = Providers.of(ProviderSettings.of("slurm"), wishing);
    JobSpec spec =
        spec(
            new ResourceSpec(
                1,
                OptionalInt.empty(),
                Optional.empty(),
                OptionalInt.empty(),
                Optional.of(Duration.ofMinutes(7))),
            WAIT);
    assertThat(provider.test(spec)).hasValueSatisfying(w -> assertThat(w).contains("debug"));
    JobId id = submit(spec);
    awaitStarted(spec);
    assertThat(provider.find(spec)).hasValue(id);
    assertThat(
            SlurmCluster.shared()
                .slurm("squeue", "--noheader", "--jobs=" + id.value(), "--format=%i %j %P %l"))
        .isEqualTo(id.value() + " " + spec.name() + " debug 7:00");
    assertThat(SlurmCluster.shared().slurm("scontrol", "show", "job", id.value()))
        .contains("Requeue=0");
  }

  /** This cluster keeps no records, so that squeue alone speaks, and then the script's own file. */
  @Test
  void jobThatSlurmForgot_endsByTheCodeThatItsScriptLeft() throws Exception {
    JobId silent = new JobId("999998");
    Files.writeString(folder.resolve("exit-code"), "4\n");
    provider.adopt(Map.of(unknownJob(), folder, silent, folder.resolve("none")));
    assertThat(provider.status(Set.of(unknownJob(), silent)))
        .hasEntrySatisfying(unknownJob(), status -> assertThat(status.exitCode()).hasValue(4))
        .doesNotContainKey(silent);
  }

  @Test
  void directoryThatReadsAsAPattern_isNoTrouble() throws Exception {
    JobSpec spec = spec(folder.resolve("100%j %%x #1"), "", "echo here");
    assertThat(awaitEnd(submit(spec)).state()).isEqualTo(JobState.COMPLETED);
    assertThat(spec.stdout()).hasContent("here");
  }
}
