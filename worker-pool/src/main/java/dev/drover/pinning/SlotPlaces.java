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

/**
 * Where on the node each worker belongs: its cpus and its accelerators. Immutable; any thread may
 * ask.
 *
 * @param policy the rule that it came from
 * @param cpus by worker; empty = workers are not pinned
 * @param devices the accelerators, the entry of each worker
 * @param workers how many workers there are
 * @param warnings what is odd about it, for people
 */
public record SlotPlaces(
    AffinityPolicy policy,
    List<CpuSet> cpus,
    DeviceNames devices,
    int workers,
    List<String> warnings) {
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
   * @param accelerators names, at least one for each worker, or none
   * @param sys normally {@code /sys}
   * @throws IllegalArgumentException when the policy does not fit the workers or the cpus
   */
  public static SlotPlaces of(
      AffinityPolicy policy,
      CpuSet available,
      int workers,
      List<String> accelerators,
      Path sys,
      AcceleratorProbe probe) {
    List<String> entries = accelerators.subList(0, Math.min(workers, accelerators.size()));
    int nvidia = DeviceNames.asksForNvidia(entries) ? probe.nvidiaDevices() : 0;
    DeviceNames devices = new DeviceNames(entries, nvidia);
    boolean near = policy.kind() == AffinityPolicy.Kind.TOPOLOGY && !entries.isEmpty();
    List<Integer> homes = near ? devices.homes(probe.devices()) : List.of();
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
    return new SlotPlaces(policy, cpus, devices, workers, warnings);
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
   * @param ranks the workers, the leading one first
   * @param accelerators how many of their entries it gets, the first ones; 0 = all
   */
  public Share share(List<Integer> ranks, int accelerators) {
    return new Share(cpusOf(ranks), environment(ranks, accelerators));
  }

  /** Unpinned workers without accelerators. */
  public static SlotPlaces none(int workers) {
    return new SlotPlaces(
        AffinityPolicy.NONE, List.of(), new DeviceNames(List.of(), 0), workers, List.of());
  }

  /** The cpus of these workers together; empty = not pinned. */
  public Optional<CpuSet> cpusOf(List<Integer> ranks) {
    return cpus.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new CpuSet(ranks.stream().flatMap(rank -> cpus.get(rank).cpus().stream()).toList()));
  }

  /**
   * The variables of a process that has the places of these workers: those of OpenMP's runtimes
   * (GNU's and Intel's) for its cpus, those of CUDA, ROCm and Level Zero for its accelerators.
   *
   * @param ranks the workers, the leading one first
   * @param accelerators how many of their entries it gets, the first ones; 0 = all
   */
  public Map<String, String> environment(List<Integer> ranks, int accelerators) {
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
    int most = accelerators == 0 ? ranks.size() : Math.min(accelerators, ranks.size());
    variables.putAll(devices.environment(ranks.subList(0, most)));
    return variables;
  }

  /** The accelerators of a worker as its entry names them; empty = none. */
  public String acceleratorsOf(int rank) {
    return rank < devices.entries().size() ? devices.entries().get(rank) : "";
  }

  /** What CUDA sees for a worker where that is not its entry; empty = as the entry. */
  public String cudaOf(int rank) {
    String name = acceleratorsOf(rank);
    return name.isEmpty() || devices.cuda(rank).equals(name) ? "" : devices.cuda(rank);
  }
}
