package dev.drover.worker;

import java.util.Objects;

/**
 * Which worker this is.
 *
 * @param rank its place among the workers of its node, from 0
 * @param workerCount workers of its node, at least 1
 * @param poolId names the manager
 * @param blockId names the block; empty = none
 * @param host the node's name
 */
public record WorkerPlace(int rank, int workerCount, String poolId, String blockId, String host) {
  public WorkerPlace {
    Objects.requireNonNull(poolId);
    Objects.requireNonNull(blockId);
    Objects.requireNonNull(host);
    if (rank < 0 || rank >= workerCount) {
      throw new IllegalArgumentException("worker " + rank + " of " + workerCount);
    }
  }
}
