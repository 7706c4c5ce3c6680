package dev.drover.mpi;

import dev.drover.task.TaskId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Decides which waiting task gets which slots of which nodes: single slots, parts of a node, whole
 * nodes and many of them, side by side in any number of blocks.
 *
 * <p>Larger tasks go first, and all age alike ({@link PackerSettings#ageing}), so that each task
 * comes to be the first one. For the first one that does not fit, nodes are kept: others may have
 * them only if their time limits end them before those nodes are all free (EASY backfill, after
 * Lifka 1995), and never without a limit. A node is in one block at a time; what a node's task took
 * comes back when the task ends, unless the node was lost.
 *
 * <p>Pure: no clock, no I/O, no lock; times are microseconds by any one clock of the caller. The
 * caller's one thread only.
 */
public final class NodePacker {
  /** Longer than any task runs, and small enough to reckon with, microseconds. */
  private static final long LONGEST_MICROS = 1L << 60;

  /**
   * Shapes that do not fit and are looked at in one pass, at most: the others wait for the next.
   */
  private static final int MOST_REFUSED = 1_000;

  private final PackerSettings settings;
  private final Map<String, PackedBlock> blocks = new LinkedHashMap<>();
  private final Map<TaskId, WaitingTask> waiting = new HashMap<>();
  private final Map<TaskId, RunningTask> running = new HashMap<>();
  private final Map<WaitingQueue.Shape, WaitingQueue> byShape = new HashMap<>();
  private final TreeSet<WaitingQueue> queues = new TreeSet<>(WaitingQueue.ORDER);

  private final Reservation reservation;
  private final BusyTimes busyTimes = new BusyTimes();

  /** Tasks that ended since the last placing, whose time was not known then. */
  private final List<RunningTask> justEnded = new ArrayList<>();

  /** Slots of the largest node that was seen or is known to come. */
  private int nodeSlots;

  /** A packer without blocks or tasks. */
  public NodePacker(PackerSettings settings) {
    this.settings = settings;
    this.nodeSlots = Math.max(1, settings.slotsPerNode());
    this.reservation = new Reservation(micros(settings.patience()));
  }

  private static long micros(Duration duration) {
    return duration.getSeconds() >= LONGEST_MICROS / 1_000_000
        ? LONGEST_MICROS
        : duration.getSeconds() * 1_000_000 + (duration.getNano() + 999) / 1_000;
  }

  /**
   * Takes in a block with all its nodes.
   *
   * @param endMicros when tasks must be over there; {@link Long#MAX_VALUE} = never
   * @throws IllegalArgumentException when it is known already, or names a node twice
   */
  public void addBlock(String block, List<BlockNode> nodes, long endMicros) {
    addBlock(block, nodes, BlockLimits.until(endMicros));
  }

  /**
   * Takes in a block with the nodes that it has now, in the order of its job's list.
   *
   * @throws IllegalArgumentException when it is known already, or names a node twice
   */
  public void addBlock(String block, List<BlockNode> nodes, BlockLimits limits) {
    PackedBlock added = new PackedBlock(block, nodes, limits, settings.inARow());
    if (blocks.putIfAbsent(block, added) != null) {
      throw new IllegalArgumentException("block " + block + " is known already");
    }
    nodes.forEach(this::weighAgain);
  }

  /**
   * Takes in a node of a block that came later than the others: where it stands among them nobody
   * says, so it follows none of them.
   *
   * @throws IllegalArgumentException when the block is unknown, or has that node already
   */
  public void addNode(String block, BlockNode node) {
    PackedBlock known = blocks.get(block);
    if (known == null) {
      throw new IllegalArgumentException("block " + block + " is not known");
    }
    known.add(node);
    weighAgain(node);
  }

  /** The largest node that was seen is what a whole one weighs. */
  private void weighAgain(BlockNode node) {
    if (node.slots() > nodeSlots) {
      nodeSlots = node.slots();
      List<WaitingQueue> all = List.copyOf(queues);
      queues.clear();
      all.forEach(queue -> queue.weigh(nodeSlots));
      queues.addAll(all);
    }
  }

  /** No task is begun in the block any more; what runs there goes on. An unknown one is none. */
  public void closeBlock(String block) {
    PackedBlock closed = blocks.get(block);
    if (closed != null) {
      closed.isClosed = true;
    }
  }

  /**
   * Forgets a block, and what ran there.
   *
   * @return the tasks that ran there, which the packer no longer knows: the caller ends them or
   *     submits them again; none for an unknown block
   */
  public List<TaskId> removeBlock(String block) {
    PackedBlock removed = blocks.remove(block);
    if (removed == null) {
      return List.of();
    }
    reservation.clearIfIn(removed);
    List<TaskId> tasks = new ArrayList<>();
    for (RunningTask task : removed.running()) {
      running.remove(task.placement.task());
      tasks.add(task.placement.task());
    }
    return tasks;
  }

  /**
   * Puts a node in quarantine: it gets no task until {@link #nodeBack}, also when what runs there
   * has ended.
   *
   * @return the tasks that have slots there; they hold their nodes until the caller says that they
   *     are {@link #finished}
   */
  public List<TaskId> nodeLost(String block, String node) {
    PackedNode lost = node(block, node);
    if (lost == null) {
      return List.of();
    }
    if (!lost.isLost) {
      blocks.get(block).setLost(lost, true);
    }
    return tasksOn(block, node);
  }

  /** Ends a node's quarantine. */
  public void nodeBack(String block, String node) {
    PackedNode back = node(block, node);
    if (back != null && back.isLost) {
      blocks.get(block).setLost(back, false);
    }
  }

  private PackedNode node(String block, String node) {
    PackedBlock known = blocks.get(block);
    return known == null ? null : known.node(node);
  }

  /**
   * Queues a task.
   *
   * @param limit longest that it can run; zero = not known. What outstays it delays others
   * @param submittedMicros when it was submitted first: one that runs again keeps its place
   * @throws IllegalArgumentException when no block can ever hold it, or it is known already
   */
  public void submit(TaskId task, NodeRequest request, Duration limit, long submittedMicros) {
    submit(task, request, new RunTime.Limit(micros(limit)), 0, submittedMicros);
  }

  /**
   * Queues a task.
   *
   * @param priority tasks of a lower one go first, whatever their sizes
   * @param submittedMicros when it was submitted first: one that runs again keeps its place
   * @throws IllegalArgumentException when no block can ever hold it, or it is known already
   */
  public void submit(
      TaskId task, NodeRequest request, RunTime time, int priority, long submittedMicros) {
    settings.check(request);
    if (waiting.containsKey(task) || running.containsKey(task)) {
      throw new IllegalArgumentException("task " + task + " is known already");
    }
    WaitingQueue queue =
        byShape.computeIfAbsent(new WaitingQueue.Shape(request, time, priority), this::newQueue);
    boolean wasEmpty = queue.isEmpty();
    WaitingTask added = new WaitingTask(task, queue, submittedMicros);
    if (!wasEmpty && added.isBefore(queue.first())) {
      queues.remove(queue); // its place changes
      wasEmpty = true;
    }
    queue.add(added);
    waiting.put(task, added);
    if (wasEmpty) {
      queues.add(queue);
    }
  }

  private WaitingQueue newQueue(WaitingQueue.Shape shape) {
    return new WaitingQueue(shape, nodeSlots, micros(settings.ageing()));
  }

  /** Takes a waiting task off its queue; false if it does not wait (any more). */
  public boolean cancel(TaskId task) {
    WaitingTask cancelled = waiting.remove(task);
    if (cancelled == null) {
      return false;
    }
    WaitingQueue queue = cancelled.queue;
    boolean wasFirst = queue.first() == cancelled;
    if (wasFirst) {
      queues.remove(queue);
    }
    queue.remove(cancelled);
    if (queue.isEmpty()) {
      byShape.remove(queue.shape);
    } else if (wasFirst) {
      queues.add(queue);
    }
    if (reservation.task() == cancelled) {
      reservation.clear();
    }
    return true;
  }

  /**
   * Takes back the slots of a task that has ended, however it did; false if it had none: a task may
   * end before it was placed, with its block, or be told of twice.
   */
  public boolean finished(TaskId task) {
    RunningTask ended = running.remove(task);
    if (ended == null) {
      return false;
    }
    ended.block.giveBack(ended);
    justEnded.add(ended);
    return true;
  }

  /**
   * Places all that can be placed now. To be called after any of the other methods was, once for
   * all of them; the passing of time by itself makes no room.
   */
  public List<NodePlacement> place(long nowMicros) {
    learn(nowMicros);
    List<NodePlacement> placed = new ArrayList<>();
    Set<PackedBlock> open = new LinkedHashSet<>();
    for (PackedBlock block : blocks.values()) {
      if (block.isOpen()) {
        open.add(block);
      }
    }
    if (open.isEmpty() || queues.isEmpty()) {
      return placed;
    }
    reservation.letGo();
    boolean foundFirst = false;
    List<WaitingQueue> refused = new ArrayList<>();
    Set<NodeRequest> full = new HashSet<>();
    while (!open.isEmpty() && !queues.isEmpty() && refused.size() < MOST_REFUSED) {
      WaitingQueue queue = queues.pollFirst();
      boolean fits = true;
      while (fits && !queue.isEmpty() && (queues.isEmpty() || isBefore(queue, queues.first()))) {
        NodePlacement placement = placeFirst(queue, open, full, nowMicros);
        fits = placement != null;
        if (fits) {
          placed.add(placement);
        }
      }
      if (queue.isEmpty()) {
        byShape.remove(queue.shape);
      } else if (fits) {
        queues.add(queue);
      } else {
        refused.add(queue);
        foundFirst =
            foundFirst || open.isEmpty() || reservation.keep(queue, blocks.values(), nowMicros);
      }
    }
    queues.addAll(refused);
    return placed;
  }

  private void learn(long now) {
    if (settings.patienceRuns() > 0 && !justEnded.isEmpty()) {
      justEnded.forEach(task -> busyTimes.observe(task.slots(), now - task.startMicros));
      long unknown = micros(settings.patience());
      double runs = busyTimes.meanMicros(-1);
      reservation.setPatience(
          runs < 0
              ? unknown
              : Math.round(Math.min(LONGEST_MICROS, settings.patienceRuns() * runs)));
    }
    justEnded.clear();
  }

  private static boolean isBefore(WaitingQueue queue, WaitingQueue other) {
    return WaitingQueue.ORDER.compare(queue, other) < 0;
  }

  private NodePlacement placeFirst(
      WaitingQueue queue, Set<PackedBlock> open, Set<NodeRequest> full, long now) {
    NodeRequest request = queue.shape.request();
    long limit = queue.shape.limitMicros();
    RunTime time = queue.shape.time();
    if (full.contains(request)) {
      return null;
    }
    boolean otherLimitMayFit = false;
    for (Iterator<PackedBlock> each = open.iterator(); each.hasNext(); ) {
      PackedBlock block = each.next();
      if (!block.isOpen()) {
        each.remove();
      } else if (!block.hasTime(now, time)) {
        otherLimitMayFit = true;
      } else {
        boolean borrows = reservation.lendsFor(block, limit, now);
        List<PackedNode> nodes = block.find(request, borrows);
        if (nodes != null) {
          return place(queue, block, nodes, now);
        }
        otherLimitMayFit |= reservation.isIn(block) && !borrows;
      }
    }
    if (!otherLimitMayFit) {
      full.add(request);
    }
    return null;
  }

  private NodePlacement place(
      WaitingQueue queue, PackedBlock block, List<PackedNode> nodes, long now) {
    WaitingTask task = queue.first();
    NodeRequest request = queue.shape.request();
    long limit = queue.shape.limitMicros();
    queue.remove(task);
    waiting.remove(task.id);
    NodePlacement placement = new NodePlacement(task.id, block.name, block.take(nodes, request));
    RunningTask started =
        new RunningTask(
            placement, request, block, nodes, now, limit == 0 ? PackedBlock.NEVER : now + limit);
    nodes.forEach(node -> node.running.add(started));
    running.put(task.id, started);
    if (reservation.task() == task) {
      reservation.clear();
    }
    return placement;
  }

  Reservation reservation() {
    return reservation;
  }

  /** Tasks that wait. */
  public int waiting() {
    return waiting.size();
  }

  /** Tasks that have nodes. */
  public int running() {
    return running.size();
  }

  /** Free slots of a block's nodes that are in order; 0 for an unknown block. */
  public int freeSlots(String block) {
    PackedBlock known = blocks.get(block);
    return known == null ? 0 : known.freeSlots();
  }

  /** Where a task runs, or what it waits for, in one sentence. */
  public String explain(TaskId task, long nowMicros) {
    RunningTask runs = running.get(task);
    if (runs != null) {
      return "task %s runs in block %s on %s"
          .formatted(task, runs.block.name, String.join(", ", runs.placement.nodes()));
    }
    return waitsFor(task, nowMicros)
        .map(what -> "task " + task + " waits for " + what)
        .orElse("task " + task + " neither waits nor runs");
  }

  /** What a waiting task waits for, and why it has not got it; empty = it does not wait. */
  public Optional<String> waitsFor(TaskId task, long nowMicros) {
    return Optional.ofNullable(waiting.get(task))
        .map(waits -> waits.queue.shape.request() + ": " + reason(waits, nowMicros));
  }

  /** Tasks that have slots of a node; none for an unknown one. */
  public List<TaskId> tasksOn(String block, String node) {
    PackedNode known = node(block, node);
    return known == null
        ? List.of()
        : known.running.stream().map(task -> task.placement.task()).toList();
  }

  private String reason(WaitingTask task, long now) {
    WaitingQueue.Shape shape = task.queue.shape;
    List<PackedBlock> open = blocks.values().stream().filter(block -> !block.isClosed).toList();
    if (open.isEmpty()) {
      return "there is no block that takes tasks";
    }
    int most = open.stream().mapToInt(b -> b.suitableNodes(shape.request())).max().orElse(0);
    if (most < shape.request().nodes()) {
      return "the best block has %d such node%s in order; it needs a larger block"
          .formatted(most, most == 1 ? "" : "s");
    }
    List<PackedBlock> inTime =
        open.stream().filter(block -> block.hasTime(now, shape.time())).toList();
    if (inTime.stream()
        .noneMatch(b -> b.suitableNodes(shape.request()) >= shape.request().nodes())) {
      long seconds = shape.time().needMicros() / 1_000_000;
      return "it needs %s, and no block that is large enough lasts as long; it needs a new block"
          .formatted(seconds >= Integer.MAX_VALUE ? "a whole block" : seconds + " s");
    }
    if (inTime.stream().allMatch(PackedBlock::hasMostTasks)) {
      return "as many tasks run as may run in a block at once";
    }
    WaitingTask next = reservation.task();
    if (next == task) {
      return reservation.describe(now);
    }
    if (next != null) {
      return "all such nodes are busy, and task %s is next".formatted(next.id);
    }
    return "all such nodes are busy; the first to be free are "
        + reservation.soonest(shape, inTime, now);
  }
}
