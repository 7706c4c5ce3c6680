package dev.drover.block;

import java.time.Duration;

/**
 * How many blocks there shall be.
 *
 * @param nodes of each block, at least 1
 * @param init blocks that are asked for at once
 * @param min blocks that are kept
 * @param max blocks at most
 * @param parallelism slots for each task, 0 to 1: 1 = one slot a task, 0 = all in one block
 * @param maxIdleTime how long a block may have nothing to do before it is given back
 * @param startTimeout how long a running job may have no manager; zero = for ever
 * @param period how often the scheduler is asked
 */
public record BlockSettings(
    int nodes,
    int init,
    int min,
    int max,
    double parallelism,
    Duration maxIdleTime,
    Duration startTimeout,
    Duration period) {
  public BlockSettings {
    if (nodes < 1 || min < 0 || init < 0 || max < Math.max(1, Math.max(init, min))) {
      throw new IllegalArgumentException(
          "blocks: nodes %d, init %d, min %d, max %d".formatted(nodes, init, min, max));
    }
    if (!(parallelism >= 0 && parallelism <= 1)) {
      throw new IllegalArgumentException("parallelism is 0 to 1, not " + parallelism);
    }
  }
}
