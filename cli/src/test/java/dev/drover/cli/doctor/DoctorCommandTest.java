package dev.drover.cli.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import dev.drover.cli.console.Console;
import dev.drover.cli.console.StopException;
import dev.drover.node.NodeCapacity;
import dev.drover.pinning.Accelerator;
import dev.drover.pinning.Accelerator.Vendor;
import dev.drover.pinning.AcceleratorProbe;
import dev.drover.pinning.CpuSet;
import dev.drover.pinning.PinningTrial;
import dev.drover.pinning.SlotPlaces;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class DoctorCommandTest {
  @TempDir Path directory;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  /** Two NUMA nodes of four cores, a GPU at each, the first one at the second node. */
  @BeforeEach
  void aNode() throws IOException {
    for (int node = 0; node < 2; node++) {
      Path numa = directory.resolve("sys/devices/system/node/node" + node);
      Files.createDirectories(numa);
      Files.writeString(numa.resolve("cpulist"), node == 0 ? "0-3\n" : "4-7\n");
      Files.writeString(numa.resolve("distance"), node == 0 ? "10 20\n" : "20 10\n");
    }
  }

  private Vendor vendor = Vendor.NVIDIA;
  private List<Integer> numaNodesOfDevices = List.of(1, 0);
  private UnaryOperator<SlotPlaces> inForce = places -> places;
  private String problem = "";

  private ThisNode node() {
    AcceleratorProbe probe =
        new AcceleratorProbe() {
          @Override
          public int nvidiaDevices() {
            return vendor == Vendor.NVIDIA ? numaNodesOfDevices.size() : 0;
          }

          @Override
          public List<Accelerator> devices() {
            return IntStream.range(0, numaNodesOfDevices.size())
                .mapToObj(
                    i ->
                        new Accelerator(
                            vendor, "0000:%d7:00.0".formatted(i), numaNodesOfDevices.get(i)))
                .toList();
          }
        };
    NodeCapacity capacity =
        new NodeCapacity(
            "n01", CpuSet.parse("0-7"), 8, "the affinity mask 0-7", 12L << 30, "MemAvailable");
    return new ThisNode(
        capacity,
        directory.resolve("sys"),
        probe,
        places -> new PinningTrial(inForce.apply(places), "", problem));
  }

  private int doctor(String... arguments) {
    Console console = new Console(InputStream.nullInputStream(), print(out), print(err), false, 80);
    CommandLine line = new CommandLine(new DoctorCommand(console, Optional.empty(), this::node));
    line.setExecutionExceptionHandler(
        (problem, failed, result) -> {
          console.err().println("drover: " + problem.getMessage());
          return ((StopException) problem).exitCode().status();
        });
    return line.execute(arguments);
  }

  private static PrintStream print(ByteArrayOutputStream stream) {
    return new PrintStream(stream, true, StandardCharsets.UTF_8);
  }

  private static String text(ByteArrayOutputStream stream) {
    return stream.toString(StandardCharsets.UTF_8);
  }

  @Test
  void thePlacesOfASite_areATable() {
    assertThat(
            doctor(
                "--set",
                "worker.max-per-node=2",
                "--set",
                "worker.available-accelerators=2",
                "--set",
                "worker.cpu-affinity=topology"))
        .isZero();
    assertThat(text(out))
        .isEqualTo(
            """
            node n01: 8 cpus (0-7) on 8 cores, 12.0 GiB of memory, 2 NVIDIA accelerators
              NUMA node 0: cpus 0-3, accelerators 1
              NUMA node 1: cpus 4-7, accelerators 0
            site local: 2 workers, bound by max workers per node = 2; cpu affinity topology
            worker  cpus  NUMA  accelerators
            0       4-7   1     0
            1       0-3   0     1
            """);
    assertThat(text(err)).isEmpty();
  }

  @Test
  void workersFarFromTheirAccelerators_andIdleCpus_areWarnedOf() {
    assertThat(
            doctor(
                "--set", "worker.available-accelerators=6", "--set", "worker.cpu-affinity=block"))
        .isZero();
    assertThat(text(out)).contains("\n5       5     1     5 (CUDA 1)\n");
    assertThat(text(err))
        .contains(
            "drover: warning: no worker has cpus 6-7: they stay idle\n",
            "drover: warning: worker 0 runs on NUMA node 0, but its accelerator 0 hangs at NUMA node 1\n");
  }

  @Test
  void acceleratorsThatTellNoNumaNode_orOneWithoutCpusOfThisProcess_areShown() {
    vendor = Vendor.AMD;
    numaNodesOfDevices = List.of(-1, 0, -1, 5);

    assertThat(doctor("--set", "worker.max-per-node=1")).isZero();
    assertThat(text(out))
        .startsWith(
            """
            node n01: 8 cpus (0-7) on 8 cores, 12.0 GiB of memory, 4 AMD accelerators
              NUMA node 0: cpus 0-3, accelerators 1
              NUMA node 1: cpus 4-7
              no NUMA node told: accelerators 0 2
              NUMA node 5: no cpus of this process, accelerators 3
            """);
  }

  @Test
  void moreAmdDevicesThanThereAre_areWarnedOf_andIntelsTilesAreNone() {
    vendor = Vendor.AMD;
    numaNodesOfDevices = List.of(0, 0, 1, 1);

    assertThat(doctor("--set", "worker.available-accelerators=6")).isZero();
    assertThat(text(err))
        .isEqualTo(
            """
            drover: warning: the site names accelerators for 6 devices, and this node has 4 (AMD): tasks that get one of the others find none
              fix: worker.available-accelerators = 4, with worker.slots-per-accelerator where workers share one
            """);
    for (String fits : List.of("4", "0,1; 2,3", "3", "2, 3")) {
      assertThat(warningsFor(fits)).as(fits).isEmpty();
    }
    assertThat(warningsFor("3, 4")).contains("for 5 devices, and this node has 4 (AMD)");
    vendor = Vendor.INTEL;
    assertThat(warningsFor("8")).isEmpty();
    assertThat(warningsFor("0.0, 0.1, 3.0, 3.1")).isEmpty();
    assertThat(warningsFor("9")).contains("for 9 devices, and this node has 4 (INTEL)");
    assertThat(warningsFor("0.0, 4.0")).contains("for 5 devices, and this node has 4 (INTEL)");
  }

  private String warningsFor(String accelerators) {
    err.reset();
    assertThat(doctor("--set", "worker.available-accelerators=" + accelerators)).isZero();
    return text(err);
  }

  @Test
  void whatTheSystemRefuses_isWarnedOf_andTheTableTellsWhereTasksReallyRun() {
    inForce = places -> SlotPlaces.none(places.workers());
    problem = "the system refuses it\n  fix: …";

    assertThat(doctor("--set", "worker.max-per-node=2", "--set", "worker.cpu-affinity=block"))
        .isZero();
    assertThat(text(out)).contains("\n0       0-7 (not pinned)  0,1   -\n");
    assertThat(text(err)).isEqualTo("drover: warning: the system refuses it\n  fix: …\n");
  }

  @Test
  void unpinnedWorkers_areSaidToBe() {
    assertThat(doctor("--set", "worker.max-per-node=1")).isZero();
    assertThat(text(out)).endsWith("0       0-7 (not pinned)  0,1   -\n");
  }

  @Test
  void aSiteThatDoesNotFitTheNode_endsWith2_andTheCause() {
    assertThat(
            doctor("--set", "worker.max-per-node=2", "--set", "worker.cpu-affinity=list:0-3:8-9"))
        .isEqualTo(2);
    assertThat(text(err))
        .contains("site 'local' on this node: cpu affinity list: worker 1")
        .contains("8-9 are not this process's to use")
        .contains("fix:");
    assertThat(text(out)).isEmpty();
  }

  @Test
  void aWrongSite_endsWith2() {
    assertThat(doctor("--set", "worker.cpu-affinity=blok")).isEqualTo(2);
    assertThat(text(err)).contains("worker.cpu-affinity", "'blok' is not one of none, block");
  }

  @Test
  void json_isOneObject_withTheEnvironmentOfEachWorker() throws IOException {
    assertThat(
            doctor(
                "--json",
                "--set",
                "worker.available-accelerators=4",
                "--set",
                "worker.cpu-affinity=block"))
        .isZero();
    assertThat(text(out))
        .startsWith("{\"drover_json\":1,\"command\":\"doctor\",\"host\":\"n01\",\"cpus\":\"0-7\"")
        .contains("{\"node\":1,\"cpus\":\"4-7\"}")
        .contains("{\"vendor\":\"nvidia\",\"address\":\"0000:07:00.0\",\"numa_node\":1}")
        .contains("\"cpu_affinity\":\"block\"")
        .contains("{\"worker\":3,\"cpus\":\"6-7\",\"pinned\":true,\"accelerators\":\"3\"")
        .contains("\"OMP_NUM_THREADS\":\"2\",\"GOMP_CPU_AFFINITY\":\"6,7\"")
        .contains("\"CUDA_VISIBLE_DEVICES\":\"1\",\"ROCR_VISIBLE_DEVICES\":\"3\"")
        .contains("\"warnings\":[");
    try (JsonParser parser = new JsonFactory().createParser(text(out))) {
      while (parser.nextToken() != null) {
        assertThat(parser.currentToken()).isNotNull();
      }
    }
  }
}
