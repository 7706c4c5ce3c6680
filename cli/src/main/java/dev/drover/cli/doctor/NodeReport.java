package dev.drover.cli.doctor;

import dev.drover.executor.WorkersOfSite;
import dev.drover.node.NodeCapacity;
import dev.drover.node.WorkerCount;
import dev.drover.pinning.Accelerator;
import dev.drover.pinning.CpuSet;
import dev.drover.pinning.SlotPlaces;
import dev.drover.pinning.Topology;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * What the doctor found.
 *
 * @param capacity what this process may use
 * @param topology how its cpus lie
 * @param accelerators as the node shows them
 * @param count how many workers the site makes of it
 * @param places where they go
 * @param warnings what is odd, for people
 */
record NodeReport(
    NodeCapacity capacity,
    Topology topology,
    List<Accelerator> accelerators,
    WorkerCount count,
    SlotPlaces places,
    List<String> warnings) {
  NodeReport {
    accelerators = List.copyOf(accelerators);
    warnings = List.copyOf(warnings);
  }

  /**
   * Looks at the node with the eyes of a manager of that site.
   *
   * @throws IllegalArgumentException when no manager of it would start here
   */
  static NodeReport of(ThisNode node, WorkersOfSite site) {
    NodeCapacity capacity = node.capacity();
    WorkerCount count = WorkerCount.of(capacity, site.limits());
    SlotPlaces places =
        SlotPlaces.of(
            site.cpuAffinity(),
            capacity.cpus(),
            count.workers(),
            site.accelerators(),
            node.sys(),
            node.accelerators());
    Topology topology = Topology.read(node.sys(), capacity.cpus());
    List<Accelerator> accelerators = node.accelerators().devices();
    List<String> warnings = new ArrayList<>(places.warnings());
    warnings.addAll(node.trial().apply(places).warnings());
    NodeReport report = new NodeReport(capacity, topology, accelerators, count, places, warnings);
    warnings.addAll(report.farAccelerators());
    return new NodeReport(capacity, topology, accelerators, count, places, warnings);
  }

  /** The cpus of each NUMA node, as far as they are this process's. */
  Map<Integer, CpuSet> numaNodes() {
    Map<Integer, CpuSet> nodes = new LinkedHashMap<>();
    topology.cores().stream()
        .collect(Collectors.groupingBy(Topology.Core::numaNode, TreeMap::new, Collectors.toList()))
        .forEach(
            (node, cores) ->
                nodes.put(
                    node,
                    new CpuSet(
                        cores.stream().flatMap(core -> core.threads().cpus().stream()).toList())));
    return nodes;
  }

  /** The cpus that a worker runs on. */
  CpuSet cpusOf(int rank) {
    return places.cpusOf(List.of(rank)).orElse(capacity.cpus());
  }

  /** The NUMA nodes that a worker runs on, in order. */
  List<Integer> numaNodesOf(int rank) {
    return new TreeSet<>(cpusOf(rank).cpus().stream().map(topology::numaNodeOf).toList())
        .stream().filter(node -> node >= 0).toList();
  }

  private List<String> farAccelerators() {
    List<String> far = new ArrayList<>();
    if (places.policy().pins()) {
      List<Integer> homes = places.devices().homes(accelerators);
      for (int rank = 0; rank < homes.size(); rank++) {
        if (homes.get(rank) >= 0 && !numaNodesOf(rank).contains(homes.get(rank))) {
          far.add(
              "worker %d runs on NUMA node %s, but its accelerator %s hangs at NUMA node %d"
                  .formatted(
                      rank,
                      numaNodesOf(rank).stream()
                          .map(String::valueOf)
                          .collect(Collectors.joining(" and ")),
                      places.acceleratorsOf(rank),
                      homes.get(rank)));
        }
      }
    }
    return far;
  }
}
