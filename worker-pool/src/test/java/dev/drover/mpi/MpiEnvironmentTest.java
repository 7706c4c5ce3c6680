package dev.drover.mpi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The words of each launcher; those of mpiexec, srun and aprun are Parsl's. */
class MpiEnvironmentTest {
  private static final List<String> BLOCK = List.of("n0", "n1", "n2", "n3");
  private static final List<String> HOSTS = List.of("n1", "n2");
  private static final MpiRequest REQUEST = new MpiRequest(2, 4, 8, "--cpu-bind depth");

  @Test
  void variables_areParsls_wordForWord() {
    assertThat(MpiEnvironment.of(MpiLauncher.SRUN, REQUEST, HOSTS, BLOCK))
        .containsExactly(
            entry(
                "PARSL_MPI_PREFIX",
                "srun --ntasks 8 --ntasks-per-node 4 --nodelist n1,n2 --nodes 2 --cpu-bind depth"),
            entry("PARSL_MPIEXEC_PREFIX", "mpiexec -n 8 -ppn 4 -hosts n1,n2 --cpu-bind depth"),
            entry(
                "PARSL_SRUN_PREFIX",
                "srun --ntasks 8 --ntasks-per-node 4 --nodelist n1,n2 --nodes 2 --cpu-bind depth"),
            entry("PARSL_APRUN_PREFIX", "aprun -n 8 -N 4 -node-list n1,n2 --cpu-bind depth"),
            entry("PARSL_NUM_NODES", "2"),
            entry("PARSL_NUM_RANKS", "8"),
            entry("PARSL_RANKS_PER_NODE", "4"),
            entry("PARSL_MPI_NODELIST", "n1,n2"),
            entry("PARSL_LAUNCHER_OPTIONS", "--cpu-bind depth"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "mpiexec | mpiexec -n 8 -ppn 4 -hosts n1,n2",
        "openmpi | mpirun -n 8 --map-by ppr:4:node --host n1:4,n2:4",
        "srun    | srun --ntasks 8 --ntasks-per-node 4 --nodelist n1,n2 --nodes 2",
        "aprun   | aprun -n 8 -N 4 -node-list n1,n2",
        "jsrun   | jsrun --nrs 2 --rs_per_host 1 --tasks_per_rs 4 --cpu_per_rs ALL_CPUS",
        "flux    | flux run --nodes=2 --tasks-per-node=4 --requires=host:n1,n2",
        "ibrun   | env TACC_TASKS_PER_NODE=4 ibrun -n 8 -o 4",
      })
  void prefix_ofEachLauncher_withoutOptions(String key, String expected) {
    MpiLauncher launcher = MpiLauncher.of(key);
    assertThat(launcher.prefix(MpiRequest.of(2, 4), HOSTS, BLOCK)).isEqualTo(expected);
    assertThat(launcher.prefix(REQUEST, HOSTS, BLOCK)).isEqualTo(expected + " --cpu-bind depth");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "mpiexec | mpiexec -n 4 -ppn 4 -hosts n1",
        "openmpi | mpirun -n 4 --map-by ppr:4:node --host n1:4 --bind-to none",
        "srun    | srun --ntasks 4 --ntasks-per-node 4 --nodelist n1 --nodes 1 --exact --mem=0 --cpus-per-task 2",
        "aprun   | aprun -n 4 -N 4 -node-list n1",
        "jsrun   | jsrun --nrs 1 --rs_per_host 1 --tasks_per_rs 4 --cpu_per_rs 8",
        "flux    | flux run --ntasks=4 --cores-per-task=2 --requires=host:n1",
        "ibrun   | env TACC_TASKS_PER_NODE=4 ibrun -n 4 -o 4",
      })
  void prefix_onAPartOfANode_leavesRoomForOthers(String key, String expected) {
    MpiRequest request = MpiRequest.of(1, 4).onPartOfNode(2, "", Map.of());
    assertThat(MpiLauncher.of(key).prefix(request, List.of("n1"), BLOCK)).isEqualTo(expected);
  }

