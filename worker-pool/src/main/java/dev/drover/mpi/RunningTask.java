package dev.drover.mpi;

import java.util.List;

/** One task that runs, and the nodes that it has. */
final class RunningTask {
  final NodePlacement placement;
  final NodeRequest request;
  final PackedBlock block;

  /** In the order of the placement's shares. */
  final List<PackedNode> nodes;

  /** When its limit ends it, microseconds; {@link PackedBlock#NEVER} = it has none. */
  final long endMicros;

  RunningTask(
      NodePlacement placement,
      NodeRequest request,
      PackedBlock block,
      List<PackedNode> nodes,
      long endMicros) {
    this.placement = placement;
    this.request = request;
    this.block = block;
    this.nodes = nodes;
    this.endMicros = endMicros;
  }
}
