package dev.drover.block;

import java.time.Duration;

/**
 * How many blocks there shall be, and how patiently they are asked for.
 *
 * @param strategy how the number of blocks follows the load
 * @param nodes of each block, at least 1
 * @param init blocks that are asked for at once
 * @param min blocks that are kept
 * @param max blocks at most
 * @param parallelism slots for each task, 0 to 1: 1 = one slot a task, 0 = all in one block
 * @param maxIdleTime how long a block may have nothing to do before it is given back
 * @param startTimeout how long a running job may have no manager; zero = for ever
 * @param period how often the scheduler is asked
 * @param pace of submissions
 * @param maxQueued blocks that wait in the scheduler's queue at once, at most; 0 = no limit
 * @param patience how long a scheduler may refuse submissions, for reasons that may pass, before
 *     that counts as a failed block; zero = the first refusal counts
 */
public record BlockSettings(
    Strategy strategy,
    int nodes,
    int init,
    int min,
    int max,
    double parallelism,
    Duration maxIdleTime,
    Duration startTimeout,
    Duration period,
    Pace pace,
    int maxQueued,
    Duration patience) {
  /** How the number of blocks follows the load; the names are Parsl's. */
  public enum Strategy {
    /** The first blocks, and no more. */
    NONE,
    /** More blocks under load; those that are too many go when there is nothing to do at all. */
    SIMPLE,
    /** As simple, and idle blocks go while others still work. */
    HTEX_AUTO_SCALE
  }

  /**
   * How fast blocks may be asked for: a bucket of tokens.
   *
   * @param interval until there is another token; zero = no limit
   * @param burst tokens that are kept, at least 1
   */
  public record Pace(Duration interval, int burst) {
    /** As fast as may be. */
    public static final Pace UNLIMITED = new Pace(Duration.ZERO, Integer.MAX_VALUE);

    public Pace {
      if (interval.isNegative() || burst < 1) {
        throw new IllegalArgumentException(
            "pace: interval %s, burst %d".formatted(interval, burst));
      }
    }
  }

  public BlockSettings {
    if (nodes < 1 || min < 0 || init < 0 || max < Math.max(1, Math.max(init, min))) {
      throw new IllegalArgumentException(
          "blocks: nodes %d, init %d, min %d, max %d".formatted(nodes, init, min, max));
    }
    if (!(parallelism >= 0 && parallelism <= 1)) {
      throw new IllegalArgumentException("parallelism is 0 to 1, not " + parallelism);
    }
    if (maxQueued < 0 || patience.isNegative()) {
      throw new IllegalArgumentException(
          "blocks: most queued %d, patience %s".formatted(maxQueued, patience));
    }
  }
}