  @Test
  void srun_putsRanksOnAPartOfANode_ontoTheTasksCpus_behindTheOptions() {
    MpiRequest request = new MpiRequest(1, 4, 4, "--label").onPartOfNode(2, "8-15", Map.of());
    assertThat(MpiLauncher.SRUN.prefix(request, List.of("n1"), BLOCK))
        .isEqualTo(
            "srun --ntasks 4 --ntasks-per-node 4 --nodelist n1 --nodes 1 --overlap --mem=0 --cpu-bind none --label taskset --cpu-list 8-15");
  }

  /** Slurm sets them anew in each rank, to all devices of the job. */
  @Test
  void srun_pointsRanksOnAPartOfANode_atTheTasksDevices_behindTheirCpus() {
    MpiRequest request = new MpiRequest(1, 4, 4, "--label");
    Map<String, String> devices =
        Map.of("ROCR_VISIBLE_DEVICES", "2,3", "CUDA_VISIBLE_DEVICES", "MIG-GPU-8f/1/0");
    String words = "srun --ntasks 4 --ntasks-per-node 4 --nodelist n1 --nodes 1 --overlap --mem=0";
    String env = " env CUDA_VISIBLE_DEVICES=MIG-GPU-8f/1/0 ROCR_VISIBLE_DEVICES=2,3";

    assertThat(
            MpiLauncher.SRUN.prefix(request.onPartOfNode(2, "8-15", devices), List.of("n1"), BLOCK))
        .isEqualTo(words + " --cpu-bind none --label taskset --cpu-list 8-15" + env);
    assertThat(MpiLauncher.SRUN.prefix(request.onPartOfNode(2, "", devices), List.of("n1"), BLOCK))
        .isEqualTo(words + " --cpu-bind none --label" + env);
  }

  @ParameterizedTest
  @ValueSource(strings = {"gpu 0", "gpu*", "$(id)", "0;1", "'0'", "~"})
  void devices_thatAShellWouldNotKeepAsOneWord_areRefused_withTheMend(String name) {
    MpiRequest request = MpiRequest.of(1, 4);
    assertThatThrownBy(() -> request.onPartOfNode(2, "", Map.of("CUDA_VISIBLE_DEVICES", name)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContainingAll(
            "CUDA_VISIBLE_DEVICES", "'" + name + "'", "fix:", "worker.available-accelerators");
  }

  @ParameterizedTest
  @EnumSource(MpiLauncher.class)
  void variables_sayNeverNone_norAFraction(MpiLauncher launcher) {
    Map<String, String> variables =
        MpiEnvironment.of(
            launcher,
            MpiRequest.of(Map.of("num_nodes", "2", "num_ranks", "4")),
            List.of("n0", "n1"),
            BLOCK);
    assertThat(variables)
        .containsEntry(
            "PARSL_MPI_PREFIX", launcher.prefix(MpiRequest.of(2, 2), List.of("n0", "n1"), BLOCK))
        .allSatisfy((name, value) -> assertThat(value).doesNotContain("None", "null", ".", "  "));
    assertThat(variables.get("PARSL_MPI_PREFIX")).doesNotEndWith(" ");
  }

  @Test
  void ibrun_refusesHostsThatDoNotFollowOneAnother() {
    assertThatThrownBy(
            () -> MpiLauncher.IBRUN.prefix(MpiRequest.of(2, 4), List.of("n0", "n2"), BLOCK))
        .hasMessageContainingAll("follow one another", "n0,n2", "fix:");
    assertThatThrownBy(
            () -> MpiLauncher.IBRUN.prefix(MpiRequest.of(2, 4), List.of("n3", "n4"), BLOCK))
        .hasMessageContaining("follow one another");
  }

  @Test
  void prefix_refusesMoreOrFewerHostsThanNodes() {
    assertThatThrownBy(() -> MpiLauncher.SRUN.prefix(MpiRequest.of(2, 1), List.of("n0"), BLOCK))
        .hasMessageContaining("of 2 nodes was given 1");
    assertThatThrownBy(
            () -> MpiLauncher.SRUN.prefix(MpiRequest.of(2, 1), List.of("n0", "n0"), BLOCK))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void of_refusesAnUnknownLauncher_andNamesTheKnown() {
    assertThatThrownBy(() -> MpiLauncher.of("mpirun"))
        .hasMessageContainingAll("'mpirun'", "mpiexec, openmpi, srun, aprun, jsrun, flux, ibrun");
  }
}
