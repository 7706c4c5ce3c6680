package dev.drover.site;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/** The rules on a node's workers, and the cpus and accelerators that they are given. */
final class WorkerRules {
  private final Settings settings;
  private final List<SiteProblem> problems;

  private WorkerRules(Settings settings, List<SiteProblem> problems) {
    this.settings = settings;
    this.problems = problems;
  }

  /** Adds the rules that are broken. */
  static void check(Settings settings, List<SiteProblem> problems) {
    var rules = new WorkerRules(settings, problems);
    rules.requireGroupForEachWorker();
    rules.requireCpusOfTheNode();
    rules.requireReservedCpusOfTheNode();
  }

  /**
   * A list of cpus has a group for each worker. Told only where the file says for sure how many
   * workers a node gets: what else limits them the node itself must tell.
   */
  private void requireGroupForEachWorker() {
    if (!settings.haveAll(
        SiteKeys.WORKER_CPU_AFFINITY,
        SiteKeys.WORKER_MAX_PER_NODE,
        SiteKeys.WORKER_AVAILABLE_ACCELERATORS,
        SiteKeys.WORKER_SLOTS_PER_ACCELERATOR,
        SiteKeys.WORKER_CORES_PER_WORKER,
        SiteKeys.PROVIDER_CORES_PER_NODE,
        SiteKeys.WORKER_MEMORY_PER_WORKER)) {
      return;
    }
    Setting<String> affinity = settings.get(SiteKeys.WORKER_CPU_AFFINITY);
    int max = settings.get(SiteKeys.WORKER_MAX_PER_NODE).value();
    int accelerators = settings.get(SiteKeys.WORKER_AVAILABLE_ACCELERATORS).value().size();
    int perAccelerator = settings.get(SiteKeys.WORKER_SLOTS_PER_ACCELERATOR).value();
    double cores = settings.get(SiteKeys.WORKER_CORES_PER_WORKER).value();
    List<BitSet> groups = NodeTypes.CpuAffinity.groups(affinity.value());
    long most = max == 0 ? Long.MAX_VALUE : max;
    if (accelerators > 0) {
      most = Math.min(most, (long) accelerators * perAccelerator);
    }
    double cpus = settings.get(SiteKeys.PROVIDER_CORES_PER_NODE).value(); // managers count on these
    if (cpus > 0) {
      most = Math.min(most, (long) (cpus / cores));
    } else {
      BitSet all = new BitSet();
      for (BitSet group : groups) {
        all.or(group);
      }
      cpus = all.cardinality(); // they are there, or the list is wrong
    }
    // What memory a node has free nobody knows.
    boolean byMemory = settings.get(SiteKeys.WORKER_MEMORY_PER_WORKER).value() > 0;
    long surely = byMemory ? 0 : Math.min(most, (long) (cpus / cores));
    if (!groups.isEmpty() && (groups.size() > most || groups.size() < surely)) {
      problems.add(
          new SiteProblem(
              affinity.origin(),
              SiteKeys.WORKER_CPU_AFFINITY.name(),
              "has %d groups of cpus, but a node has %s workers; give each worker one group"
                  .formatted(
                      groups.size(),
                      most == surely
                          ? most
                          : groups.size() > most ? "at most " + most : "at least " + surely)));
    }
  }

  /** Workers are given cpus that are there, and that the system does not keep to itself. */
  private void requireCpusOfTheNode() {
    Setting<String> affinity = settings.get(SiteKeys.WORKER_CPU_AFFINITY);
    if (affinity == null) {
      return;
    }
    List<BitSet> groups = NodeTypes.CpuAffinity.groups(affinity.value());
    List<String> absent = new ArrayList<>();
    List<String> reserved = new ArrayList<>();
    for (int worker = 0; worker < groups.size(); worker++) {
      String of = " of worker " + worker;
      for (int cpu : groups.get(worker).stream().toArray()) {
        if (isAbsent(cpu)) {
          absent.add(cpu + of);
        } else if (isReserved(cpu)) {
          reserved.add(cpu + of);
        }
      }
    }
    if (!absent.isEmpty()) {
      problem(
          affinity.origin(),
          SiteKeys.WORKER_CPU_AFFINITY,
          "cpu %s is not on a node, which has 0 to %d (node.cpus from %s)"
              .formatted(
                  String.join(", ", absent),
                  settings.get(SiteKeys.NODE_CPUS).value() - 1,
                  settings.get(SiteKeys.NODE_CPUS).origin()));
    }
    if (!reserved.isEmpty()) {
      problem(
          affinity.origin(),
          SiteKeys.WORKER_CPU_AFFINITY,
          "cpu %s is the system's own (node.reserved-cpus from %s)"
              .formatted(
                  String.join(", ", reserved), settings.get(SiteKeys.NODE_RESERVED_CPUS).origin()));
    }
  }

  private void requireReservedCpusOfTheNode() {
    Setting<List<Integer>> reserved = settings.get(SiteKeys.NODE_RESERVED_CPUS);
    if (reserved == null) {
      return;
    }
    List<String> absent = new ArrayList<>();
    for (int cpu : reserved.value()) {
      if (isAbsent(cpu)) {
        absent.add(Integer.toString(cpu));
      }
    }
    if (!absent.isEmpty()) {
      problem(
          reserved.origin(),
          SiteKeys.NODE_RESERVED_CPUS,
          "cpu %s is not on a node, which has 0 to %d (node.cpus from %s)"
              .formatted(
                  String.join(", ", absent),
                  settings.get(SiteKeys.NODE_CPUS).value() - 1,
                  settings.get(SiteKeys.NODE_CPUS).origin()));
    }
  }

  private boolean isAbsent(int cpu) {
    Setting<Integer> cpus = settings.get(SiteKeys.NODE_CPUS);
    return cpus != null && cpus.value() > 0 && cpu >= cpus.value();
  }

  private boolean isReserved(int cpu) {
    Setting<List<Integer>> reserved = settings.get(SiteKeys.NODE_RESERVED_CPUS);
    return reserved != null && reserved.value().contains(cpu);
  }

  private void problem(Origin origin, Key<?> key, String problem) {
    problems.add(new SiteProblem(origin, key.name(), problem));
  }
}
