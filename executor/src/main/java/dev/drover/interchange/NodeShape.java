package dev.drover.interchange;

import dev.drover.protocol.ManagerFacts;
import dev.drover.task.ResourceRequest;

/**
 * What one node offers to tasks, in slots of equal size.
 *
 * @param slots workers on the node, at least 1
 * @param coresPerSlot cpus of one slot; 0 = not counted
 * @param memoryPerSlot bytes of one slot; 0 = not counted
 * @param accelerators devices on the node, one a slot
 */
public record NodeShape(int slots, double coresPerSlot, long memoryPerSlot, int accelerators) {
  /** More slots than any node has: the request does not fit. */
  static final int NEVER = Integer.MAX_VALUE;

  /** 2.1 cores are three slots of 0.7, though 2.1 / 0.7 is a little more than 3. */
  private static final double ROUNDING = 1e-9;

  static NodeShape of(ManagerFacts facts) {
    return new NodeShape(
        facts.slots(), facts.coresPerSlot(), facts.memoryPerSlot(), facts.accelerators().size());
  }

  /** How many slots of this node the request takes; {@link #NEVER} when it can never fit. */
  int slotsFor(ResourceRequest request) {
    if (request.isOneSlot()) {
      return 1;
    }
    if (request.nodes() > 1 || request.accelerators() > accelerators) {
      return NEVER;
    }
    double need = Math.max(1, Math.ceil(request.accelerators()));
    if (request.cores() > 0 && coresPerSlot > 0) {
      need = Math.max(need, Math.ceil(request.cores() / coresPerSlot - ROUNDING));
    }
    if (request.memoryBytes() > 0 && memoryPerSlot > 0) {
      need = Math.max(need, Math.ceil((double) request.memoryBytes() / memoryPerSlot));
    }
    return need > slots ? NEVER : (int) need;
  }

  String words() {
    return "%d slots of %s cores%s, %d accelerators"
        .formatted(
            slots,
            coresPerSlot == 0 ? "any" : Double.toString(coresPerSlot),
            memoryPerSlot == 0 ? "" : " and " + (memoryPerSlot >> 20) + " MiB",
            accelerators);
  }
}
