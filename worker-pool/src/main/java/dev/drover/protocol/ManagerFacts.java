package dev.drover.protocol;

import java.util.List;
import java.util.Objects;

/**
 * What a manager tells of itself and its node when it registers.
 *
 * @param block id of the block it belongs to; empty = started by hand
 * @param slots workers, at least 1
 * @param coresPerSlot cpus of one slot
 * @param memoryPerSlot bytes of one slot; 0 = unknown
 * @param accelerators names, in the order of the slots that have them; empty = none
 * @param cores cpus the manager may use
 * @param memoryBytes bytes it may use
 * @param pinning how workers are pinned, in words; empty = not
 * @param startedMicros when it started, microseconds since the epoch by the node's clock
 * @param blockTime when its block ends
 */
public record ManagerFacts(
    ManagerId id,
    String block,
    String host,
    long pid,
    int slots,
    double coresPerSlot,
    long memoryPerSlot,
    List<String> accelerators,
    int cores,
    long memoryBytes,
    String pinning,
    String droverVersion,
    String javaVersion,
    long startedMicros,
    BlockTime blockTime) {
  public ManagerFacts {
    Objects.requireNonNull(id);
    Objects.requireNonNull(block);
    Objects.requireNonNull(host);
    accelerators = List.copyOf(accelerators);
    Objects.requireNonNull(pinning);
    Objects.requireNonNull(droverVersion);
    Objects.requireNonNull(javaVersion);
    Objects.requireNonNull(blockTime);
    if (slots < 1) {
      throw new IllegalArgumentException("a manager has at least one slot, not " + slots);
    }
  }

  /** A manager whose block has no end. */
  public ManagerFacts(
      ManagerId id,
      String block,
      String host,
      long pid,
      int slots,
      double coresPerSlot,
      long memoryPerSlot,
      List<String> accelerators,
      int cores,
      long memoryBytes,
      String pinning,
      String droverVersion,
      String javaVersion,
      long startedMicros) {
    this(
        id,
        block,
        host,
        pid,
        slots,
        coresPerSlot,
        memoryPerSlot,
        accelerators,
        cores,
        memoryBytes,
        pinning,
        droverVersion,
        javaVersion,
        startedMicros,
        BlockTime.NONE);
  }
}
