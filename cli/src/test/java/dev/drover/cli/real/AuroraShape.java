package dev.drover.cli.real;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.pinning.AffinityPolicy;
import dev.drover.pinning.CpuAffinity;
import dev.drover.pinning.CpuSet;
import dev.drover.site.Site;
import dev.drover.site.SiteKeys;
import dev.drover.site.SiteReader;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The two ensembles of Aurora's users as task files, and what their tasks must have said. Workers,
 * tiles and ranks are those of the shipped site files; cpus too where this machine has them, else a
 * worker has one of those that there are.
 */
final class AuroraShape {
  private static final Site SITE = new SiteReader(Map.of()).readPublished("aurora-single-tile");
  private static final int WORKERS = SITE.get(SiteKeys.WORKER_MAX_PER_NODE);
  private static final int RANKS_PER_NODE = 12;

  /** Of aurora-mpi's own words. */
  static final String CPU_BIND =
      "list:1-8:9-16:17-24:25-32:33-40:41-48:53-60:61-68:69-76:77-84:85-92:93-100";

  private AuroraShape() {}

  /** A group of cpus for each worker: as the site file has it, or one cpu of this machine. */
  private static String affinity() {
    String shipped = SITE.text(SiteKeys.WORKER_CPU_AFFINITY);
    List<Integer> cpus = CpuAffinity.ofCallingThread().cpus();
    boolean hasAll =
        AffinityPolicy.parse(shipped).groups().stream()
            .allMatch(group -> cpus.containsAll(group.cpus()));
    if (hasAll) {
      return shipped;
    }
    List<String> groups = new ArrayList<>();
    for (int rank = 0; rank < WORKERS; rank++) {
      groups.add(cpus.get(rank % cpus.size()).toString());
    }
    return "list:" + String.join(":", groups);
  }

  /** The lines of a site file that make its workers Aurora's; this machine has fewer cores. */
  static List<String> tileWorkers() {
    return List.of(
        "executor.prefetch = 0",
        "worker.max-per-node = " + WORKERS,
        "worker.cores-per-worker = 0.01",
        "worker.available-accelerators = " + SITE.text(SiteKeys.WORKER_AVAILABLE_ACCELERATORS),
        "worker.cpu-affinity = " + affinity());
  }

  /** A task for each tile of so many nodes. All hold theirs until all run, and say what it is. */
  static String[] tileTasks(int nodes) {
    int count = nodes * WORKERS;
    String command =
        "touch up/$DROVER_TASK_ID; until set -- up/*; [ $# -ge %d ]; do sleep 0.2; done;"
                .formatted(count)
            + " echo $(hostname) $PARSL_WORKER_RANK of $PARSL_WORKER_COUNT tile $ZE_AFFINITY_MASK"
            + " on $(sed -n 's/^Cpus_allowed_list:[^0-9]*//p' /proc/self/status)"
            + " threads $OMP_NUM_THREADS $GOMP_CPU_AFFINITY $KMP_AFFINITY >> seen";
    String[] lines = new String[count];
    Arrays.fill(lines, command);
    return lines;
  }

  /** Each worker of each host ran one, with its own tile and cpus. */
  static void checkTiles(Path home, List<String> hosts) throws IOException {
    List<CpuSet> groups = AffinityPolicy.parse(affinity()).groups();
    List<String> tiles = SITE.get(SiteKeys.WORKER_AVAILABLE_ACCELERATORS);
    List<String> expected = new ArrayList<>();
    for (String host : hosts) {
      for (int rank = 0; rank < WORKERS; rank++) {
        CpuSet cpus = groups.get(rank);
        String list = cpus.cpus().stream().map(String::valueOf).collect(Collectors.joining(","));
        expected.add(
            "%s %d of %d tile %s on %s threads %d %s explicit,proclist=[%s]"
                .formatted(host, rank, WORKERS, tiles.get(rank), cpus, cpus.size(), list, list));
      }
    }
    assertThat(Files.readAllLines(home.resolve("seen")))
        .containsExactlyInAnyOrderElementsOf(expected);
  }

  /**
   * Tasks of two nodes, twelve ranks on each.
   *
   * @param bind the words between the prefix and ALCF's script, with a blank behind them
   * @param options {@code launcher_options}
   * @param together so many run before the first of them goes on
   */
  static String[] pairTasks(int count, String bind, String options, int together) {
    String command =
        "echo begin $DROVER_TASK_ID $PARSL_MPI_NODELIST >> log; touch up/$DROVER_TASK_ID;"
            + " until set -- up/*; [ $# -ge %d ]; do sleep 0.2; done;".formatted(together)
            + " echo $PARSL_MPI_PREFIX > prefix-$DROVER_TASK_ID;"
            + " $PARSL_MPI_PREFIX %s./gpu_tile_compact.sh ./rank.sh > ranks-$DROVER_TASK_ID;"
                .formatted(bind)
            + " code=$?; echo end $DROVER_TASK_ID $PARSL_MPI_NODELIST >> log; exit $code";
    String line =
        "{\"command\": \"%s\", \"timeout\": \"4m\", \"resources\": {\"nodes\": 2, \"ranks_per_node\": %d, \"launcher_options\": \"%s\"}}"
            .formatted(command, RANKS_PER_NODE, options);
    String[] lines = new String[count];
    Arrays.fill(lines, line);
    return lines;
  }

