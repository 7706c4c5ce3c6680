package dev.drover.cli.real;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.headnode.SkipAloud;
import dev.drover.pinning.CpuAffinity;
import dev.drover.provider.slurm.SlurmCluster;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Tasks on parts of one node of a real Slurm that binds tasks itself and has GPUs. Left to it, a
 * step of one cpu is given the node's first, whichever cpu its task's worker has, and all GPUs of
 * the job.
 */
class PinnedOnSlurmRealTest extends MpiOnSlurmTest {
  private static SlurmCluster slurm;

  @BeforeAll
  static void startTheCluster() {
    SkipAloud.unless(
        CpuAffinity.ofCallingThread().cpus().size() >= 2,
        "this process has one cpu, so no ranks of two tasks were kept apart");
    slurm = SlurmCluster.start(1, "--cpus", "2", "--gpus", "2", "--bind");
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

  @Test
  void stepsOfUnpinnedTasks_runAtOnce_whereTheJobAsksForMemory() {
    site(
        "launcher.type = srun",
        "provider.cores-per-node = 2",
        "provider.memory-per-node = 1GB",
        "worker.max-per-node = 2");
    drover.write("meet.sh", MEET);
    drover.write("pair.jsonl", rank(), rank());

    start("pair.jsonl").end(LONG).exits(0).says("all 2 tasks done");
  }

  @ParameterizedTest
  @ValueSource(strings = {"none", "block"})
  void ranksOfTasksBesideOneAnother_runAtOnce_andHaveTheTasksDevices_notTheJobs(String affinity) {
    checkDevices("worker.cpu-affinity = " + affinity);
  }

  /**
   * As on Frontier: the step of the managers asks for the GPUs, and a step that does not has none.
   */
  @Test
  void ranksHaveTheTasksDevices_alsoWhereTheJobDoesNotAskForThem() {
    checkDevices("directives.skip = --gpus-per-node", "provider.exclusive = true");
  }

  private void checkDevices(String... more) {
    List<String> lines =
        new ArrayList<>(
            List.of(
                "launcher.type = srun",
                "provider.cores-per-node = 2",
                "provider.memory-per-node = 1GB",
                "provider.accelerators-per-node = 2",
                "worker.max-per-node = 2",
                "worker.available-accelerators = 2"));
    lines.addAll(List.of(more));
    site(lines.toArray(String[]::new));
    drover.write("meet.sh", MEET);
    drover.write("pair.jsonl", rank(), rank());

    start("pair.jsonl").end(LONG).exits(0).says("all 2 tasks done");

    List<String> seen = new ArrayList<>(lines("said-1"));
    seen.addAll(lines("said-2"));
    assertThat(seen)
        .containsExactlyInAnyOrder(
            "step 0,1 cuda 0 rocr 0 hip 0 ze 0", "step 0,1 cuda 1 rocr 1 hip 0 ze 1");
  }

  /** A rank that ends well once the other task's is there too, and says what devices it has. */
  private static final String[] MEET = {
    "touch up/$DROVER_TASK_ID",
    "for i in {1..600}; do [ -e up/1 ] && [ -e up/2 ] && break; sleep 0.1; done",
    "[ -e up/1 ] && [ -e up/2 ] || exit 3",
    "echo step $SLURM_STEP_GPUS cuda $CUDA_VISIBLE_DEVICES rocr $ROCR_VISIBLE_DEVICES"
        + " hip $HIP_VISIBLE_DEVICES ze $ZE_AFFINITY_MASK"
  };

  private static String rank() {
    return "{\"command\": \"$PARSL_MPI_PREFIX bash meet.sh > said-$DROVER_TASK_ID\","
        + " \"resources\": {\"ranks_per_node\": 1}}";
  }

  private static String task(String prefix, String resources) {
    return "{\"command\": \"%sbash meet.sh > cpus-$DROVER_TASK_ID\", \"resources\": %s}"
        .formatted(prefix, resources);
  }
}
