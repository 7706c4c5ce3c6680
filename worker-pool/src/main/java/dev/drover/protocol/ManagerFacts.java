package dev.drover.protocol;

import java.util.HashSet;
import java.util.List;
import java.util.Objects;

/**
 * What a manager tells of itself and its node when it registers.
 *
 * @param block id of the block it belongs to; empty = started by hand
 * @param slots workers, at least 1
 * @param coresPerSlot cpus of one slot
 * @param memoryPerSlot bytes of one slot; 0 = unknown
 * @param accelerators by slot, the name of its device: equal for slots that share it; empty = none
 * @param numaNodes by slot, the kernel's number of its NUMA node, −1 = unknown; so is that of slots
 *     beyond the list
 * @param cores cpus the manager may use
 * @param memoryBytes bytes it may use
 * @param pinning how workers are pinned, in words; empty = not
 * @param pinningProblem what the system refused of that, what happens instead, and the mend; empty
 *     = nothing
 * @param startedMicros when it started, microseconds since the epoch by the node's clock
 * @param blockTime when its block ends
 * @param nodes hosts that its tasks may have, each once, in the scheduler's order: all of its
 *     block; empty = only its own
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
    List<Integer> numaNodes,
    int cores,
    long memoryBytes,
    String pinning,
    String pinningProblem,
    String droverVersion,
    String javaVersion,
    long startedMicros,
    BlockTime blockTime,
    List<String> nodes) {
  public ManagerFacts {
    Objects.requireNonNull(id);
    Objects.requireNonNull(block);
    Objects.requireNonNull(host);
    accelerators = List.copyOf(accelerators);
    numaNodes = List.copyOf(numaNodes);
    Objects.requireNonNull(pinning);
    Objects.requireNonNull(pinningProblem);
    Objects.requireNonNull(droverVersion);
    Objects.requireNonNull(javaVersion);
    Objects.requireNonNull(blockTime);
    nodes = List.copyOf(nodes);
    if (slots < 1) {
      throw new IllegalArgumentException("a manager has at least one slot, not " + slots);
    }
    if (new HashSet<>(nodes).size() < nodes.size()) {
      throw new IllegalArgumentException("a manager has a node twice: " + nodes);
    }
  }

  /**
   * A manager of its own host only, whose block has no end, and of whose slots nobody knows how
   * they lie.
   */
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
        List.of(),
        cores,
        memoryBytes,
        pinning,
        "",
        droverVersion,
        javaVersion,
        startedMicros,
        BlockTime.NONE,
        List.of());
  }
}
