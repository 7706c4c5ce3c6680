package dev.drover.interchange;

import dev.drover.pinning.DeviceSlots;
import dev.drover.protocol.ManagerFacts;
import dev.drover.task.ResourceRequest;

/**
 * What one node offers to tasks, in slots of equal size.
 *
 * @param slots workers on the node, at least 1
 * @param coresPerSlot cpus of one slot; 0 = not counted
 * @param memoryPerSlot bytes of one slot; 0 = not counted
 * @param devices its accelerators, and which slots share which
 */
public record NodeShape(int slots, double coresPerSlot, long memoryPerSlot, DeviceSlots devices) {
  /** More slots than any node has: the request does not fit. */
  static final int NEVER = DeviceSlots.NEVER;

  /** 2.1 cores are three slots of 0.7, though 2.1 / 0.7 is a little more than 3. */
  private static final double ROUNDING = 1e-9;

  /** A node of which the first slots have an accelerator each. */
  public NodeShape(int slots, double coresPerSlot, long memoryPerSlot, int accelerators) {
    this(slots, coresPerSlot, memoryPerSlot, DeviceSlots.oneEach(slots, accelerators));
  }

  static NodeShape of(ManagerFacts facts) {
    return new NodeShape(
        facts.slots(),
        facts.coresPerSlot(),
        facts.memoryPerSlot(),
        DeviceSlots.of(facts.slots(), facts.accelerators(), facts.numaNodes()));
  }

  /**
   * How many slots the request takes of this node, or of each of its nodes, of which this is one;
   * an MPI task within a node without cores of its own takes one for each rank. {@link #NEVER} when
   * it can never fit.
   */
  int slotsFor(ResourceRequest request) {
    if (request.isOneSlot()) {
      return 1;
    }
    double need = request.accelerators() == 0 ? 1 : devices.slotsFor(request.accelerators());
    need = Math.max(1, need);
    if (request.cores() == 0 && request.nodes() == 0) {
      need = Math.max(need, request.ranksPerNode());
    }
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
            devices.devices());
  }
}
