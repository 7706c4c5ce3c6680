package dev.drover.manager;

/**
 * How long tasks have been taking here, and what follows for how many to hold ready: enough to fill
 * the time of a round trip, and no more, since a task that waits behind another could run
 * elsewhere. The loop's thread only.
 */
final class RunTimes {
  /** Work that a slot keeps waiting at the manager. */
  private static final double READY_MICROS = 100_000;

  /** Work that a worker JVM keeps waiting inside, to hide the hop from the manager. */
  private static final double PIPELINED_MICROS = 1_000;

  /** Work that a slot's thread keeps waiting, to go from command to command by itself. */
  private static final double FOLLOWING_MICROS = 20_000;

  private static final int MOST_READY = 512;
  private static final int MOST_PIPELINED = 64;

  private double meanMicros = Double.NaN;

  /** Counts tasks that took {@code micros} each, the newest weighing most. */
  void observe(long micros) {
    double value = Math.max(1, micros);
    if (Double.isNaN(meanMicros)) {
      meanMicros = value;
    } else {
      double weight = value > meanMicros ? 0.2 : 0.05; // quick to become careful
      meanMicros += weight * (value - meanMicros);
    }
  }

  /** A task has been running for longer than any estimate: be careful at once. */
  void atLeast(long micros) {
    if (!Double.isNaN(meanMicros) && micros > meanMicros) {
      meanMicros = micros;
    }
  }

  /** Tasks to hold ready for each slot. */
  int readyPerSlot() {
    return Double.isNaN(meanMicros) ? 0 : (int) Math.min(MOST_READY, READY_MICROS / meanMicros);
  }

  /** Tasks that a worker JVM may have at once, the running one included; at least 1. */
  int pipelinedPerWorker() {
    return pipelined(PIPELINED_MICROS);
  }

  /** Commands that a slot's thread may have at once, the running one included; at least 1. */
  int pipelinedPerThread() {
    return pipelined(FOLLOWING_MICROS);
  }

  private int pipelined(double micros) {
    return Double.isNaN(meanMicros)
        ? 1
        : (int) Math.max(1, Math.min(MOST_PIPELINED, micros / meanMicros));
  }
}
