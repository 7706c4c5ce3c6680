package dev.drover.cli.real;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.headnode.SkipAloud;
import dev.drover.pinning.CpuAffinity;
import dev.drover.pinning.CpuSet;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Tasks of one slot, of ranks within a node, of a whole node and of two, from one file, on nodes
 * with two pinned workers and two accelerators: what each process says of its cpus, as the kernel
 * tells it, and of its devices.
 */
class MpiMixedPinnedRealTest extends PalsOnPbsTest {
  /** A process that says where it is once so many of its group are there. */
  private static final String[] LOOK = {
    "#!/bin/bash",
    "# GROUP SIZE [RANK]",
    "rank=${3-$PMI_RANK}",
    "touch up/$1-$DROVER_TASK_ID-$rank",
    "until set -- \"$1\" \"$2\" up/$1-*; [ $(($# - 2)) -ge $2 ]; do sleep 0.1; done",
    "read -r host < /proc/sys/kernel/hostname",
    "echo $1 $DROVER_TASK_ID $rank $host"
        + " $(sed -n 's/^Cpus_allowed_list:[^0-9]*//p' /proc/self/status)"
        + " $CUDA_VISIBLE_DEVICES $ROCR_VISIBLE_DEVICES $ZE_AFFINITY_MASK >> seen"
  };

  private final List<Integer> cpus = CpuAffinity.ofCallingThread().cpus();

  /** What one process said. */
  private record Seen(
      String group, String task, String rank, String host, Set<Integer> cpus, Set<String> devices) {
    static Seen of(String line) {
      String[] words = line.split(" ");
      assertThat(words).as(line).hasSize(8);
      assertThat(words[6]).as(line).isEqualTo(words[5]);
      assertThat(words[7]).as(line).isEqualTo(words[5]);
      return new Seen(
          words[0],
          words[1],
          words[2],
          words[3],
          new TreeSet<>(CpuSet.parse(words[4]).cpus()),
          Set.of(words[5].split(",")));
    }
  }

  @BeforeEach
  void site() throws Exception {
    SkipAloud.unless(cpus.size() >= 2, "this process has one cpu, so no two workers were pinned");
    Files.createDirectory(home.resolve("up"));
    Path look = drover.write("look.sh", LOOK);
    Files.setPosixFilePermissions(look, PosixFilePermissions.fromString("rwxr-xr-x"));
    drover.write(
        "pinned.properties",
        "site.name = pinned",
        "provider.type = pbspro",
        "provider.nodes-per-block = 2",
        "provider.walltime = 10m",
        "provider.poll-period = 1s",
        "provider.submit-interval = 0",
        "launcher.type = mpiexec",
        "launcher.bind-option = --cpu-bind",
        "launcher.options = --ppn 1",
        "mpi.launcher = mpiexec",
        "executor.address = 127.0.0.1",
        "worker.max-per-node = 2",
        "worker.cpu-affinity = block",
        "worker.available-accelerators = gpu4, gpu7");
  }

  private static String slot(String group, int size) {
    return "{\"command\": \"./look.sh %s %d -\"}".formatted(group, size);
  }

  private static String ranks(String group, int size, String resources) {
    return "{\"command\": \"$PARSL_MPI_PREFIX ./look.sh %s %d\", \"resources\": {%s}}"
        .formatted(group, size, resources);
  }

  /** Those of a group were there at the same time, each with all its ranks. */
  @Test
  void tasksThatRunAtOnce_shareNoCpuAndNoDevice_whateverTheirShapes() throws Exception {
    String part = "\"ranks_per_node\": 2, \"cores\": 1";
    drover.write(
        "mixed.jsonl",
        ranks("pair", 4, "\"nodes\": 2, \"ranks_per_node\": 2"),
        ranks("whole", 5, "\"nodes\": 1, \"ranks_per_node\": 2"),
        ranks("whole", 5, part),
        slot("whole", 5),
        ranks("parts", 6, part),
        ranks("parts", 6, part),
        slot("parts", 6),
        slot("parts", 6));

    drover
        .run("run", "--site", "./pinned.properties", "--run-dir", "r", "mixed.jsonl")
        .exits(0)
        .says("all 8 tasks done");

    List<Seen> seen = Files.readAllLines(home.resolve("seen")).stream().map(Seen::of).toList();
    assertThat(ranksOf(seen))
        .containsExactlyInAnyOrderEntriesOf(
            Map.of(
                "pair 1", List.of("0", "1", "2", "3"),
                "whole 2", List.of("0", "1"),
                "whole 3", List.of("0", "1"),
                "whole 4", List.of("-"),
                "parts 5", List.of("0", "1"),
                "parts 6", List.of("0", "1"),
                "parts 7", List.of("-"),
                "parts 8", List.of("-")));
    for (Seen one : seen) {
      assertThat(nodes.subList(0, 2)).contains(one.host());
      boolean hasAll = one.group().equals("pair") || one.task().equals("2");
      assertThat(one.devices())
          .as("%s", one)
          .isIn(hasAll ? List.of(Set.of("gpu4", "gpu7")) : List.of(Set.of("gpu4"), Set.of("gpu7")));
      assertThat(one.cpus()).as("%s", one).isEqualTo(cpusBeside(one.devices()));
      for (Seen other : seen) {
        boolean atOnce = one.group().equals(other.group()) && one.host().equals(other.host());
        if (atOnce && !one.task().equals(other.task())) {
          assertThat(one.cpus())
              .as("%s and %s", one, other)
              .doesNotContainAnyElementsOf(other.cpus());
          assertThat(one.devices()).doesNotContainAnyElementsOf(other.devices());
        }
      }
    }
    assertThat(hostsOf("pair", seen)).isEqualTo(Set.copyOf(nodes.subList(0, 2)));
    assertThat(hostsOf("parts", seen)).isEqualTo(Set.copyOf(nodes.subList(0, 2)));
  }

  /** The first worker of a node has the first half of its cpus and its first device. */
  private Set<Integer> cpusBeside(Set<String> devices) {
    int half = cpus.size() / 2;
    Set<Integer> beside = new TreeSet<>();
    if (devices.contains("gpu4")) {
      beside.addAll(cpus.subList(0, half));
    }
    if (devices.contains("gpu7")) {
      beside.addAll(cpus.subList(half, 2 * half));
    }
    return beside;
  }

  private static Map<String, List<String>> ranksOf(List<Seen> seen) {
    Map<String, List<String>> ranks = new TreeMap<>();
    for (Seen one : seen) {
      ranks
          .computeIfAbsent(one.group() + " " + one.task(), task -> new ArrayList<>())
          .add(one.rank());
    }
    ranks.values().forEach(all -> all.sort(null));
    return ranks;
  }

  private static Set<String> hostsOf(String group, List<Seen> seen) {
    Set<String> hosts = new TreeSet<>();
    seen.stream().filter(one -> one.group().equals(group)).forEach(one -> hosts.add(one.host()));
    return hosts;
  }
}
