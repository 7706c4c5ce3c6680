package dev.drover.manager;

import static dev.drover.manager.ManagerDriver.given;
import static dev.drover.manager.ManagerDriver.mpi;
import static dev.drover.manager.ManagerDriver.task;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import dev.drover.pinning.CpuAffinity;
import dev.drover.task.NodeShare;
import dev.drover.task.ResourceRequest;
import dev.drover.task.TaskSpec;
import dev.drover.task.TaskWork;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an MPI task is told of its nodes, and what of them it is not told. */
class MpiShareTest {
  @TempDir Path directory;

  private final int cpu = CpuAffinity.ofCallingThread().cpus().get(0);

  private static TaskSpec spec(ResourceRequest request, String options) {
    return new TaskSpec("", TaskWork.Shell.line("x"), request, Duration.ZERO, options);
  }

  private SlotTools tools(String... options) throws IOException {
    return ThisManager.tools(directory, 2, "none", List.of(), options);
  }

  @Test
  void onWholeNodes_theVariablesAreParsls_wordForWord() throws Exception {
    TaskSpec spec = spec(new ResourceRequest(0, 0, 0, 2, 4), "--cpu-bind depth");

    assertThat(
            tools("--mpi-launcher=srun")
                .shareOf(
                    0,
                    List.of(1),
                    given(
                        1,
                        spec,
                        new NodeShare("localhost", List.of(0, 1)),
                        new NodeShare("n2", List.of(0, 1))))
                .environment())
        .containsOnly(
            entry(
                "PARSL_MPI_PREFIX",
                "srun --ntasks 8 --ntasks-per-node 4 --nodelist localhost,n2 --nodes 2 --cpu-bind depth"),
            entry(
                "PARSL_MPIEXEC_PREFIX", "mpiexec -n 8 -ppn 4 -hosts localhost,n2 --cpu-bind depth"),
            entry(
                "PARSL_SRUN_PREFIX",
                "srun --ntasks 8 --ntasks-per-node 4 --nodelist localhost,n2 --nodes 2 --cpu-bind depth"),
            entry("PARSL_APRUN_PREFIX", "aprun -n 8 -N 4 -node-list localhost,n2 --cpu-bind depth"),
            entry("PARSL_NUM_NODES", "2"),
            entry("PARSL_NUM_RANKS", "8"),
            entry("PARSL_RANKS_PER_NODE", "4"),
            entry("PARSL_MPI_NODELIST", "localhost,n2"),
            entry("PARSL_LAUNCHER_OPTIONS", "--cpu-bind depth"));
  }

  @Test
  void onAPartOfANode_stepsLeaveRoomForOthers_andRanksHaveTheCpusOfTheSlotsTogether()
      throws Exception {
    TaskSpec spec = spec(new ResourceRequest(0, 0, 0, 0, 2), "");

    assertThat(tools("--mpi-launcher=srun").shareOf(0, List.of(1), task(1, spec, 2)).environment())
        .containsEntry(
            "PARSL_MPI_PREFIX",
            "srun --ntasks 2 --ntasks-per-node 2 --nodelist localhost --nodes 1 --exact --mem=0 --cpus-per-task 2")
        .containsEntry("PARSL_MPI_NODELIST", "localhost")
        .doesNotContainKey("OMP_NUM_THREADS");
  }

  @Test
  void pinned_ranksShareTheCpus_andHaveNoListOfThem_andAllDevicesOfTheSlots() throws Exception {
    SlotTools tools =
        ThisManager.tools(
            directory, "localhost", 2, "list:" + cpu + ":" + cpu, List.of("g0", "g1"), List.of());
    Map<String, String> two = tools.shareOf(0, List.of(1), task(1, mpi(0, 2), 2)).environment();

    assertThat(two)
        .containsEntry("OMP_NUM_THREADS", "1")
        .containsEntry("CUDA_VISIBLE_DEVICES", "g0,g1")
        .containsEntry(
            "PARSL_SRUN_PREFIX",
            "srun --ntasks 2 --ntasks-per-node 2 --nodelist localhost --nodes 1 --overlap --mem=0 --cpu-bind none taskset --cpu-list "
                + cpu
                + " env CUDA_VISIBLE_DEVICES=g0,g1 HIP_VISIBLE_DEVICES=0,1 ROCR_VISIBLE_DEVICES=g0,g1 ZE_AFFINITY_MASK=g0,g1")
        .doesNotContainKeys("GOMP_CPU_AFFINITY", "KMP_AFFINITY");
    assertThat(tools.shareOf(1, List.of(), task(2, mpi(0, 1), 1)).environment())
        .containsEntry("OMP_NUM_THREADS", "1")
        .containsEntry("CUDA_VISIBLE_DEVICES", "g1")
        .doesNotContainKeys("GOMP_CPU_AFFINITY", "KMP_AFFINITY");
    assertThat(
            new SlotThread(1, tools, isUrgent -> {})
                .environment(tools.shareOf(1))
                .get("GOMP_CPU_AFFINITY"))
        .as("what other tasks of the slot have")
        .contains(Integer.toString(cpu));
  }

