package dev.drover.pinning;

import dev.drover.pinning.Topology.Core;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Places workers by the node's topology: each within one NUMA node where it fits, that of its
 * accelerator where that is known, within one shared cache where it fits, and on whole cores before
 * hyper-threads. Workers of a NUMA node have the same number of cores; what is left over stays
 * idle.
 */
final class TopologyPlacement {
  private final Topology topology;
  private final List<Integer> homes;
  private final Map<Integer, List<Core>> byNode;

  /**
   * @param homes by worker, the NUMA node of its accelerator, or {@link Topology#UNKNOWN}; a worker
   *     beyond the list has none
   */
  TopologyPlacement(Topology topology, List<Integer> homes) {
    this.topology = topology;
    this.homes = List.copyOf(homes);
    this.byNode =
        topology.cores().stream()
            .collect(Collectors.groupingBy(Core::numaNode, TreeMap::new, Collectors.toList()));
  }

  /** The cpus of each of these workers, which are no more than there are cpus. */
  List<CpuSet> place(int workers) {
    boolean hasHomes = homes.stream().limit(workers).anyMatch(home -> home >= 0);
    if (!hasHomes && workers < byNode.size()) {
      return acrossNodes(workers);
    }
    Map<Integer, List<Integer>> ranksOf = hasHomes ? byHome(workers) : byShare(workers);
    CpuSet[] placed = new CpuSet[workers];
    ranksOf.forEach(
        (node, ranks) -> {
          List<CpuSet> sets = within(byNode.get(node), ranks.size());
          for (int i = 0; i < sets.size(); i++) {
            placed[ranks.get(i)] = sets.get(i);
          }
        });
    return List.of(placed);
  }

  /** Fewer workers than NUMA nodes: each has whole ones, next to one another. */
  private List<CpuSet> acrossNodes(int workers) {
    List<List<Core>> nodes = List.copyOf(byNode.values());
    List<CpuSet> sets = new ArrayList<>();
    for (int i = 0; i < workers; i++) {
      List<Core> cores = new ArrayList<>();
      nodes
          .subList(i * nodes.size() / workers, (i + 1) * nodes.size() / workers)
          .forEach(cores::addAll);
      sets.add(all(cores));
    }
    return sets;
  }

  /** The ranks of each NUMA node, in proportion to its cores, each at least one. */
  private Map<Integer, List<Integer>> byShare(int workers) {
    Map<Integer, Integer> counts = new LinkedHashMap<>();
    byNode.forEach((node, cores) -> counts.put(node, 1));
    for (int given = byNode.size(); given < workers; given++) {
      int roomiest =
          byNode.keySet().stream()
              .filter(node -> counts.get(node) < threads(node))
              .max(
                  Comparator.<Integer>comparingDouble(
                          node -> (double) byNode.get(node).size() / (counts.get(node) + 1))
                      .thenComparing(Comparator.reverseOrder()))
              .orElseThrow();
      counts.merge(roomiest, 1, Integer::sum);
    }
    Map<Integer, List<Integer>> ranks = new LinkedHashMap<>();
    int next = 0;
    for (Map.Entry<Integer, Integer> count : counts.entrySet()) {
      List<Integer> own = new ArrayList<>();
      for (int i = 0; i < count.getValue(); i++) {
        own.add(next++);
      }
      ranks.put(count.getKey(), own);
    }
    return ranks;
  }

  /** The ranks of each NUMA node by their homes; what finds no cpu there goes to the nearest. */
  private Map<Integer, List<Integer>> byHome(int workers) {
    Map<Integer, List<Integer>> ranks = new TreeMap<>();
    for (int rank = 0; rank < workers; rank++) {
      int home = rank < homes.size() ? homes.get(rank) : Topology.UNKNOWN;
      int node =
          byNode.keySet().stream()
              .filter(each -> ranks.getOrDefault(each, List.of()).size() < threads(each))
              .min(
                  Comparator.<Integer>comparingInt(
                          each -> home < 0 ? 0 : topology.distance(home, each))
                      .thenComparingDouble(
                          each ->
                              (double) ranks.getOrDefault(each, List.of()).size() / threads(each)))
              .orElseThrow();
      ranks.computeIfAbsent(node, each -> new ArrayList<>()).add(rank);
    }
    return ranks;
  }

  private int threads(int node) {
    return byNode.get(node).stream().mapToInt(core -> core.threads().size()).sum();
  }

  private static List<CpuSet> within(List<Core> cores, int workers) {
    if (workers > cores.size()) {
      return onThreads(cores, workers);
    }
    int each = cores.size() / workers;
    List<List<Core>> runs = withinCaches(cores, each);
    if (runs.size() < workers) {
      runs = runs(cores, each);
    }
    return runs.subList(0, workers).stream().map(TopologyPlacement::all).toList();
  }

  /** Runs of so many cores that none lies across two caches. */
  private static List<List<Core>> withinCaches(List<Core> cores, int each) {
    List<List<Core>> runs = new ArrayList<>();
    cores.stream()
        .collect(Collectors.groupingBy(Core::cache, LinkedHashMap::new, Collectors.toList()))
        .values()
        .forEach(cache -> runs.addAll(runs(cache, each)));
    return runs;
  }

  private static List<List<Core>> runs(List<Core> cores, int each) {
    List<List<Core>> runs = new ArrayList<>();
    for (int from = 0; from + each <= cores.size(); from += each) {
      runs.add(cores.subList(from, from + each));
    }
    return runs;
  }

  /**
   * More workers than cores: the first thread of every core, then the second ones; a thread that no
   * worker takes goes to the one on the first thread of its core.
   */
  private static List<CpuSet> onThreads(List<Core> cores, int workers) {
    List<List<Integer>> taken = new ArrayList<>();
    int most = cores.stream().mapToInt(core -> core.threads().size()).max().orElse(1);
    Map<Core, List<Integer>> firstOf = new LinkedHashMap<>();
    for (int thread = 0; thread < most; thread++) {
      for (Core core : cores) {
        if (thread < core.threads().size()) {
          int cpu = core.threads().cpus().get(thread);
          if (taken.size() < workers) {
            List<Integer> own = new ArrayList<>(List.of(cpu));
            taken.add(own);
            firstOf.putIfAbsent(core, own);
          } else {
            firstOf.get(core).add(cpu);
          }
        }
      }
    }
    return taken.stream().map(CpuSet::new).toList();
  }

  private static CpuSet all(List<Core> cores) {
    return new CpuSet(
        cores.stream().flatMap(core -> core.threads().cpus().stream()).distinct().toList());
  }
}
