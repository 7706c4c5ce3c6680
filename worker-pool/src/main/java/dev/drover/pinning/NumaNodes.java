package dev.drover.pinning;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * At which NUMA node each worker is: that of its cpus, where they are of one, else that of its
 * accelerator.
 *
 * @param ofCpus by cpu, the kernel's number of its NUMA node; cpus of which it tells none are left
 *     out
 * @param ofAccelerators by worker, the NUMA node of its accelerator, or {@link Topology#UNKNOWN};
 *     so are those beyond the list
 */
public record NumaNodes(Map<Integer, Integer> ofCpus, List<Integer> ofAccelerators) {
  /** Of a node that does not tell. */
  public static final NumaNodes NONE = new NumaNodes(Map.of(), List.of());

  public NumaNodes {
    ofCpus = Map.copyOf(ofCpus);
    ofAccelerators = List.copyOf(ofAccelerators);
  }

  /**
   * By cpu, its NUMA node.
   *
   * @param sys normally {@code /sys}
   */
  static Map<Integer, Integer> ofCpus(Path sys) {
    Map<Integer, Integer> nodeOf = new HashMap<>();
    Path nodes = sys.resolve("devices/system/node");
    for (int node : Topology.numbered(nodes, "node")) {
      Topology.set(nodes.resolve("node" + node).resolve("cpulist"))
          .ifPresent(cpus -> cpus.cpus().forEach(cpu -> nodeOf.put(cpu, node)));
    }
    return nodeOf;
  }

  /**
   * The NUMA node of a worker; {@link Topology#UNKNOWN} when nothing tells of one.
   *
   * @param cpus that it is kept on; none = it is not pinned
   */
  int of(int worker, CpuSet cpus) {
    Set<Integer> own =
        cpus.cpus().stream()
            .map(cpu -> ofCpus.getOrDefault(cpu, Topology.UNKNOWN))
            .collect(Collectors.toSet());
    if (own.size() == 1 && !own.contains(Topology.UNKNOWN)) {
      return own.iterator().next();
    }
    return worker < ofAccelerators.size() ? ofAccelerators.get(worker) : Topology.UNKNOWN;
  }
}