  @Test
  void ofASlotsOwnLists_nothingIsLeftInAnMpiTasksEnvironment() throws Exception {
    SlotTools tools = ThisManager.tools(directory, 1, "list:" + cpu, List.of());
    SlotThread thread = new SlotThread(0, tools, isUrgent -> {});
    try {
      var environment = thread.environment(tools.shareOf(0, List.of(), task(1, mpi(0, 1), 1)));

      assertThat(environment.get("KMP_AFFINITY")).isEmpty();
      assertThat(environment.get("PARSL_NUM_RANKS")).contains("1");
      assertThat(environment.get("PARSL_WORKER_RANK")).contains("0");
    } finally {
      thread.close();
    }
  }

  @Test
  void onALeadNode_theTasksNodesAreNotItsOwn_andItsSlotSaysNothing() throws Exception {
    SlotTools lead =
        ThisManager.tools(
            directory, 2, "none", List.of("a", "b", "c"), "--mpi-nodes", "--mpi-launcher=ibrun");

    assertThat(
            lead.shareOf(
                    1,
                    List.of(),
                    given(
                        1,
                        mpi(2, 4),
                        new NodeShare("b", List.of(0)),
                        new NodeShare("c", List.of(0))))
                .environment())
        .containsEntry("PARSL_MPI_PREFIX", "env TACC_TASKS_PER_NODE=4 ibrun -n 8 -o 4")
        .containsEntry("PARSL_MPI_NODELIST", "b,c")
        .doesNotContainKey("OMP_NUM_THREADS");
  }

  @Test
  void whereManagersStandForTheirOwnNodes_ranksThatAreStartedByPlace_areOnTheTasksNodes()
      throws Exception {
    SlotTools own = tools("--mpi-launcher=ibrun");
    var both =
        given(
            1, mpi(2, 4), new NodeShare("localhost", List.of(0)), new NodeShare("n2", List.of(0)));

    assertThat(own.shareOf(0, List.of(1), both).environment())
        .containsEntry("PARSL_MPI_PREFIX", "env TACC_TASKS_PER_NODE=4 ibrun -n 8 -o 4");
    assertThat(own.shareOf(0, List.of(1), task(2, mpi(0, 2), 2)).environment())
        .containsEntry("PARSL_MPI_PREFIX", "env TACC_TASKS_PER_NODE=2 ibrun -n 2 -o 2");
  }

  /** The others' words are composed all the same, so only the chosen launcher can refuse. */
  @Test
  void aLauncherThatCannotStartRanksOnTheNodes_saysSo_ifItIsTheChosenOne() throws Exception {
    List<String> nodes = List.of("a", "b", "c");
    var apart = given(1, mpi(2, 4), new NodeShare("a", List.of(0)), new NodeShare("c", List.of(0)));
    SlotTools ibrun =
        ThisManager.tools(directory, 1, "none", nodes, "--mpi-nodes", "--mpi-launcher=ibrun");
    SlotTools mpiexec = ThisManager.tools(directory, 1, "none", nodes, "--mpi-nodes");

    assertThatThrownBy(() -> ibrun.shareOf(0, List.of(), apart))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("follow one another");
    assertThat(mpiexec.shareOf(0, List.of(), apart).environment())
        .containsEntry("PARSL_MPI_PREFIX", "mpiexec -n 8 -ppn 4 -hosts a,c");
  }

  @Test
  void aTaskWithoutRanks_isToldNothingOfThem() throws Exception {
    SlotTools tools = tools();

    assertThat(tools.shareOf(0, List.of(), task(1, spec(ResourceRequest.ONE_SLOT, ""), 1)))
        .isSameAs(tools.shareOf(0));
    assertThat(
            tools
                .shareOf(0, List.of(1), task(1, spec(new ResourceRequest(3, 0, 0, 0, 0), ""), 2))
                .environment())
        .isEmpty();
  }
}
