package dev.drover.task;

/**
 * What one task asks of a node. A zero means "not asked for"; all zeros ({@link #ONE_SLOT}) is one
 * worker slot.
 *
 * @param cores cpus, fractions allowed; 0 = what the slot has
 * @param accelerators devices, fractions allowed; 0 = what the slot has
 * @param memoryBytes bytes of memory; 0 = what the slot has
 * @param nodes whole nodes of a multi-node task; 0 = within one node
 * @param ranksPerNode MPI ranks on each node; 0 = no MPI task
 */
public record ResourceRequest(
    double cores, double accelerators, long memoryBytes, int nodes, int ranksPerNode) {
  /** One worker slot, whatever that slot is on its node. */
  public static final ResourceRequest ONE_SLOT = new ResourceRequest(0, 0, 0, 0, 0);

  public ResourceRequest {
    if (!(cores >= 0) || !(accelerators >= 0) || memoryBytes < 0 || nodes < 0 || ranksPerNode < 0) {
      throw new IllegalArgumentException(
          "a resource request cannot be negative: cores=%s accelerators=%s memory=%s nodes=%s ranks_per_node=%s"
              .formatted(cores, accelerators, memoryBytes, nodes, ranksPerNode));
    }
  }

  /** Whether nothing beyond one slot is asked for. */
  public boolean isOneSlot() {
    return cores == 0 && accelerators == 0 && memoryBytes == 0 && nodes == 0 && ranksPerNode == 0;
  }

  /** Whether it asks for MPI ranks, or for nodes to start them on. */
  public boolean isMpi() {
    return nodes > 0 || ranksPerNode > 0;
  }

  @Override
  public String toString() {
    if (isOneSlot()) {
      return "one slot";
    }
    StringBuilder text = new StringBuilder();
    append(text, cores > 0, "cores=" + number(cores));
    append(text, accelerators > 0, "accelerators=" + number(accelerators));
    append(text, memoryBytes > 0, "memory=" + memoryBytes + "B");
    append(text, nodes > 0, "nodes=" + nodes);
    append(text, ranksPerNode > 0, "ranks_per_node=" + ranksPerNode);
    return text.toString();
  }

  private static void append(StringBuilder text, boolean present, String part) {
    if (present) {
      text.append(text.isEmpty() ? "" : " ").append(part);
    }
  }

  private static String number(double value) {
    return value == Math.rint(value) ? Long.toString((long) value) : Double.toString(value);
  }
}
