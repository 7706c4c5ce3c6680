package dev.drover.mpi;

import dev.drover.task.ResourceRequest;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The nodes and ranks of one MPI task. The keys are those of Parsl's resource specification; unlike
 * there, the three numbers always agree.
 *
 * @param numNodes whole nodes, at least 1
 * @param ranksPerNode ranks on each of them, at least 1
 * @param numRanks all ranks: the product of both
 * @param launcherOptions more words for the launcher's command line, as a shell splits them; empty
 *     = none
 * @param cpusPerRank cpus of each rank of a task that has only a part of its one node; 0 = its
 *     nodes are its own
 * @param cpus those cpus, as {@code taskset} takes them; empty = its processes are not kept on any
 * @param devices the variables that point such a task at its accelerators, in the order of their
 *     names; empty = it has none of its own. They stand in a prefix that a shell splits.
 */
public record MpiRequest(
    int numNodes,
    int ranksPerNode,
    int numRanks,
    String launcherOptions,
    int cpusPerRank,
    String cpus,
    SortedMap<String, String> devices) {
  /** The keys of a specification. */
  public static final List<String> KEYS =
      List.of("num_nodes", "ranks_per_node", "num_ranks", "launcher_options");

  /** No shell splits or expands it, with quotes around it or without. */
  private static final String PLAIN_WORD = "[A-Za-z0-9_.,:/@%+=-]*";

  private static final String MEND =
      "\n  fix: give num_nodes, and ranks_per_node or num_ranks beside it (without either, one rank on each node)";

  public MpiRequest {
    Objects.requireNonNull(launcherOptions);
    Objects.requireNonNull(cpus);
    if (numNodes < 1 || ranksPerNode < 1 || (long) numNodes * ranksPerNode != numRanks) {
      throw new IllegalArgumentException(
          "an MPI task's numbers contradict one another: "
              + numbers(numNodes, ranksPerNode, numRanks)
              + ", and num_ranks is num_nodes x ranks_per_node, each at least 1");
    }
    if (launcherOptions.lines().count() > 1) {
      throw new IllegalArgumentException(
          "an MPI task's launcher_options are one line, not: " + launcherOptions);
    }
    launcherOptions = launcherOptions.strip();
    if (cpusPerRank < 0 || cpusPerRank > 0 && numNodes > 1) {
      throw new IllegalArgumentException(
          "an MPI task on a part of a node is on one node, not on "
              + numNodes
              + ", and has no negative number of cpus a rank: "
              + cpusPerRank);
    }
    devices = Collections.unmodifiableSortedMap(new TreeMap<>(devices));
    devices.forEach(
        (name, value) -> {
          if (!value.matches(PLAIN_WORD)) {
            throw new IllegalArgumentException(
                "an MPI task's "
                    + name
                    + " is '"
                    + value
                    + "', which a shell would not keep as one word"
                    + "\n  fix: name devices by numbers or UUIDs in worker.available-accelerators");
          }
        });
  }

  /** A request of whole nodes. */
  public MpiRequest(int numNodes, int ranksPerNode, int numRanks, String launcherOptions) {
    this(numNodes, ranksPerNode, numRanks, launcherOptions, 0, "", new TreeMap<>());
  }

  /** Whether other tasks may be on its node beside it. */
  public boolean isOnPartOfNode() {
    return cpusPerRank > 0;
  }

  /**
   * The same on a part of its one node.
   *
   * @param perRank cpus of each rank, at least 1
   * @param cpus that its ranks are kept on, as {@code taskset} takes them; empty = on none
   * @param devices the variables that point its ranks at its accelerators; empty = it has none
   */
  public MpiRequest onPartOfNode(int perRank, String cpus, Map<String, String> devices) {
    return new MpiRequest(
        numNodes,
        ranksPerNode,
        numRanks,
        launcherOptions,
        Math.max(1, perRank),
        cpus,
        new TreeMap<>(devices));
  }

  /** A request of so many ranks on each of so many nodes, without options of its own. */
  public static MpiRequest of(int numNodes, int ranksPerNode) {
    return new MpiRequest(numNodes, ranksPerNode, Math.multiplyExact(numNodes, ranksPerNode), "");
  }

  /**
   * The request of a task whose resources ask for nodes or ranks; without nodes it is within one,
   * without ranks it has one on each.
   */
  public static MpiRequest of(ResourceRequest resources, String launcherOptions) {
    int nodes = Math.max(1, resources.nodes());
    int perNode = Math.max(1, resources.ranksPerNode());
    return new MpiRequest(nodes, perNode, Math.multiplyExact(nodes, perNode), launcherOptions);
  }

  /**
   * The request that a specification spells. Two of the three numbers are enough, and nodes alone
   * have one rank each; an empty text is as good as a missing one.
   *
   * @throws IllegalArgumentException that names all that is wrong: unknown keys, what is no number,
   *     what is missing, what contradicts
   */
  public static MpiRequest of(Map<String, String> specification) {
    List<String> problems = new ArrayList<>();
    TreeSet<String> unknown = new TreeSet<>(specification.keySet());
    unknown.removeAll(KEYS);
    if (!unknown.isEmpty()) {
      problems.add(
          "unknown " + String.join(", ", unknown) + " (known: " + String.join(", ", KEYS) + ")");
    }
    OptionalInt nodes = number(specification, "num_nodes", problems);
    OptionalInt perNode = number(specification, "ranks_per_node", problems);
    OptionalInt ranks = number(specification, "num_ranks", problems);
    if (!problems.isEmpty()) {
      throw new IllegalArgumentException(
          "an MPI task's specification: " + String.join("; ", problems));
    }
    String options = Objects.requireNonNullElse(specification.get("launcher_options"), "");
    return completed(nodes, perNode, ranks, options);
  }

  private static MpiRequest completed(
      OptionalInt nodes, OptionalInt perNode, OptionalInt ranks, String options) {
    int missing =
        (nodes.isPresent() ? 0 : 1) + (perNode.isPresent() ? 0 : 1) + (ranks.isPresent() ? 0 : 1);
    if (missing == 3) {
      throw new IllegalArgumentException(
          "an MPI task needs a specification, and this one has none" + MEND);
    }
    if (missing == 2 && nodes.isPresent()) {
      return new MpiRequest(nodes.getAsInt(), 1, nodes.getAsInt(), options);
    }
    if (missing == 2) {
      throw new IllegalArgumentException(
          "an MPI task's specification has only " + told(nodes, perNode, ranks) + MEND);
    }
    if (nodes.isPresent() && perNode.isPresent()) {
      long product = (long) nodes.getAsInt() * perNode.getAsInt();
      if (product > Integer.MAX_VALUE) {
        throw new IllegalArgumentException(
            "an MPI task of " + product + " ranks: " + told(nodes, perNode, ranks));
      }
      return new MpiRequest(
          nodes.getAsInt(), perNode.getAsInt(), ranks.orElse((int) product), options);
    }
    OptionalInt divisor = nodes.isPresent() ? nodes : perNode;
    int quotient = ranks.getAsInt() / divisor.getAsInt();
    if (quotient * divisor.getAsInt() != ranks.getAsInt()) {
      throw new IllegalArgumentException(
          "an MPI task's ranks do not spread evenly: "
              + told(nodes, perNode, ranks)
              + ", and "
              + ranks.getAsInt()
              + " / "
              + divisor.getAsInt()
              + " is no whole number");
    }
    return nodes.isPresent()
        ? new MpiRequest(nodes.getAsInt(), quotient, ranks.getAsInt(), options)
        : new MpiRequest(quotient, perNode.getAsInt(), ranks.getAsInt(), options);
  }

  private static OptionalInt number(
      Map<String, String> specification, String key, List<String> problems) {
    String text = specification.get(key);
    if (text == null || text.isBlank()) {
      return OptionalInt.empty();
    }
    if (!text.strip().matches("0*[1-9][0-9]{0,8}")) {
      problems.add(key + " is '" + text + "', which is no whole number from 1 on");
      return OptionalInt.empty();
    }
    return OptionalInt.of(Integer.parseInt(text.strip()));
  }

  /**
   * Checks it against the largest block that can come.
   *
   * @throws IllegalArgumentException when it can never run there
   */
  public void checkFits(int nodesPerBlock) {
    if (numNodes > nodesPerBlock) {
      throw new IllegalArgumentException(
          "an MPI task asks for "
              + numNodes
              + " nodes ("
              + numbers(numNodes, ranksPerNode, numRanks)
              + "), and a block has "
              + nodesPerBlock
              + "\n  fix: ask for fewer nodes, or for larger blocks (provider.nodes-per-block)");
    }
  }

  /** What a task asks for that has it. */
  public ResourceRequest resources() {
    return new ResourceRequest(0, 0, 0, numNodes, ranksPerNode);
  }

  /** What the packer is asked for it: whole nodes, which it shares with none. */
  public NodeRequest nodes() {
    return NodeRequest.wholeNodes(numNodes);
  }

  private static String told(OptionalInt nodes, OptionalInt perNode, OptionalInt ranks) {
    List<String> told = new ArrayList<>();
    nodes.ifPresent(n -> told.add("num_nodes=" + n));
    perNode.ifPresent(n -> told.add("ranks_per_node=" + n));
    ranks.ifPresent(n -> told.add("num_ranks=" + n));
    return String.join(", ", told);
  }

  private static String numbers(int nodes, int perNode, int ranks) {
    return "num_nodes=%d, ranks_per_node=%d, num_ranks=%d".formatted(nodes, perNode, ranks);
  }
}
