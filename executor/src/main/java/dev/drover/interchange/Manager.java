package dev.drover.interchange;

import dev.drover.block.BlockId;
import dev.drover.protocol.FromManager;
import dev.drover.protocol.ManagerFacts;
import dev.drover.protocol.ManagerId;
import dev.drover.task.NodeShare;
import dev.drover.task.ResourceRequest;
import dev.drover.task.TaskId;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** One manager as the interchange knows it; the loop's thread only. */
final class Manager {
  final ManagerFacts facts;
  final NodeShape shape;
  final BlockId block;
  final TimeLeft time;

  /** Whether its {@link #time} ends; here, since most have no end and all are asked often. */
  final boolean isLimited;

  /** What it has, in the order in which it got them. */
  final ManagerTasks tasks = new ManagerTasks();

  /** Where it waits for tasks, and its neighbours there; null = nowhere. */
  ManagerQueue queue;

  Manager ahead;

  Manager behind;

  /** Free slots that {@link #queue} counts for it. */
  int queuedSlots;

  /** Tasks that it wants to have at once, in slots. */
  int capacity;

  /** Slots of all it has, on its own node. */
  int usedSlots;

  /** Slots of all it has, on all nodes of its block. */
  int usedBlockSlots;

  /** Tasks it has in slots that it chose itself. */
  int looseTasks;

  /** Its data socket is connected. */
  boolean ready;

  /** For none of what waits it has time left; as of the last look. */
  boolean shortOfTime;

  boolean held;
  boolean draining;

  /** It could not begin what it was given: nothing more until some time has passed. */
  boolean isPaused;

  /** Why it is {@link #draining}. */
  String drainReason = "";

  /** What it held when it registered and is not its to have, and has not told the end of yet. */
  final Set<TaskId> foreign = new HashSet<>();

  /** Highest batch of outcomes that came. */
  long acked;

  long heardMicros;
  long saidMicros;
  long idleSinceMicros;

  Manager(FromManager.Register message, long nowMicros) {
    this.facts = message.facts();
    this.time = new TimeLeft(message, nowMicros);
    this.isLimited = time.isLimited();
    this.shape = NodeShape.of(facts);
    this.block = facts.block().isEmpty() ? BlockId.NONE : new BlockId(facts.block());
    this.heardMicros = nowMicros;
    this.saidMicros = nowMicros;
    this.idleSinceMicros = nowMicros;
  }

  ManagerId id() {
    return facts.id();
  }

  boolean takesTasks() {
    return ready && !held && !draining && !isPaused;
  }

  int freeSlots() {
    return facts.slots() - usedSlots;
  }

  /** Slots that it brings to its block: its own, or, where it stands for all nodes, one a node. */
  int blockSlots() {
    return facts.nodes().isEmpty() ? facts.slots() : facts.nodes().size();
  }

  /** Slots of the block that have work or could be given some. */
  int usefulSlots() {
    return draining || shortOfTime ? Math.min(usedBlockSlots, blockSlots()) : blockSlots();
  }

  /** Tasks that follow one another on a slot when it is given another one: that is the last. */
  int rounds() {
    return 1 + usedSlots / facts.slots();
  }

  /** Slots' worth of tasks that it still wants, prefetched ones included. */
  int room() {
    return capacity - usedSlots;
  }

  /** Slots that a task takes on each of its nodes, of which this is one. */
  int slotsFor(ResourceRequest request) {
    return facts.nodes().isEmpty() ? shape.slotsFor(request) : 1;
  }

  /** Takes a task in slots that the manager chooses. */
  void add(Task task, int slots, long nowMicros) {
    looseTasks++;
    add(task, List.of(), slots, slots, nowMicros);
  }

  /**
   * Takes a task that was given nodes.
   *
   * @param slots of this manager
   * @param blockSlots of its block in all
   */
  void add(Task task, List<NodeShare> shares, int slots, int blockSlots, long nowMicros) {
    task.manager = this;
    task.shares = shares;
    task.slots = slots;
    task.blockSlots = blockSlots;
    task.assignedMicros = nowMicros;
    task.started = false;
    task.attempt++;
    tasks.add(task);
    usedSlots += slots;
    usedBlockSlots += blockSlots;
  }

  void remove(Task task, long nowMicros) {
    tasks.remove(task);
    usedSlots -= task.slots;
    usedBlockSlots -= task.blockSlots;
    looseTasks -= task.shares.isEmpty() ? 1 : 0;
    task.manager = null;
    task.shares = List.of();
    task.lostNode = null;
    if (tasks.isEmpty()) {
      idleSinceMicros = nowMicros;
    }
  }

  String state() {
    if (!ready) {
      return "silent";
    }
    return draining ? "draining" : held ? "held" : "active";
  }
}