  /** A rank that says where it is, and a stand-in for the script that gives each its tile. */
  static void writePrograms(Path home) throws IOException {
    program(
        home.resolve("gpu_tile_compact.sh"),
        "#!/bin/bash",
        "rank=${PALS_LOCAL_RANKID:-$SLURM_LOCALID}",
        "export ZE_AFFINITY_MASK=$((rank / 2)).$((rank % 2))",
        "exec \"$@\"");
    program(
        home.resolve("rank.sh"),
        "#!/bin/bash",
        "read -r host < /proc/sys/kernel/hostname",
        "rank=${PALS_RANKID:-$SLURM_PROCID} size=${PMI_SIZE:-$SLURM_NTASKS}",
        "IFS=, read -ra masks <<<\"$SLURM_CPU_BIND_LIST\"",
        "cpus=${TOY_CPUS:-${masks[SLURM_LOCALID]:-unbound}}",
        "echo $host rank $rank of $size tile $ZE_AFFINITY_MASK $cpus task $DROVER_TASK_ID");
  }

  private static void program(Path file, String... lines) throws IOException {
    Files.write(file, List.of(lines));
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  /**
   * Every task had its prefix and all its ranks, and at no time two of them a node.
   *
   * @param prefix with {@code %s} for the task's hosts
   * @param cpus of the ranks of a node, in order; empty = they were not bound
   * @param atOnce tasks that ran at the same time, at most
   */
  static void checkPairs(
      Path home, int count, String prefix, List<String> cpus, Set<String> hosts, int atOnce)
      throws IOException {
    List<String> log = Files.readAllLines(home.resolve("log"));
    assertThat(disjointAtOnce(log)).isEqualTo(atOnce);
    Map<String, String> nodes = new HashMap<>();
    for (String line : log) {
      String[] words = line.split(" ");
      nodes.put(words[1], words[2]);
    }
    assertThat(nodes).hasSize(count);
    for (Map.Entry<String, String> task : nodes.entrySet()) {
      List<String> own = List.of(task.getValue().split(","));
      assertThat(hosts).containsAll(own);
      assertThat(home.resolve("prefix-" + task.getKey()))
          .hasContent(prefix.formatted(task.getValue()));
      List<String> ranks = new ArrayList<>();
      for (int rank = 0; rank < 2 * RANKS_PER_NODE; rank++) {
        int local = rank % RANKS_PER_NODE;
        ranks.add(
            "%s rank %d of %d tile %d.%d %s task %s"
                .formatted(
                    own.get(rank / RANKS_PER_NODE),
                    rank,
                    2 * RANKS_PER_NODE,
                    local / 2,
                    local % 2,
                    cpus.isEmpty() ? "unbound" : cpus.get(local),
                    task.getKey()));
      }
      assertThat(Files.readAllLines(home.resolve("ranks-" + task.getKey())))
          .containsExactlyInAnyOrderElementsOf(ranks);
    }
  }

  /** The groups of {@link #CPU_BIND}. */
  static List<String> boundCpus() {
    return Stream.of(CPU_BIND.substring("list:".length()).split(":")).toList();
  }

  /** The same as masks, one bit a cpu, in hexadecimal digits as srun takes them. */
  static List<String> boundMasks() {
    return AffinityPolicy.parse(CPU_BIND).groups().stream()
        .map(
            group -> {
              BigInteger mask = BigInteger.ZERO;
              for (int cpu : group.cpus()) {
                mask = mask.setBit(cpu);
              }
              return mask.toString(16);
            })
        .toList();
  }

  /** The most tasks of a log that ran at once; that two had a node at the same time fails. */
  static int disjointAtOnce(List<String> log) {
    Map<String, String> owners = new HashMap<>();
    int most = 0;
    for (String line : log) {
      String[] words = line.split(" ");
      for (String node : words[2].split(",")) {
        if (words[0].equals("begin")) {
          assertThat(owners.put(node, words[1])).as(line).isNull();
        } else {
          assertThat(owners.remove(node)).as(line).isEqualTo(words[1]);
        }
      }
      most = Math.max(most, new HashSet<>(owners.values()).size());
    }
    assertThat(owners).isEmpty();
    return most;
  }
}
