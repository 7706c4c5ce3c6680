package dev.drover.mpi;

/**
 * What one task asks of a block: so many slots on each of so many nodes.
 *
 * @param nodes different nodes of one block, at least 1
 * @param slotsPerNode slots on each of them, which all are free at once; 0 = the whole node,
 *     whatever it has, with no other task beside it
 * @param accelerators devices on each of them, fractions allowed: they rule which slots it gets
 *     where several share one; 0 = not asked for
 */
public record NodeRequest(int nodes, int slotsPerNode, double accelerators) {
  /** One slot of one node. */
  public static final NodeRequest ONE_SLOT = new NodeRequest(1, 1);

  public NodeRequest {
    if (nodes < 1 || slotsPerNode < 0 || !(accelerators >= 0)) {
      throw new IllegalArgumentException(
          "a task needs at least one node, and no negative number of slots or devices: nodes=%d, slots per node=%d, accelerators=%s"
              .formatted(nodes, slotsPerNode, accelerators));
    }
  }

  /** A request that leaves open which devices its slots have. */
  public NodeRequest(int nodes, int slotsPerNode) {
    this(nodes, slotsPerNode, 0);
  }

  /** So many nodes with no other task on them. */
  public static NodeRequest wholeNodes(int nodes) {
    return new NodeRequest(nodes, 0);
  }

  /** So many slots of one node. */
  public static NodeRequest slots(int slots) {
    return slots(slots, 0);
  }

  /**
   * So many slots of one node, and among them those of so many devices.
   *
   * @param slots at least 1, and at least what {@link dev.drover.pinning.DeviceSlots#slotsFor} says
   *     of the devices
   */
  public static NodeRequest slots(int slots, double accelerators) {
    if (slots < 1) {
      throw new IllegalArgumentException("a task needs at least one slot, not " + slots);
    }
    return new NodeRequest(1, slots, accelerators);
  }

  /** Whether its nodes are its own. */
  public boolean isWholeNodes() {
    return slotsPerNode == 0;
  }

  @Override
  public String toString() {
    String many = nodes == 1 ? "1 node" : nodes + " nodes";
    if (isWholeNodes()) {
      return many;
    }
    String slots = slotsPerNode == 1 ? "1 slot" : slotsPerNode + " slots";
    return nodes == 1 ? slots : slots + " on each of " + many;
  }
}
