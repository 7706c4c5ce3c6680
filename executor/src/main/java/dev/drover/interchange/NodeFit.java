package dev.drover.interchange;

import dev.drover.mpi.NodeRequest;
import dev.drover.task.ResourceRequest;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What tasks ask for beside what nodes and blocks have: those that the site tells of, else those of
 * the managers that have come. The loop's thread only.
 */
final class NodeFit {
  private final Optional<NodeShape> largestNode;
  private final MpiSettings mpi;
  private final Collection<Manager> managers;

  /** Of all managers that ever came. */
  private final Set<NodeShape> shapes = new LinkedHashSet<>();

  private int largestBlock;

  /**
   * @param managers the interchange's own, seen as they change
   */
  NodeFit(InterchangeSettings settings, Collection<Manager> managers) {
    this.largestNode = settings.largestNode();
    this.mpi = settings.mpi();
    this.managers = managers;
  }

  /** A manager came; whether that tells what nobody knew before. */
  boolean learns(Manager manager) {
    shapes.add(manager.shape);
    largestBlock = Math.max(largestBlock, manager.facts.nodes().size());
    return largestNode.isEmpty() || mpi.onLeadNode();
  }

  /** Whether it is known how many slots a request takes. */
  boolean isKnown() {
    return mpi.onLeadNode() || largestNode.isPresent() || !shapes.isEmpty();
  }

  /** Nodes of a block; 0 = unknown. */
  private int nodesOfBlock() {
    return mpi.onLeadNode() && largestBlock > 0 ? largestBlock : mpi.nodesPerBlock();
  }

  /** Whether no block and no node, known beforehand or seen so far, can ever hold such a task. */
  boolean isImpossible(ResourceRequest request) {
    return !problem(request).isEmpty();
  }

  /** Why such a task is refused, and the mend; it is impossible. */
  String whyRefused(ResourceRequest request) {
    return problem(request);
  }

  /** Why such a task can run nowhere; empty = it can, as far as anybody knows. */
  private String problem(ResourceRequest request) {
    if (mpi.onLeadNode()) {
      return MpiSettings.problem(request, nodesOfBlock());
    }
    if (request.isOneSlot()) {
      return "";
    }
    int nodes = nodesOfBlock();
    if (nodes > 0 && request.nodes() > nodes) {
      return "it asks for %s, and a block has %d node%s with managers: ask for fewer, or set provider.nodes-per-block, and a launcher.type that starts a manager on each node"
          .formatted(request, nodes, nodes == 1 ? "" : "s");
    }
    boolean impossible =
        largestNode
            .map(shape -> shape.slotsFor(request) == NodeShape.NEVER)
            .orElseGet(() -> !shapes.isEmpty() && !fitsSomewhere(request));
    return impossible
        ? "it asks for %s, and the largest node has %s: ask for less, or set worker.cores-per-worker and its kind so that a slot is larger"
            .formatted(request, largestShape().words())
        : "";
  }

  private boolean fitsSomewhere(ResourceRequest request) {
    return shapes.stream().anyMatch(shape -> shape.slotsFor(request) != NodeShape.NEVER);
  }

  private NodeShape largestShape() {
    return largestNode.orElseGet(
        () -> shapes.stream().reduce((a, b) -> a.slots() >= b.slots() ? a : b).orElseThrow());
  }

  /** What the packer is asked for; it {@link #isKnown}, and is not impossible. */
  NodeRequest nodesFor(ResourceRequest request) {
    if (request.nodes() > 0) {
      return NodeRequest.wholeNodes(request.nodes());
    }
    return request.isOneSlot()
        ? NodeRequest.ONE_SLOT
        : new NodeRequest(1, slotsFor(request), request.accelerators());
  }

  /** On the site's node, else the most that any node needs for it which can hold it. */
  private int slotsFor(ResourceRequest request) {
    if (largestNode.isPresent()) {
      return largestNode.get().slotsFor(request);
    }
    return shapes.stream()
        .mapToInt(shape -> shape.slotsFor(request))
        .filter(slots -> slots != NodeShape.NEVER)
        .max()
        .orElse(1);
  }

  /**
   * Slots that all tasks take which have not ended; waiting ones count as on the site's node, or on
   * the first manager's. Where neither is known a task is a slot.
   *
   * @param givesNodes whether tasks are given nodes: what no other task can use beside one counts
   *     as its own then, so that the slots tell how many blocks are needed
   */
  long demandedSlots(PendingTasks pending, boolean givesNodes) {
    long slots = managers.stream().mapToLong(m -> m.usedBlockSlots).sum();
    for (Map<ResourceRequest, Lane> lanes : pending.levels()) {
      for (Lane lane : lanes.values()) {
        slots += givesNodes ? nodesWorth(lane) : lane.size() * slotsEach(lane.request);
      }
    }
    return slots;
  }

  private int slotsEach(ResourceRequest request) {
    int each = nodeShape().map(shape -> shape.slotsFor(request)).orElse(1);
    return each == NodeShape.NEVER ? 1 : each;
  }

  private Optional<NodeShape> nodeShape() {
    return largestNode.or(() -> shapes.stream().findFirst());
  }

  /** The part of a block that each task takes, all of them together, in the block's slots. */
  private long nodesWorth(Lane lane) {
    ResourceRequest request = lane.request;
    long nodes = Math.max(1, Math.max(nodesOfBlock(), request.nodes()));
    long perNode = mpi.onLeadNode() ? 1 : nodeShape().map(NodeShape::slots).orElse(1);
    long atOnce =
        request.nodes() > 0
            ? nodes / request.nodes()
            : nodes * Math.max(1, perNode / slotsEach(request));
    if (mpi.onLeadNode()) {
      atOnce = Math.min(atOnce, mpi.tasksPerBlock());
    }
    return lane.size() == 0 ? 0 : Math.max(1, lane.size() * nodes * perNode / atOnce);
  }
}
