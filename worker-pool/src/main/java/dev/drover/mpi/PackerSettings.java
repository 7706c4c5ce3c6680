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
 * @param largestNodes nodes of the largest block that can come; 0 = not known
 * @param slotsPerNode slots of the largest node that can come; 0 = not known
 */
public record PackerSettings(
    Duration ageing, Duration patience, int largestNodes, int slotsPerNode) {
  /** Ten minutes for each doubling, ten minutes of patience, blocks of any size. */
  public static final PackerSettings DEFAULT =
      new PackerSettings(Duration.ofMinutes(10), Duration.ofMinutes(10), 0, 0);

  public PackerSettings {
    if (ageing.isNegative() || patience.isNegative() || largestNodes < 0 || slotsPerNode < 0) {
      throw new IllegalArgumentException(
          "a packer's settings are not negative: ageing=%s patience=%s nodes=%d slots=%d"
              .formatted(ageing, patience, largestNodes, slotsPerNode));
    }
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
