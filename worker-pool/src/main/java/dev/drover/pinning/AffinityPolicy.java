package dev.drover.pinning;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The rule by which a node's cpus are given to its workers: {@code none}, {@code block}, {@code
 * block-reverse}, {@code alternating}, {@code topology}, or {@code list:} with one group of cpus
 * for each worker.
 *
 * <p>All but {@code topology} map exactly as Parsl's {@code cpu_affinity} does.
 *
 * @param kind which rule
 * @param groups the groups of a list, in the order of the workers, which may share cpus; empty for
 *     the other kinds
 */
public record AffinityPolicy(Kind kind, List<CpuSet> groups) {
  /** Workers run wherever the manager may. */
  public static final AffinityPolicy NONE = new AffinityPolicy(Kind.NONE, List.of());

  private static final String LIST = "list:";

  /** The rules. */
  public enum Kind {
    /** No worker is pinned. */
    NONE,
    /** Equal runs of the cpus' numbers, in order; what is left over stays idle. */
    BLOCK,
    /** As block, the last run to the first worker. */
    BLOCK_REVERSE,
    /** Worker i of P has every P-th cpu, from the i-th one on; all are used. */
    ALTERNATING,
    /** Near one another and near the worker's accelerator, by what {@code /sys} tells. */
    TOPOLOGY,
    /** As the user lists them. */
    LIST;

    /** As it is written in a site file. */
    public String word() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  public AffinityPolicy {
    groups = List.copyOf(groups);
    if (groups.isEmpty() == (kind == Kind.LIST)
        || groups.stream().anyMatch(group -> group.size() == 0)) {
      throw new IllegalArgumentException(
          "cpu affinity list: needs a group of cpus for each worker, and no other kind has any");
    }
  }

  /**
   * The policy that a text names; groups of a list have colons between them and are written as the
   * kernel writes cpus, such as {@code list:0-3,8:4-7,9}.
   *
   * @throws IllegalArgumentException naming the part that is wrong
   */
  public static AffinityPolicy parse(String text) {
    if (text.startsWith(LIST)) {
      List<CpuSet> groups = new ArrayList<>();
      for (String group : text.substring(LIST.length()).split(":", -1)) {
        if (group.isBlank()) {
          throw new IllegalArgumentException(
              "cpu affinity \""
                  + text
                  + "\": the group of worker "
                  + groups.size()
                  + " is empty; write for example list:0-3:4-7");
        }
        groups.add(CpuSet.parse(group));
      }
      return new AffinityPolicy(Kind.LIST, groups);
    }
    for (Kind kind : Kind.values()) {
      if (kind != Kind.LIST && kind.word().equals(text)) {
        return new AffinityPolicy(kind, List.of());
      }
    }
    throw new IllegalArgumentException(
        "cpu affinity \""
            + text
            + "\" is none of "
            + Stream.of(Kind.values()).map(Kind::word).collect(Collectors.joining(", "))
            + "; a list is written list:<cpus of worker 0>:<cpus of worker 1>:…");
  }

  /** Whether workers are pinned at all. */
  public boolean pins() {
    return kind != Kind.NONE;
  }

  /**
   * The cpus of each worker.
   *
   * @param available the cpus that this process may use
   * @param workers how many workers there are, at least 1
   * @param topology what the kernel tells of the node; asked by {@code topology} only
   * @param homes by worker, the NUMA node of its accelerator, or {@link Topology#UNKNOWN}; for
   *     {@code topology} only
   * @return a set for each worker; an empty list for {@code none}
   * @throws IllegalArgumentException when there are fewer cpus than workers, or a list does not fit
   *     the workers or the cpus
   */
  public List<CpuSet> place(
      CpuSet available, int workers, Supplier<Topology> topology, List<Integer> homes) {
    return switch (kind) {
      case NONE -> List.of();
      case BLOCK -> blocks(available, workers);
      case BLOCK_REVERSE -> reversed(blocks(available, workers));
      case ALTERNATING -> alternating(available, workers);
      case TOPOLOGY -> {
        requireOneEach(available, workers);
        yield new TopologyPlacement(topology.get(), homes).place(workers);
      }
      case LIST -> listed(available, workers);
    };
  }

  private List<CpuSet> blocks(CpuSet available, int workers) {
    int each = requireOneEach(available, workers);
    return IntStream.range(0, workers)
        .mapToObj(i -> new CpuSet(available.cpus().subList(each * i, each * (i + 1))))
        .toList();
  }

  private List<CpuSet> alternating(CpuSet available, int workers) {
    requireOneEach(available, workers);
    List<Integer> cpus = available.cpus();
    return IntStream.range(0, workers)
        .mapToObj(
            i ->
                new CpuSet(
                    IntStream.iterate(i, at -> at < cpus.size(), at -> at + workers)
                        .mapToObj(cpus::get)
                        .toList()))
        .toList();
  }

  private List<CpuSet> listed(CpuSet available, int workers) {
    if (groups.size() != workers) {
      throw new IllegalArgumentException(
          "cpu affinity list: has "
              + groups.size()
              + " groups of cpus, but this node has "
              + workers
              + " workers\n  fix: one group for each worker, or worker.max-per-node = "
              + groups.size());
    }
    Set<Integer> allowed = new LinkedHashSet<>(available.cpus());
    for (int i = 0; i < groups.size(); i++) {
      List<Integer> missing =
          groups.get(i).cpus().stream().filter(cpu -> !allowed.contains(cpu)).toList();
      if (!missing.isEmpty()) {
        throw new IllegalArgumentException(
            "cpu affinity list: worker "
                + i
                + " is to have cpus "
                + groups.get(i)
                + ", but "
                + new CpuSet(missing)
                + (missing.size() == 1 ? " is" : " are")
                + " not this process's to use\n  allowed: "
                + available
                + "\n  fix:     ask the scheduler for whole nodes, leave these cpus out (a system may keep some for"
                + " itself), or let the launcher bind nothing");
      }
    }
    return groups;
  }

  /** The whole cpus for each worker, at least 1. */
  private int requireOneEach(CpuSet available, int workers) {
    int each = available.size() / workers;
    if (each == 0) {
      throw new IllegalArgumentException(
          "cpu affinity "
              + kind.word()
              + ": "
              + workers
              + " workers cannot have a cpu each: this process may use "
              + available.size()
              + " ("
              + available
              + ")\n  fix: worker.max-per-node = "
              + available.size()
              + ", or worker.cpu-affinity = none");
    }
    return each;
  }

  private static List<CpuSet> reversed(List<CpuSet> sets) {
    List<CpuSet> reversed = new ArrayList<>(sets);
    Collections.reverse(reversed);
    return reversed;
  }

  /** The text that {@link #parse} reads back as this policy. */
  @Override
  public String toString() {
    return kind == Kind.LIST
        ? LIST + groups.stream().map(CpuSet::toString).collect(Collectors.joining(":"))
        : kind.word();
  }
}
