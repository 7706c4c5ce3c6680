package dev.drover.mpi;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;

/** One block: its nodes, and which of them have how many free slots. */
final class PackedBlock {
  /** No end, or not known. */
  static final long NEVER = Long.MAX_VALUE;

  private static final Comparator<PackedNode> SOONEST_READY =
      Comparator.<PackedNode>comparingLong(node -> node.readyMicros)
          .thenComparingInt(node -> -node.free())
          .thenComparingInt(node -> node.index);

  /**
   * Nodes that a task could have.
   *
   * @param startMicros when all are ready; {@link #NEVER} = nobody knows
   * @param ready how many are now
   */
  record Forecast(PackedBlock block, long startMicros, int ready, List<PackedNode> nodes) {
    boolean isKnown() {
      return startMicros != NEVER;
    }
  }

  final String name;
  final long endMicros;

  /** Whether it takes no more tasks. */
  boolean isClosed;

  private final List<PackedNode> nodes = new ArrayList<>();
  private final Map<String, PackedNode> byName = new HashMap<>();

  /** At f the nodes in order that have f free slots, some of them not; null where none ever had. */
  private final BitSet[] partlyFree;

  private final BitSet idle = new BitSet();
  private int freeSlots;

  /** Grows with each change of its nodes. */
  private long version;

  /** The last forecast, which holds as long as nothing changes and its time has not come. */
  private Forecast lastForecast;

  private NodeRequest lastRequest;
  private long lastVersion;

  PackedBlock(String name, List<BlockNode> members, long endMicros) {
    this.name = name;
    this.endMicros = endMicros;
    int most = 0;
    for (BlockNode member : members) {
      PackedNode node = new PackedNode(member, nodes.size());
      nodes.add(node);
      if (byName.put(member.name(), node) != null) {
        throw new IllegalArgumentException(
            "block " + name + " names node " + member.name() + " twice");
      }
      most = Math.max(most, member.slots());
    }
    this.partlyFree = new BitSet[most + 1];
    nodes.forEach(this::enter);
  }

  List<PackedNode> nodes() {
    return nodes;
  }

  PackedNode node(String nodeName) {
    return byName.get(nodeName);
  }

  /** Free slots of the nodes that are in order. */
  int freeSlots() {
    return freeSlots;
  }

  /** Nodes in order that are large enough for their part of a request, busy or not. */
  int suitableNodes(NodeRequest request) {
    int suitable = 0;
    for (PackedNode node : nodes) {
      if (!node.isLost && node.slots >= node.need(request)) {
        suitable++;
      }
    }
    return suitable;
  }

  /** Whether a task that starts then can end before the block does; without a limit it may try. */
  boolean hasTime(long startMicros, long limitMicros) {
    return endMicros == NEVER
        || (limitMicros == 0 ? startMicros < endMicros : startMicros <= endMicros - limitMicros);
  }

  private void enter(PackedNode node) {
    if (!node.isLost) {
      freeSlots += node.free();
      bucket(node).set(node.index);
    }
  }

  private void leave(PackedNode node) {
    version++;
    if (!node.isLost) {
      freeSlots -= node.free();
      bucket(node).clear(node.index);
    }
  }

  private BitSet bucket(PackedNode node) {
    if (node.free() == node.slots) {
      return idle;
    }
    if (partlyFree[node.free()] == null) {
      partlyFree[node.free()] = new BitSet();
    }
    return partlyFree[node.free()];
  }

  /**
   * Nodes that can take the request now, those with the least room first, so that whole nodes stay
   * whole; null if there are not enough.
   *
   * @param borrows whether it may have what is kept for another, because it ends in time
   */
  List<PackedNode> find(NodeRequest request, boolean borrows) {
    int wanted = request.nodes();
    if (wanted > nodes.size() || (long) wanted * Math.max(1, request.slotsPerNode()) > freeSlots) {
      return null;
    }
    List<PackedNode> found = new ArrayList<>(wanted);
    if (!request.isWholeNodes()) {
      for (int free = request.slotsPerNode();
          free < partlyFree.length && found.size() < wanted;
          free++) {
        if (partlyFree[free] != null) {
          gather(partlyFree[free], request, borrows, found);
        }
      }
    }
    gather(idle, request, borrows, found);
    return found.size() < wanted ? null : found;
  }

  private void gather(BitSet from, NodeRequest request, boolean borrows, List<PackedNode> found) {
    for (int i = from.nextSetBit(0);
        i >= 0 && found.size() < request.nodes();
        i = from.nextSetBit(i + 1)) {
      PackedNode node = nodes.get(i);
      int left = node.free() - node.need(request);
      if (left >= 0 && (borrows || node.kept == 0 || left >= node.kept)) {
        found.add(node);
      }
    }
  }

  /**
   * Which nodes a request could have first, if it cannot have any now; null if it never can. Among
   * nodes that are ready in time it takes those that are ready last, so that few of them idle.
   */
  Forecast forecast(NodeRequest request, long now, long patienceMicros) {
    if (isClosed || request.nodes() > nodes.size()) {
      return null;
    }
    boolean isCurrent =
        lastVersion == version
            && request.equals(lastRequest)
            && (lastForecast == null || lastForecast.startMicros() > now);
    if (!isCurrent) {
      lastForecast = newForecast(request, now, patienceMicros);
      lastRequest = request;
      lastVersion = version;
    }
    return lastForecast;
  }

  private Forecast newForecast(NodeRequest request, long now, long patienceMicros) {
    List<PackedNode> suitable = new ArrayList<>(nodes.size());
    int ready = 0;
    for (PackedNode node : nodes) {
      int need = node.need(request);
      if (!node.isLost && node.slots >= need) {
        node.forecast(need, now, patienceMicros);
        ready += node.readyMicros == now ? 1 : 0;
        suitable.add(node);
      }
    }
    int wanted = request.nodes();
    if (suitable.size() < wanted) {
      return null;
    }
    suitable.sort(SOONEST_READY);
    long start = suitable.get(wanted - 1).readyMicros;
    int end = wanted;
    while (start != NEVER && end < suitable.size() && suitable.get(end).readyMicros == start) {
      end++;
    }
    return new Forecast(this, start, Math.min(ready, wanted), suitable.subList(end - wanted, end));
  }

  /** Gives the nodes' slots to a task. */
  List<NodePlacement.Share> take(List<PackedNode> taken, NodeRequest request) {
    List<NodePlacement.Share> shares = new ArrayList<>(taken.size());
    for (PackedNode node : taken) {
      leave(node);
      shares.add(new NodePlacement.Share(node.name, node.take(node.need(request))));
      enter(node);
    }
    return shares;
  }

  /** Takes the slots of a task that has ended; a node in quarantine stays there. */
  void giveBack(RunningTask task) {
    for (int i = 0; i < task.nodes.size(); i++) {
      PackedNode node = task.nodes.get(i);
      leave(node);
      node.giveBack(task.placement.shares().get(i).slots());
      node.running.remove(task);
      enter(node);
    }
  }

  void setLost(PackedNode node, boolean lost) {
    leave(node);
    node.isLost = lost;
    enter(node);
  }

  /** All tasks that run in it, each once. */
  List<RunningTask> running() {
    List<RunningTask> running = new ArrayList<>();
    HashSet<RunningTask> seen = new HashSet<>();
    for (PackedNode node : nodes) {
      for (RunningTask task : node.running) {
        if (task.nodes.size() == 1 || seen.add(task)) {
          running.add(task);
        }
      }
    }
    return running;
  }
}
