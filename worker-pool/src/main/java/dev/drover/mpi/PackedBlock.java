package dev.drover.mpi;

import dev.drover.task.NodeShare;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

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
  private final BlockLimits limits;

  /** Whether a task's nodes follow one another. */
  private final boolean inARow;

  /** Whether it takes no more tasks. */
  boolean isClosed;

  private final List<PackedNode> nodes = new ArrayList<>();
  private final Map<String, PackedNode> byName = new HashMap<>();

  /** At f the nodes in order that have f free slots, some of them not; null where none ever had. */
  private BitSet[] partlyFree = new BitSet[1];

  private final BitSet idle = new BitSet();
  private int freeSlots;

  /** Tasks that run here. */
  private int tasks;

  /** Grows with each change of its nodes. */
  private long version;

  /** The last forecast, which holds as long as nothing changes and its time has not come. */
  private Forecast lastForecast;

  private NodeRequest lastRequest;
  private long lastVersion;

  PackedBlock(String name, List<BlockNode> members, BlockLimits limits, boolean inARow) {
    this.name = name;
    this.limits = limits;
    this.inARow = inARow;
    members.forEach(member -> add(member, !nodes.isEmpty()));
  }

  /** Takes in one more node, which follows none of the others. */
  void add(BlockNode member) {
    add(member, false);
  }

  private void add(BlockNode member, boolean followsAnother) {
    PackedNode node = new PackedNode(member, nodes.size(), followsAnother);
    if (byName.putIfAbsent(member.name(), node) != null) {
      throw new IllegalArgumentException(
          "block " + name + " names node " + member.name() + " twice");
    }
    nodes.add(node);
    if (member.slots() >= partlyFree.length) {
      partlyFree = Arrays.copyOf(partlyFree, member.slots() + 1);
    }
    version++;
    enter(node);
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

  /** Whether a task can be begun here, if it fits. */
  boolean isOpen() {
    return !isClosed && freeSlots > 0 && !hasMostTasks();
  }

  /** Whether as many tasks run here as may. */
  boolean hasMostTasks() {
    return limits.mostTasks() > 0 && tasks >= limits.mostTasks();
  }

  /**
   * Nodes in order that are large enough for their part of a request, busy or not; those of the
   * longest row where a task's nodes follow one another.
   */
  int suitableNodes(NodeRequest request) {
    return rows(request, node -> node.suits(request)).stream().mapToInt(List::size).max().orElse(0);
  }

  /** Nodes that a task may have together, of those that will do: rows, or all in one. */
  private List<List<PackedNode>> rows(NodeRequest request, Predicate<PackedNode> will) {
    List<List<PackedNode>> rows = new ArrayList<>();
    PackedNode last = null;
    for (PackedNode node : nodes) {
      if (will.test(node)) {
        boolean goesOn =
            last != null
                && (!isRow(request) || node.followsAnother && last.index == node.index - 1);
        if (!goesOn) {
          rows.add(new ArrayList<>());
        }
        rows.get(rows.size() - 1).add(node);
        last = node;
      }
    }
    return rows;
  }

  private boolean isRow(NodeRequest request) {
    return inARow && (request.nodes() > 1 || request.isWholeNodes());
  }

  /** Whether a task that starts then can end before the block does; nobody knows: it may try. */
  boolean hasTime(long startMicros, RunTime time) {
    if (limits.endMicros() == NEVER) {
      return true;
    }
    long need = Math.min(time.needMicros(), limits.wholeMicros());
    return need == 0 ? startMicros < limits.endMicros() : startMicros <= limits.endMicros() - need;
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
    if (isRow(request)) {
      return findRow(request, borrows);
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

  /** The beginning of the shortest row that is long enough, so that long ones stay long. */
  private List<PackedNode> findRow(NodeRequest request, boolean borrows) {
    List<PackedNode> best = null;
    for (List<PackedNode> row :
        rows(request, node -> !node.isLost && mayHave(node, request, borrows))) {
      if (row.size() >= request.nodes() && (best == null || row.size() < best.size())) {
        best = row;
      }
    }
    return best == null ? null : best.subList(0, request.nodes());
  }

  private static boolean mayHave(PackedNode node, NodeRequest request, boolean borrows) {
    int left = node.free() - node.need(request);
    return (borrows || node.kept == 0 || left >= node.kept) && node.canTake(request);
  }

  private void gather(BitSet from, NodeRequest request, boolean borrows, List<PackedNode> found) {
    for (int i = from.nextSetBit(0);
        i >= 0 && found.size() < request.nodes();
        i = from.nextSetBit(i + 1)) {
      PackedNode node = nodes.get(i);
      if (mayHave(node, request, borrows)) {
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
    Forecast best = null;
    for (List<PackedNode> row : rows(request, node -> node.suits(request))) {
      if (row.size() >= request.nodes()) {
        row.forEach(node -> node.forecast(request, now, patienceMicros));
        Forecast one =
            isRow(request) ? soonestInRow(request, row, now) : soonestOf(request, row, now);
        best = best == null || isBetter(one, best) ? one : best;
      }
    }
    return best;
  }

  private Forecast soonestOf(NodeRequest request, List<PackedNode> suitable, long now) {
    int wanted = request.nodes();
    int ready = (int) suitable.stream().filter(node -> node.readyMicros == now).count();
    suitable.sort(SOONEST_READY);
    long start = suitable.get(wanted - 1).readyMicros;
    int end = wanted;
    while (start != NEVER && end < suitable.size() && suitable.get(end).readyMicros == start) {
      end++;
    }
    return new Forecast(this, start, Math.min(ready, wanted), suitable.subList(end - wanted, end));
  }

  /** Each place where the task's nodes may begin is looked at. */
  private Forecast soonestInRow(NodeRequest request, List<PackedNode> row, long now) {
    int wanted = request.nodes();
    Forecast best = null;
    for (int first = 0; first + wanted <= row.size(); first++) {
      List<PackedNode> some = row.subList(first, first + wanted);
      long start = now;
      int ready = 0;
      for (PackedNode node : some) {
        start = Math.max(start, node.readyMicros);
        ready += node.readyMicros == now ? 1 : 0;
      }
      Forecast one = new Forecast(this, start, ready, some);
      best = best == null || isBetter(one, best) ? one : best;
    }
    return best;
  }

  /**
   * Sooner; where nobody knows, with more nodes ready, so that those that are kept become more and
   * more.
   */
  private static boolean isBetter(Forecast one, Forecast other) {
    return one.startMicros() != other.startMicros()
        ? one.startMicros() < other.startMicros()
        : !one.isKnown() && one.ready() > other.ready();
  }

  /** Gives the nodes' slots to a task. */
  List<NodeShare> take(List<PackedNode> taken, NodeRequest request) {
    tasks++;
    List<NodeShare> shares = new ArrayList<>(taken.size());
    for (PackedNode node : taken) {
      leave(node);
      shares.add(new NodeShare(node.name, node.take(request)));
      enter(node);
    }
    return shares;
  }

  /** Takes the slots of a task that has ended; a node in quarantine stays there. */
  void giveBack(RunningTask task) {
    tasks--;
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
