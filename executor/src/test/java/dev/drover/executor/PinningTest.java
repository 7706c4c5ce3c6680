package dev.drover.executor;

import static dev.drover.executor.TestRun.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.drover.headnode.SkipAloud;
import dev.drover.node.NodeProbe;
import dev.drover.pinning.CpuAffinity;
import dev.drover.pinning.CpuSet;
import dev.drover.submit.TaskOptions;
import dev.drover.submit.TaskReport;
import dev.drover.task.RemoteCall;
import dev.drover.task.ResourceRequest;
import dev.drover.task.TaskSpec;
import dev.drover.task.TaskWork;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Where real tasks run, as the kernel tells it of them, and what their environment says. */
@Timeout(300)
class PinningTest {
  private static final ResourceRequest TWO_CORES = new ResourceRequest(2, 0, 0, 0, 0);

  @TempDir Path home;

  private final List<Integer> cpus = CpuAffinity.ofCallingThread().cpus();

  @BeforeEach
  void twoCpus() {
    SkipAloud.unless(cpus.size() >= 2, "this process has one cpu, so no two workers were pinned");
  }

  private String list() {
    return "worker.cpu-affinity=list:" + cpus.get(0) + ":" + cpus.get(1);
  }

  /** What a task sees of itself: the kernel's word, and its environment. */
  private static Map<String, String> seen(String output) {
    Map<String, String> seen = new TreeMap<>();
    output
        .lines()
        .forEach(
            line -> {
              int at = line.indexOf('=');
              if (at > 0) {
                seen.put(line.substring(0, at), line.substring(at + 1));
              }
            });
    return seen;
  }

  private static final String LOOK =
      "echo CPUS=$(sed -n 's/^Cpus_allowed_list:[^0-9]*//p' /proc/$$/status); env";

  private static TaskSpec look(Map<String, String> env, ResourceRequest request) {
    TaskWork.Shell line = TaskWork.Shell.line(LOOK + "; sleep 0.2");
    return new TaskSpec(
        "",
        new TaskWork.Shell(
            line.argv(),
            line.commandLine(),
            line.cwd(),
            env,
            line.stdin(),
            line.stdout(),
            line.stderr()),
        request,
        Duration.ZERO);
  }

  private Map<String, String> look(TestRun run, Map<String, String> env, ResourceRequest request)
      throws Exception {
    TaskReport report = get(run.executor.run(look(env, request), TaskOptions.DEFAULT));
    return seen(run.stdout(report));
  }

