package dev.drover.mpi;

import java.util.List;

/** One task that runs, and the nodes that it has. */
final class RunningTask {
  final NodePlacement placement;
  final NodeRequest request;
  final PackedBlock block;

  /** In the order of the placement's shares. */
  final List<PackedNode> nodes;

  /** When it was placed, microseconds. */
  final long startMicros;

  /** When its limit ends it, microseconds; {@link PackedBlock#NEVER} = it has none. */
  final long endMicros;

  RunningTask(
      NodePlacement placement,
      NodeRequest request,
      PackedBlock block,
      List<PackedNode> nodes,
      long startMicros,
      long endMicros) {
    this.placement = placement;
    this.request = request;
    this.block = block;
    this.nodes = nodes;
    this.startMicros = startMicros;
    this.endMicros = endMicros;
  }

  /** Its slots of one of its nodes. */
  List<Integer> slotsOn(PackedNode node) {
    return placement.shares().get(nodes.indexOf(node)).slots();
  }

  /** All its slots, of all its nodes. */
  int slots() {
    return placement.shares().stream().mapToInt(share -> share.slots().size()).sum();
  }
}
