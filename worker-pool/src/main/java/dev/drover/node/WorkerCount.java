package dev.drover.node;

import java.util.Locale;

/**
 * How many workers a node gets, and why not more.
 *
 * @param workers at least 1
 * @param boundBy in words, the limit that was the binding one
 */
public record WorkerCount(int workers, String boundBy) {
  private static final double GIB = 1L << 30;

  /** A quotient such as 0.3 / 0.1 may fall short of the whole number that was meant. */
  private static final double ROUNDING = 1e-9;

  /**
   * The smallest of what the limits allow on this node; of equal ones, the first in the order
   * workers, memory, cores, accelerators is named.
   *
   * @throws IllegalArgumentException when not even one worker fits
   */
  public static WorkerCount of(NodeCapacity node, WorkerLimits limits) {
    WorkerCount count = null;
    if (limits.maxWorkers().isPresent()) {
      int max = limits.maxWorkers().getAsInt();
      count = new WorkerCount(max, "max workers per node = " + max);
    }
    if (limits.memoryPerWorkerBytes().isPresent()) {
      long each = limits.memoryPerWorkerBytes().getAsLong();
      count =
          lower(
              count,
              node.memoryBytes() / each,
              "memory: "
                  + gib(node.memoryBytes())
                  + " ("
                  + node.memoryFrom()
                  + ") at "
                  + gib(each)
                  + " per worker");
    }
    if (limits.coresPerWorker().isPresent() || limits.maxWorkers().isEmpty()) {
      double each = limits.coresPerWorker().orElse(1);
      count =
          lower(
              count,
              (long) (node.cores() / each + ROUNDING),
              "cores: " + node.cores() + " (" + node.coresFrom() + ") at " + each + " per worker");
    }
    int accelerators = limits.accelerators().orElse(0);
    if (accelerators > 0) {
      count = lower(count, accelerators, "accelerators: " + accelerators + ", one per worker");
    }
    if (count.workers() == 0) {
      throw new IllegalArgumentException(
          "no worker fits on "
              + node.hostname()
              + ": "
              + count.boundBy()
              + "\n  fix: lower what one worker takes, or ask the scheduler for more on each node");
    }
    return count;
  }

  private static WorkerCount lower(WorkerCount so, long workers, String boundBy) {
    return so != null && so.workers() <= workers
        ? so
        : new WorkerCount((int) Math.min(workers, Integer.MAX_VALUE), boundBy);
  }

  private static String gib(long bytes) {
    return String.format(Locale.ROOT, "%.1f GiB", bytes / GIB);
  }
}
