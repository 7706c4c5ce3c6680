package dev.drover.cli.real;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.headnode.SkipAloud;
import dev.drover.pinning.CpuAffinity;
import dev.drover.provider.slurm.SlurmCluster;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Pinned workers on a node of a real Slurm that binds tasks itself: left to it, a step of one cpu
 * is given the node's first, whichever cpu its task's worker has.
 */
class PinnedOnSlurmRealTest extends MpiOnSlurmTest {
  private static SlurmCluster slurm;

  @BeforeAll
  static void startTheCluster() {
    SkipAloud.unless(
        CpuAffinity.ofCallingThread().cpus().size() >= 2,
        "this process has one cpu, so no ranks of two tasks were kept apart");
    slurm = SlurmCluster.start(1, "--cpus", "2", "--gpus", "0", "--bind");
  }

  @AfterAll
  static void stopTheCluster() {
    if (slurm != null) {
      slurm.close();
    }
  }

  @Override
  SlurmCluster slurm() {
    return slurm;
  }

  @ParameterizedTest
  @ValueSource(strings = {"$PARSL_MPI_PREFIX ", ""})
  void aRankAndWhatRunsBesideIt_anotherTasksRankOrACommand_haveCpusOfTheirOwn(String other) {
    site(
        "launcher.type = srun",
        "provider.cores-per-node = 2",
        "worker.max-per-node = 2",
        "worker.cpu-affinity = block");
    drover.write(
        "meet.sh",
        "touch up/$DROVER_TASK_ID",
        "until [ -e up/1 ] && [ -e up/2 ]; do sleep 0.1; done",
        "grep Cpus_allowed_list: /proc/self/status");
    drover.write(
        "pair.jsonl",
        task(other, other.isEmpty() ? "{}" : "{\"ranks_per_node\": 1}"),
        task("$PARSL_MPI_PREFIX ", "{\"ranks_per_node\": 1}"));

    start("pair.jsonl").end(LONG).exits(0).says("all 2 tasks done");

    List<String> first = lines("cpus-1");
    List<String> second = lines("cpus-2");
    assertThat(first).singleElement().asString().matches("Cpus_allowed_list:\\s+[0-9]+");
    assertThat(second).singleElement().asString().matches("Cpus_allowed_list:\\s+[0-9]+");
    assertThat(second).isNotEqualTo(first);
  }

  private static String task(String prefix, String resources) {
    return "{\"command\": \"%sbash meet.sh > cpus-$DROVER_TASK_ID\", \"resources\": %s}"
        .formatted(prefix, resources);
  }
}
