package dev.drover.interchange;

import dev.drover.block.BlockId;
import dev.drover.protocol.FromManager;
import dev.drover.protocol.ManagerFacts;
import dev.drover.protocol.ManagerId;
import dev.drover.task.ResourceRequest;
import dev.drover.task.TaskId;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
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
  final Map<Long, Task> tasks = new LinkedHashMap<>();

  /** Tasks that it wants to have at once, in slots. */
  int capacity;

  /** Slots of all it has. */
  int usedSlots;

  /** Its data socket is connected. */
  boolean ready;

  /** For none of what waits it has time left; as of the last look. */
  boolean shortOfTime;

  boolean held;
  boolean draining;

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
    return ready && !held && !draining;
  }

  int freeSlots() {
    return facts.slots() - usedSlots;
  }

  /** Slots that have work or could be given some. */
  int usefulSlots() {
    return draining || shortOfTime ? Math.min(usedSlots, facts.slots()) : facts.slots();
  }

  /** Tasks that follow one another on a slot when it is given another one: that is the last. */
  int rounds() {
    return 1 + usedSlots / facts.slots();
  }

  /** Slots' worth of tasks that it still wants, prefetched ones included. */
  int room() {
    return capacity - usedSlots;
  }

  int slotsFor(ResourceRequest request) {
    return shape.slotsFor(request);
  }

  void add(Task task, int slots, long nowMicros) {
    task.manager = this;
    task.slots = slots;
    task.assignedMicros = nowMicros;
    task.started = false;
    task.attempt++;
    tasks.put(task.id, task);
    usedSlots += slots;
  }

  void remove(Task task, long nowMicros) {
    tasks.remove(task.id);
    usedSlots -= task.slots;
    task.manager = null;
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
