package dev.drover.mpi;

/**
 * What one task asks of a block: so many slots on each of so many nodes.
 *
 * @param nodes different nodes of one block, at least 1
 * @param slotsPerNode slots on each of them, which all are free at once; 0 = the whole node,
 *     whatever it has, with no other task beside it
 */
public record NodeRequest(int nodes, int slotsPerNode) {
  /** One slot of one node. */
  public static final NodeRequest ONE_SLOT = new NodeRequest(1, 1);

  public NodeRequest {
    if (nodes < 1 || slotsPerNode < 0) {
      throw new IllegalArgumentException(
          "a task needs at least one node, and no negative number of slots: nodes=%d, slots per node=%d"
              .formatted(nodes, slotsPerNode));
    }
  }

  /** So many nodes with no other task on them. */
  public static NodeRequest wholeNodes(int nodes) {
    return new NodeRequest(nodes, 0);
  }

  /** So many slots of one node. */
  public static NodeRequest slots(int slots) {
    if (slots < 1) {
      throw new IllegalArgumentException("a task needs at least one slot, not " + slots);
    }
    return new NodeRequest(1, slots);
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
