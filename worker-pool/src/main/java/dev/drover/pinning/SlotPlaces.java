package dev.drover.pinning;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Where on the node each worker belongs: its cpus and its accelerators. Immutable; any thread may
 * ask.
 *
 * @param policy the rule that it came from
 * @param cpus by worker, and none for one that runs wherever the manager may; empty = so do all
 * @param devices the accelerators, and which worker has which
 * @param workers how many workers there are
 * @param numa at which NUMA node each is
 * @param warnings what is odd about it, for people
 */
public record SlotPlaces(
    AffinityPolicy policy,
    List<CpuSet> cpus,
    DeviceNames devices,
    int workers,
    NumaNodes numa,
    List<String> warnings) {
  /** What OpenMP's runtimes (GNU's and Intel's) are told of a worker's cpus. */
  public static final Set<String> OPENMP_VARIABLES =
      Set.of("OMP_NUM_THREADS", "GOMP_CPU_AFFINITY", "KMP_AFFINITY");

  /** What points CUDA, ROCm, HIP and Level Zero at some of a node's accelerators. */
  public static final Set<String> DEVICE_VARIABLES =
      Set.of(
          "CUDA_VISIBLE_DEVICES",
          "ROCR_VISIBLE_DEVICES",
          "HIP_VISIBLE_DEVICES",
          "ZE_AFFINITY_MASK");

  public SlotPlaces {
    cpus = List.copyOf(cpus);
    warnings = List.copyOf(warnings);
    if (workers < 1 || !cpus.isEmpty() && cpus.size() != workers) {
      throw new IllegalArgumentException(workers + " workers, places for " + cpus.size());
    }
  }

  /**
   * The places of a node's workers.
   *
   * @param available the cpus that this process may use
   * @param accelerators names, enough for all workers, or none
   * @param workersPerAccelerator workers that share one of them, at least 1
   * @param sys normally {@code /sys}
   * @throws IllegalArgumentException when the policy does not fit the workers or the cpus
   */
  public static SlotPlaces of(
      AffinityPolicy policy,
      CpuSet available,
      int workers,
      List<String> accelerators,
      int workersPerAccelerator,
      Path sys,
      AcceleratorProbe probe) {
    int most = (workers + workersPerAccelerator - 1) / workersPerAccelerator;
    List<String> entries = accelerators.subList(0, Math.min(most, accelerators.size()));
    int nvidia = DeviceNames.asksForNvidia(entries) ? probe.nvidiaDevices() : 0;
    DeviceNames devices = new DeviceNames(entries, workersPerAccelerator, nvidia);
    boolean near = policy.kind() == AffinityPolicy.Kind.TOPOLOGY && !entries.isEmpty();
    List<Integer> homes = entries.isEmpty() ? List.of() : devices.homesOfWorkers(probe.devices());
    List<CpuSet> cpus =
        policy.place(available, workers, () -> Topology.read(sys, available), homes);
    List<String> warnings = new ArrayList<>();
    if (policy.pins()) {
      idle(available, cpus).ifPresent(warnings::add);
      shared(cpus).ifPresent(warnings::add);
    }
    if (near && homes.stream().allMatch(home -> home < 0)) {
      warnings.add(
          "the node does not tell which NUMA node an accelerator hangs at: workers are placed"
              + " without regard to them");
    }
    NumaNodes numa = new NumaNodes(NumaNodes.ofCpus(sys), homes);
    return new SlotPlaces(policy, cpus, devices, workers, numa, warnings);
  }

  /**
   * The same places with the cpus that the system really keeps each worker on.
   *
   * @param masks by worker; none = it runs wherever the manager may
   */
  SlotPlaces withMasks(List<CpuSet> masks) {
    return new SlotPlaces(policy, masks, devices, workers, numa, warnings);
  }

  private static Optional<String> idle(CpuSet available, List<CpuSet> cpus) {
    Set<Integer> idle = new HashSet<>(available.cpus());
    cpus.forEach(set -> idle.removeAll(set.cpus()));
    return idle.isEmpty()
        ? Optional.empty()
        : Optional.of("no worker has cpus " + new CpuSet(List.copyOf(idle)) + ": they stay idle");
  }

  private static Optional<String> shared(List<CpuSet> cpus) {
    Map<Integer, Integer> ownerOf = new HashMap<>();
    for (int rank = 0; rank < cpus.size(); rank++) {
      for (int cpu : cpus.get(rank).cpus()) {
        Integer other = ownerOf.putIfAbsent(cpu, rank);
        if (other != null) {
          return Optional.of(
              "workers %d and %d share cpu %d, and maybe others do: they slow one another"
                  .formatted(other, rank, cpu));
        }
      }
    }
    return Optional.empty();
  }

  /**
   * What one process gets of the node.
   *
   * @param cpus where it runs; empty = wherever the manager may
   * @param environment the variables that tell it so
   */
  public record Share(Optional<CpuSet> cpus, Map<String, String> environment) {
    public Share {
      environment = Map.copyOf(environment);
    }
  }

  /**
   * The share of a process that has the places of these workers.
   *
   * @param ranks the workers, the leading one first, and before others those whose accelerators it
   *     gets
   * @param accelerators how many devices it gets, rounded up; 0 = all of these workers
   */
  public Share share(List<Integer> ranks, double accelerators) {
    return new Share(cpusOf(ranks), environment(ranks, accelerators));
  }

  /** Unpinned workers without accelerators. */
  public static SlotPlaces none(int workers) {
    return new SlotPlaces(
        AffinityPolicy.NONE,
        List.of(),
        new DeviceNames(List.of(), 0),
        workers,
        NumaNodes.NONE,
        List.of());
  }

  /** The cpus that these workers are kept on together; empty = none of them is pinned. */
  public Optional<CpuSet> cpusOf(List<Integer> ranks) {
    CpuSet all = new CpuSet(ranks.stream().flatMap(rank -> cpusOf(rank).cpus().stream()).toList());
    return all.size() == 0 ? Optional.empty() : Optional.of(all);
  }

  private CpuSet cpusOf(int rank) {
    return cpus.isEmpty() ? CpuSet.of() : cpus.get(rank);
  }

  /** By worker, its NUMA node, or {@link Topology#UNKNOWN}. */
  public List<Integer> numaNodes() {
    return IntStream.range(0, workers).mapToObj(rank -> numa.of(rank, cpusOf(rank))).toList();
  }

  /**
   * The variables of a process that has the places of these workers: those of OpenMP's runtimes
   * (GNU's and Intel's) for its cpus, those of CUDA, ROCm and Level Zero for its accelerators.
   *
   * @param ranks the workers, before others those whose accelerators it gets
   * @param accelerators how many devices it gets, rounded up; 0 = all of these workers
   */
  public Map<String, String> environment(List<Integer> ranks, double accelerators) {
    Map<String, String> variables = new LinkedHashMap<>();
    cpusOf(ranks)
        .ifPresent(
            set -> {
              String list =
                  set.cpus().stream().map(String::valueOf).collect(Collectors.joining(","));
              variables.put("OMP_NUM_THREADS", Integer.toString(set.size()));
              variables.put("GOMP_CPU_AFFINITY", list);
              variables.put("KMP_AFFINITY", "explicit,proclist=[" + list + "]");
            });
    DeviceSlots slots = DeviceSlots.of(workers, devices.devices(workers));
    variables.putAll(devices.environment(slots.seen(ranks, accelerators)));
    return variables;
  }

  /** Which workers share which accelerator, and which are near to one another. */
  public DeviceSlots deviceSlots() {
    return DeviceSlots.of(workers, devices.devices(workers), numaNodes());
  }

  /** The accelerators of a worker as its entry names them; empty = none. */
  public String acceleratorsOf(int rank) {
    return devices.entry(rank);
  }

  /** What CUDA sees for a worker where that is not its entry; empty = as the entry. */
  public String cudaOf(int rank) {
    String name = acceleratorsOf(rank);
    return name.isEmpty() || devices.cuda(rank).equals(name) ? "" : devices.cuda(rank);
  }
}
