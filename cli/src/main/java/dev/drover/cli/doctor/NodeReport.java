package dev.drover.cli.doctor;

import dev.drover.executor.WorkersOfSite;
import dev.drover.node.NodeCapacity;
import dev.drover.node.WorkerCount;
import dev.drover.pinning.Accelerator;
import dev.drover.pinning.Accelerator.Vendor;
import dev.drover.pinning.CpuSet;
import dev.drover.pinning.DeviceNames;
import dev.drover.pinning.PinningTrial;
import dev.drover.pinning.SlotPlaces;
import dev.drover.pinning.Topology;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
  /** Intel's runtime counts them as devices by themselves where its hierarchy is flat. */
  private static final int TILES_OF_A_CARD = 2;

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
    SlotPlaces wanted =
        SlotPlaces.of(
            site.cpuAffinity(),
            capacity.cpus(),
            count.workers(),
            site.accelerators(),
            site.slotsPerAccelerator(),
            node.sys(),
            node.accelerators());
    Topology topology = Topology.read(node.sys(), capacity.cpus());
    List<Accelerator> accelerators = node.accelerators().devices();
    PinningTrial trial = node.trial().apply(wanted);
    SlotPlaces places = trial.places();
    List<String> warnings = new ArrayList<>(places.warnings());
    if (!trial.problem().isEmpty()) {
      warnings.add(trial.problem());
    }
    NodeReport report = new NodeReport(capacity, topology, accelerators, count, places, warnings);
    report.missingAccelerators(site.accelerators()).ifPresent(warnings::add);
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

  /** Whether the system keeps a worker on cpus of its own. */
  boolean isPinned(int rank) {
    return places.cpusOf(List.of(rank)).isPresent();
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

  /**
   * By NUMA node, the numbers of the accelerators there; of those that tell none, by {@link
   * Topology#UNKNOWN}.
   */
  Map<Integer, List<Integer>> acceleratorsByNode() {
    Map<Integer, List<Integer>> byNode = new TreeMap<>();
    for (int number = 0; number < accelerators.size(); number++) {
      byNode
          .computeIfAbsent(accelerators.get(number).numaNode(), node -> new ArrayList<>())
          .add(number);
    }
    return byNode;
  }

  /** Entries beyond NVIDIA's devices share them; beyond others' there is nothing to share. */
  private Optional<String> missingAccelerators(List<String> entries) {
    if (accelerators.isEmpty() || accelerators.get(0).vendor() == Vendor.NVIDIA) {
      return Optional.empty();
    }
    Vendor vendor = accelerators.get(0).vendor();
    boolean mayBeTiles =
        vendor == Vendor.INTEL && entries.stream().noneMatch(entry -> entry.contains("."));
    int there = accelerators.size();
    int named = new DeviceNames(entries, 0).devicesNamed();
    return named <= (mayBeTiles ? TILES_OF_A_CARD * there : there)
        ? Optional.empty()
        : Optional.of(
            "the site names accelerators for %d devices, and this node has %d (%s): tasks that get one of the others find none\n  fix: worker.available-accelerators = %d, with worker.slots-per-accelerator where workers share one"
                .formatted(named, there, vendor, there));
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
