package dev.drover.interchange;

import dev.drover.task.ResourceRequest;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;

/**
 * What tasks ask for beside what nodes have: those that the site tells of, else those of the
 * managers that have come. The loop's thread only.
 */
final class NodeFit {
  private final Optional<NodeShape> largestNode;
  private final Collection<Manager> managers;

  /**
   * @param largestNode as the site tells; empty = unknown
   * @param managers the interchange's own, seen as they change
   */
  NodeFit(Optional<NodeShape> largestNode, Collection<Manager> managers) {
    this.largestNode = largestNode;
    this.managers = managers;
  }

  /** Whether no node, known beforehand or seen so far, can ever hold such a task. */
  boolean isImpossible(ResourceRequest request) {
    if (request.isOneSlot()) {
      return false;
    }
    if (request.nodes() > 1) {
      return true;
    }
    return largestNode
        .map(shape -> shape.slotsFor(request) == NodeShape.NEVER)
        .orElseGet(() -> !managers.isEmpty() && !fitsSomebody(request));
  }

  /** Whether a manager that is here can hold such a task. */
  boolean fitsSomebody(ResourceRequest request) {
    return managers.stream().anyMatch(m -> m.slotsFor(request) != NodeShape.NEVER);
  }

  /**
   * Why such a task is refused, and the mend; there is a manager, or the site tells of its nodes.
   */
  String whyRefused(ResourceRequest request) {
    if (request.nodes() > 1) {
      return "it asks for %s, and this executor runs each task within one node: use executor.type = mpi"
          .formatted(request);
    }
    NodeShape largest =
        largestNode.orElseGet(
            () ->
                managers.stream()
                    .map(m -> m.shape)
                    .reduce((a, b) -> a.slots() >= b.slots() ? a : b)
                    .orElseThrow());
    return "it asks for %s, and the largest node has %s: ask for less, or set worker.cores-per-worker and its kind so that a slot is larger"
        .formatted(request, largest.words());
  }

  /**
   * Slots that all tasks take which have not ended; waiting ones count as on the site's node, or on
   * the first manager's. Where neither is known a task is a slot.
   */
  long demandedSlots(PendingTasks pending) {
    Optional<NodeShape> node =
        largestNode.or(() -> managers.stream().findFirst().map(m -> m.shape));
    long slots = managers.stream().mapToLong(m -> m.usedSlots).sum();
    for (Map<ResourceRequest, Lane> lanes : pending.levels()) {
      for (Lane lane : lanes.values()) {
        int each = node.map(shape -> shape.slotsFor(lane.request)).orElse(1);
        slots += lane.size() * (each == NodeShape.NEVER ? 1 : each);
      }
    }
    return slots;
  }
}
