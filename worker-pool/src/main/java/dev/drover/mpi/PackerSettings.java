package dev.drover.mpi;

import java.time.Duration;

/**
 * How a packer weighs size against waiting.
 *
 * @param ageing how much earlier a task would have to come to stand level with one twice its size;
 *     zero = first in, first out. A task is overtaken only by those that come within {@code ageing}
 *     x log2(their size / its own) after it
 * @param patience how long the first task may be passed over while nobody knows when its nodes come
 *     free, because tasks without a time limit are on them; then nodes are kept for it as they do.
 *     Zero = at once
 * @param patienceRuns the patience once twenty tasks have ended, in the times that busy slots stay
 *     with one task: nodes that are kept idle wait for about as long; 0 = {@code patience} stays
 * @param largestNodes nodes of the largest block that can come; 0 = not known
 * @param slotsPerNode slots of the largest node that can come; 0 = not known
 * @param inARow whether the nodes of a task follow one another in the list of its block's nodes, as
 *     launchers want it that take no hosts but a place in that list
 */
public record PackerSettings(
    Duration ageing,
    Duration patience,
    double patienceRuns,
    int largestNodes,
    int slotsPerNode,
    boolean inARow) {
  /**
   * Ten minutes for each doubling; the patience of one task's run, ten minutes until that is known;
   * blocks of any size. Over six mixes made as the benchmark's is, of tasks without limits, that
   * leaves fewer nodes idle than smallest first does, and the longest wait is a quarter shorter.
   */
  public static final PackerSettings DEFAULT =
      new PackerSettings(Duration.ofMinutes(10), Duration.ofMinutes(10), 1, 0, 0, false);

  public PackerSettings {
    if (ageing.isNegative()
        || patience.isNegative()
        || !(patienceRuns >= 0)
        || largestNodes < 0
        || slotsPerNode < 0) {
      throw new IllegalArgumentException(
          "a packer's settings are not negative: ageing=%s patience=%s runs=%s nodes=%d slots=%d"
              .formatted(ageing, patience, patienceRuns, largestNodes, slotsPerNode));
    }
  }

  /** Settings whose patience is always the same. */
  public PackerSettings(Duration ageing, Duration patience, int largestNodes, int slotsPerNode) {
    this(ageing, patience, 0, largestNodes, slotsPerNode, false);
  }

  /** The same for launchers that want a task's nodes to follow one another, or for others. */
  public PackerSettings inARow(boolean wanted) {
    return new PackerSettings(ageing, patience, patienceRuns, largestNodes, slotsPerNode, wanted);
  }

  /**
   * Checks a request against the largest block.
   *
   * @throws IllegalArgumentException when no block can ever hold it
   */
  void check(NodeRequest request) {
    if (largestNodes > 0 && request.nodes() > largestNodes) {
      throw new IllegalArgumentException(
          "a task asks for " + request + ", and the largest block has " + nodes(largestNodes));
    }
    if (slotsPerNode > 0 && request.slotsPerNode() > slotsPerNode) {
      throw new IllegalArgumentException(
          "a task asks for " + request + ", and a node has " + slotsPerNode + " slots");
    }
  }

  private static String nodes(int count) {
    return count == 1 ? "1 node" : count + " nodes";
  }
}
