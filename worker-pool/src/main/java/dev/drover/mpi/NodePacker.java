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
    PackedBlock added = new PackedBlock(block, nodes, endMicros);
    if (blocks.putIfAbsent(block, added) != null) {
      throw new IllegalArgumentException("block " + block + " is known already");
    }
    nodes.forEach(node -> nodeSlots = Math.max(nodeSlots, node.slots()));
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
    return lost.running.stream().map(task -> task.placement.task()).toList();
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
    settings.check(request);
    if (waiting.containsKey(task) || running.containsKey(task)) {
      throw new IllegalArgumentException("task " + task + " is known already");
    }
    WaitingQueue queue =
        byShape.computeIfAbsent(new WaitingQueue.Shape(request, micros(limit)), this::newQueue);
    boolean wasEmpty = queue.isEmpty();
    if (!wasEmpty && queue.first().submittedMicros > submittedMicros) {
      queues.remove(queue); // its place changes
      wasEmpty = true;
    }
    WaitingTask added = new WaitingTask(task, queue, submittedMicros);
    queue.add(added);
    waiting.put(task, added);
    if (wasEmpty) {
      queues.add(queue);
    }
  }

  private WaitingQueue newQueue(WaitingQueue.Shape shape) {
    NodeRequest request = shape.request();
    long perNode = request.isWholeNodes() ? nodeSlots : request.slotsPerNode();
    return new WaitingQueue(shape, request.nodes() * perNode, micros(settings.ageing()));
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
    return true;
  }

  /**
   * Places all that can be placed now. To be called after any of the other methods was, once for
   * all of them; the passing of time by itself makes no room.
   */
  public List<NodePlacement> place(long nowMicros) {
    List<NodePlacement> placed = new ArrayList<>();
    Set<PackedBlock> open = new LinkedHashSet<>();
    for (PackedBlock block : blocks.values()) {
      if (!block.isClosed && block.freeSlots() > 0) {
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

  private static boolean isBefore(WaitingQueue queue, WaitingQueue other) {
    return WaitingQueue.ORDER.compare(queue, other) < 0;
  }

  private NodePlacement placeFirst(
      WaitingQueue queue, Set<PackedBlock> open, Set<NodeRequest> full, long now) {
    NodeRequest request = queue.shape.request();
    long limit = queue.shape.limitMicros();
    if (full.contains(request)) {
      return null;
    }
    boolean otherLimitMayFit = false;
    for (Iterator<PackedBlock> each = open.iterator(); each.hasNext(); ) {
      PackedBlock block = each.next();
      if (block.freeSlots() == 0) {
        each.remove();
      } else if (!block.hasTime(now, limit)) {
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
            placement, request, block, nodes, limit == 0 ? PackedBlock.NEVER : now + limit);
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
    WaitingTask waits = waiting.get(task);
    return waits == null
        ? "task " + task + " neither waits nor runs"
        : "task %s waits for %s: %s"
            .formatted(task, waits.queue.shape.request(), reason(waits, nowMicros));
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
        open.stream().filter(block -> block.hasTime(now, shape.limitMicros())).toList();
    if (inTime.stream()
        .noneMatch(b -> b.suitableNodes(shape.request()) >= shape.request().nodes())) {
      return "it may run for %d s, and no block that is large enough lasts as long; it needs a new block"
          .formatted(shape.limitMicros() / 1_000_000);
    }
    WaitingTask next = reservation.task();
    if (next == task) {
      return reservation.describe(now);
    }
    return next == null
        ? "all such nodes are busy"
        : "all such nodes are busy, and task %s is next".formatted(next.id);
  }
}