  @Test
  void eachSlotsTasks_runOnItsCpus_andKnowIt() throws Exception {
    try (TestRun run =
        TestRun.start(home, list(), "worker.max-per-node=2", "worker.available-accelerators=2")) {
      List<TaskFuture<TaskReport>> futures = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        futures.add(
            run.executor.run(look(Map.of(), ResourceRequest.ONE_SLOT), TaskOptions.DEFAULT));
      }
      List<String> ranks = new ArrayList<>();
      for (TaskFuture<TaskReport> future : futures) {
        Map<String, String> seen = seen(run.stdout(get(future)));
        String rank = seen.get("PARSL_WORKER_RANK");
        String cpu = cpus.get(Integer.parseInt(rank)).toString();
        ranks.add(rank);
        assertThat(seen)
            .containsEntry("CPUS", cpu)
            .containsEntry("OMP_NUM_THREADS", "1")
            .containsEntry("GOMP_CPU_AFFINITY", cpu)
            .containsEntry("KMP_AFFINITY", "explicit,proclist=[" + cpu + "]")
            .containsEntry("CUDA_VISIBLE_DEVICES", rank)
            .containsEntry("ROCR_VISIBLE_DEVICES", rank)
            .containsEntry("HIP_VISIBLE_DEVICES", "0")
            .containsEntry("ZE_AFFINITY_MASK", rank)
            .containsEntry("ZE_ENABLE_PCI_ID_DEVICE_ORDER", "1");
      }
      assertThat(ranks).contains("0", "1");
    }
  }

  @Test
  void moreWorkersThanNvidiaDevices_shareThem() throws Exception {
    Path bin = Files.createDirectories(home.resolve("bin"));
    Path smi = bin.resolve("nvidia-smi");
    Files.writeString(smi, "#!/bin/sh\necho 'GPU 0: NVIDIA A100-SXM4-40GB (UUID: GPU-1)'\n");
    Files.setPosixFilePermissions(smi, PosixFilePermissions.fromString("rwxr-xr-x"));
    try (TestRun run =
        TestRun.start(
            home,
            "worker.max-per-node=2",
            "worker.available-accelerators=2",
            "provider.worker-init=export PATH=" + bin + ":$PATH")) {
      List<TaskFuture<TaskReport>> futures = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        futures.add(
            run.executor.run(look(Map.of(), ResourceRequest.ONE_SLOT), TaskOptions.DEFAULT));
      }
      List<String> entries = new ArrayList<>();
      for (TaskFuture<TaskReport> future : futures) {
        Map<String, String> seen = seen(run.stdout(get(future)));
        assertThat(seen).containsEntry("CUDA_VISIBLE_DEVICES", "0");
        entries.add(seen.get("ROCR_VISIBLE_DEVICES"));
      }
      assertThat(entries).contains("0", "1");
    }
  }

  @Test
  void whatATaskSetsItself_wins() throws Exception {
    try (TestRun run = TestRun.start(home, list(), "worker.max-per-node=2")) {
      Map<String, String> own = Map.of("OMP_NUM_THREADS", "7", "GOMP_CPU_AFFINITY", "mine");

      assertThat(look(run, own, ResourceRequest.ONE_SLOT))
          .containsEntry("OMP_NUM_THREADS", "7")
          .containsEntry("GOMP_CPU_AFFINITY", "mine")
          .containsKey("KMP_AFFINITY");
    }
  }

  @Test
  void aTaskOfTwoSlots_hasTheCpusAndDevicesOfBoth_andTheNextOneItsOwnAgain() throws Exception {
    try (TestRun run =
        TestRun.start(home, list(), "worker.max-per-node=2", "worker.available-accelerators=2")) {
      CpuSet both = CpuSet.of(cpus.get(0), cpus.get(1));

      assertThat(look(run, Map.of(), TWO_CORES))
          .containsEntry("CPUS", both.toString())
          .containsEntry("OMP_NUM_THREADS", "2")
          .containsEntry("GOMP_CPU_AFFINITY", cpus.get(0) + "," + cpus.get(1))
          .containsEntry("CUDA_VISIBLE_DEVICES", "0,1")
          .containsEntry("HIP_VISIBLE_DEVICES", "0,1");
      assertThat(look(run, Map.of(), new ResourceRequest(2, 1, 0, 0, 0)))
          .containsEntry("CPUS", both.toString())
          .containsEntry("CUDA_VISIBLE_DEVICES", "0");
      assertThat(look(run, Map.of(), ResourceRequest.ONE_SLOT))
          .containsEntry("CPUS", cpus.get(0).toString())
          .containsEntry("CUDA_VISIBLE_DEVICES", "0");
    }
  }

  @Test
  void functions_haveTheirSlotsCpus_andOneOfTwoSlotsBoth() throws Exception {
    try (TestRun run =
        TestRun.start(home, list(), "worker.max-per-node=2", "worker.available-accelerators=2")) {
      assertThat(onOneSlot(run)).isIn(cpus.get(0) + " 0", cpus.get(1) + " 1");
      assertThat(onTwoSlots(run)).isEqualTo(CpuSet.of(cpus.get(0), cpus.get(1)) + " 0,1");
      assertThat(onOneSlot(run)).isIn(cpus.get(0) + " 0", cpus.get(1) + " 1");
    }
  }

  /** On half a device; it ends only if the other one runs at the same time. */
  private static TaskSpec meet(String own, String other) {
    return new TaskSpec(
        "",
        TaskWork.Shell.line(
            "%s; touch %s; until [ -e %s ]; do sleep 0.05; done".formatted(LOOK, own, other)),
        new ResourceRequest(0, 0.5, 0, 0, 0),
        Duration.ofSeconds(50));
  }

  @Test
  void halvesOfADevice_areSharedByTwoTasks_andAWholeOneIsOneTasksOwn() throws Exception {
    try (TestRun run =
        TestRun.start(
            home,
            list(),
            "worker.max-per-node=2",
            "worker.available-accelerators=gpu7",
            "worker.slots-per-accelerator=2")) {
      TaskFuture<TaskReport> one = run.executor.run(meet("one", "two"), TaskOptions.DEFAULT);
      TaskFuture<TaskReport> two = run.executor.run(meet("two", "one"), TaskOptions.DEFAULT);
      List<String> masks = new ArrayList<>();
      for (TaskFuture<TaskReport> each : List.of(one, two)) {
        Map<String, String> seen = seen(run.stdout(get(each)));
        assertThat(seen)
            .containsEntry("CUDA_VISIBLE_DEVICES", "gpu7")
            .containsEntry("OMP_NUM_THREADS", "1");
        masks.add(seen.get("CPUS"));
      }
      assertThat(masks).containsExactlyInAnyOrder(cpus.get(0).toString(), cpus.get(1).toString());
      assertThat(look(run, Map.of(), new ResourceRequest(0, 1, 0, 0, 0)))
          .containsEntry("CPUS", CpuSet.of(cpus.get(0), cpus.get(1)).toString())
          .containsEntry("CUDA_VISIBLE_DEVICES", "gpu7");
    }
  }

  @Test
  void aFunctionThatStartsRanks_isToldHow_andTheNextOneIsNot() throws Exception {
    try (TestRun run = TestRun.start(home, list(), "worker.max-per-node=2")) {
      RemoteCall<String> prefix =
          index -> System.getenv("PARSL_MPI_PREFIX") + " " + System.getenv("KMP_AFFINITY");
      ResourceRequest ranks = new ResourceRequest(0, 0, 0, 0, 2);
      String host = NodeProbe.ofThisNode().hostname();

      assertThat(get(run.executor.call(prefix, ranks, Duration.ZERO, TaskOptions.DEFAULT)))
          .isEqualTo("mpiexec -n 2 -ppn 2 -hosts " + host + " null");
      assertThat(get(run.executor.call(prefix))).startsWith("null explicit,proclist=[");
    }
  }

  private static String onOneSlot(TestRun run) throws Exception {
    RemoteCall<String> look = index -> ofThisJvm();
    return get(run.executor.call(look));
  }

  private static String onTwoSlots(TestRun run) throws Exception {
    RemoteCall<String> look = index -> ofThisJvm();
    return get(run.executor.call(look, TWO_CORES, Duration.ZERO, TaskOptions.DEFAULT));
  }

  static String ofThisJvm() throws IOException {
    Optional<String> allowed =
        Files.readAllLines(Path.of("/proc/thread-self/status")).stream()
            .filter(line -> line.startsWith("Cpus_allowed_list:"))
            .map(line -> line.replaceAll("[^0-9,-]*", ""))
            .findFirst();
    return allowed.orElse("?") + " " + System.getenv("CUDA_VISIBLE_DEVICES");
  }

  @Test
  void inTheManager_functionsHaveTheirSlotsCpusToo() throws Exception {
    try (TestRun run =
        TestRun.start(home, list(), "worker.max-per-node=2", "worker.isolation=thread")) {
      assertThat(onOneSlot(run)).isIn(cpus.get(0) + " null", cpus.get(1) + " null");
      assertThat(onTwoSlots(run)).isEqualTo(CpuSet.of(cpus.get(0), cpus.get(1)) + " null");
    }
  }

  @Test
  void unpinned_tasksRunWhereverTheManagerMay_andHaveNoSuchVariables() throws Exception {
    try (TestRun run = TestRun.start(home)) {
      assertThat(look(run, Map.of(), ResourceRequest.ONE_SLOT))
          .containsEntry("CPUS", new CpuSet(cpus).toString())
          .doesNotContainKeys("GOMP_CPU_AFFINITY", "KMP_AFFINITY", "ZE_AFFINITY_MASK");
    }
  }

  @Test
  void aListWithACpuThatIsNotThere_failsTheBlock_beforeAnyTaskRuns() throws Exception {
    try (TestRun run =
        TestRun.start(
            home, "worker.cpu-affinity=list:" + cpus.get(0) + ":4000", "worker.max-per-node=2")) {
      TaskFuture<TaskReport> future = run.line("touch " + home.resolve("ran"));

      assertThatThrownBy(() -> get(future))
          .hasCauseInstanceOf(BadStateException.class)
          .hasMessageContaining("block b-0001 ended before a manager registered")
          .hasMessageContaining("worker 1 is to have cpus 4000, but 4000 is not this process's");
      assertThat(home.resolve("ran")).doesNotExist();
    }
  }
}
