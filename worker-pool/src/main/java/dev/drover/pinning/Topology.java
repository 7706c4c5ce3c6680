package dev.drover.pinning;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * How the cpus that this process may use lie to one another: cores, shared caches, NUMA nodes.
 *
 * @param cores ordered by NUMA node, then shared cache, then lowest cpu
 * @param distances by NUMA node, the kernel's distance to each other one; empty = not told
 */
public record Topology(List<Core> cores, Map<Integer, Map<Integer, Integer>> distances) {
  /** A NUMA node that the kernel does not tell. */
  public static final int UNKNOWN = -1;

  /**
   * One physical core.
   *
   * @param numaNode the kernel's number of its NUMA node, at least 0
   * @param cache the lowest cpu that shares its last-level cache; names the cache
   * @param threads its hyper-threads that this process may use, at least one
   */
  public record Core(int numaNode, int cache, CpuSet threads) {}

  public Topology {
    cores = List.copyOf(cores);
    distances = Map.copyOf(distances);
  }

  /**
   * Reads what the kernel shows. What it does not show is taken as flat: each cpu a core of NUMA
   * node 0 without a shared cache.
   *
   * @param sys normally {@code /sys}; its {@code devices/system/cpu} and {@code
   *     devices/system/node} are read (kernel documentation, admin-guide/cputopology and
   *     ABI/stable/sysfs-devices-node)
   * @param available the cpus that count
   */
  public static Topology read(Path sys, CpuSet available) {
    Set<Integer> allowed = new HashSet<>(available.cpus());
    Path nodes = sys.resolve("devices/system/node");
    Map<Integer, Integer> nodeOf = NumaNodes.ofCpus(sys);
    Map<Integer, Map<Integer, Integer>> distances = new TreeMap<>();
    List<Integer> numbers = numbered(nodes, "node");
    for (int node : numbers) {
      String[] far = text(nodes.resolve("node" + node).resolve("distance")).split("\\s+");
      if (far.length == numbers.size()) {
        Map<Integer, Integer> row = new HashMap<>();
        for (int i = 0; i < far.length; i++) {
          if (far[i].matches("[0-9]{1,6}")) {
            row.put(numbers.get(i), Integer.parseInt(far[i]));
          }
        }
        distances.put(node, row);
      }
    }
    Map<Integer, Core> byFirst = new LinkedHashMap<>();
    for (int cpu : available.cpus()) {
      Path directory = sys.resolve("devices/system/cpu/cpu" + cpu);
      CpuSet siblings =
          set(directory.resolve("topology/core_cpus_list"))
              .or(() -> set(directory.resolve("topology/thread_siblings_list")))
              .filter(set -> set.cpus().contains(cpu))
              .orElse(CpuSet.of(cpu));
      CpuSet threads = new CpuSet(siblings.cpus().stream().filter(allowed::contains).toList());
      byFirst.putIfAbsent(
          threads.cpus().get(0),
          new Core(
              nodeOf.getOrDefault(cpu, 0), lastCache(directory.resolve("cache"), cpu), threads));
    }
    List<Core> cores = new ArrayList<>(byFirst.values());
    cores.sort(
        Comparator.comparingInt(Core::numaNode)
            .thenComparingInt(Core::cache)
            .thenComparingInt(core -> core.threads().cpus().get(0)));
    return new Topology(cores, distances);
  }

  /** The lowest cpu that shares the cache of the highest level; the cpu itself when not told. */
  private static int lastCache(Path directory, int cpu) {
    int level = 0;
    int lowest = cpu;
    for (int index : numbered(directory, "index")) {
      Path cache = directory.resolve("index" + index);
      String told = text(cache.resolve("level"));
      Optional<CpuSet> shared = set(cache.resolve("shared_cpu_list"));
      if (told.matches("[0-9]") && Integer.parseInt(told) > level && shared.isPresent()) {
        level = Integer.parseInt(told);
        lowest = shared.get().size() == 0 ? cpu : shared.get().cpus().get(0);
      }
    }
    return lowest;
  }

  /** The NUMA node of a cpu; {@link #UNKNOWN} when the cpu is not among these. */
  public int numaNodeOf(int cpu) {
    return cores.stream()
        .filter(core -> core.threads().cpus().contains(cpu))
        .mapToInt(Core::numaNode)
        .findFirst()
        .orElse(UNKNOWN);
  }

  /** How far a NUMA node is from another, in the kernel's measure: 10 = itself, more = farther. */
  int distance(int from, int to) {
    int fallback = from == to ? 10 : 20 + Math.abs(from - to);
    return distances.getOrDefault(from, Map.of()).getOrDefault(to, fallback);
  }

  /** The numbers n of the entries {@code <prefix>n}, in order. */
  static List<Integer> numbered(Path directory, String prefix) {
    try (Stream<Path> entries = Files.list(directory)) {
      return entries
          .map(entry -> entry.getFileName().toString())
          .filter(name -> name.matches(prefix + "[0-9]{1,6}"))
          .map(name -> Integer.parseInt(name.substring(prefix.length())))
          .sorted()
          .toList();
    } catch (IOException e) {
      return List.of();
    }
  }

  /** The cpus that a file lists; empty when it cannot be read. */
  static Optional<CpuSet> set(Path file) {
    String list = text(file);
    try {
      return list.isEmpty() ? Optional.empty() : Optional.of(CpuSet.parse(list));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /** Without the blanks around it; empty when it cannot be read. */
  static String text(Path file) {
    try {
      return Files.readString(file, StandardCharsets.ISO_8859_1).strip();
    } catch (IOException e) {
      return "";
    }
  }
}
