package dev.drover.manager;

import static dev.drover.manager.Succession.runsOnWorker;

import dev.drover.manager.Slot.Held;
import dev.drover.task.TaskAssignment;
import dev.drover.task.TaskId;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Tasks that no slot has yet, in their order, and where they start: first on every idle slot, then
 * behind what runs. Pure; the loop's thread only.
 */
final class WaitingTasks {
  private final ArrayDeque<Held> queue = new ArrayDeque<>();
  private final List<Slot> slots;
  private final SlotClaims claims;
  private final RunTimes runTimes;
  private final Turn turn;

  WaitingTasks(List<Slot> slots, SlotClaims claims, RunTimes runTimes, Turn turn) {
    this.slots = slots;
    this.claims = claims;
    this.runTimes = runTimes;
    this.turn = turn;
  }

  boolean isEmpty() {
    return queue.isEmpty();
  }

  int size() {
    return queue.size();
  }

  /** When the first of them came; there must be one. */
  long oldestMicros() {
    return queue.peekFirst().arrivedMicros;
  }

  void forEach(Consumer<TaskAssignment> each) {
    queue.forEach(held -> each.accept(held.task));
  }

  /** Who has now what the task was given; empty = nobody. */
  Optional<String> conflict(TaskAssignment task) {
    return claims.conflict(task, queue);
  }

  void add(Held held) {
    queue.addLast(held);
  }

  /** What never began goes to the front again, in its order. */
  void addFirst(List<Held> inOrder) {
    for (int i = inOrder.size() - 1; i >= 0; i--) {
      queue.addFirst(inOrder.get(i));
    }
  }

  /** Takes the last ones away, in their order, so that this many are left. */
  List<Held> takeAllBut(int keep) {
    List<Held> taken = new ArrayList<>();
    while (queue.size() > keep) {
      taken.add(0, queue.pollLast());
    }
    return taken;
  }

  /** Takes those away that are among the ids, in their order. */
  List<TaskAssignment> take(Set<TaskId> ids) {
    List<TaskAssignment> taken = new ArrayList<>();
    for (Iterator<Held> waiting = queue.iterator(); waiting.hasNext(); ) {
      TaskAssignment task = waiting.next().task;
      if (ids.contains(task.id())) {
        waiting.remove();
        taken.add(task);
      }
    }
    return taken;
  }

  /** Starts what can start: first on every idle slot, then behind what runs. */
  void start() {
    while (startOnIdle()) {}
    if (!queue.isEmpty() && runTimes.pipelinedPerThread() > 1) {
      pipeline();
    }
  }

  /**
   * Starts the first task that can start; whether one could. No task overtakes another that waits
   * for any idle slots; one that waits for slots of its own holds up nobody.
   */
  private boolean startOnIdle() {
    for (Iterator<Held> waiting = queue.iterator(); waiting.hasNext(); ) {
      Held held = waiting.next();
      Optional<List<Slot>> taken = claims.choose(held.task);
      if (taken.isPresent()) {
        int share = evenShare(claims.idle());
        waiting.remove();
        startOn(held, taken.get(), share);
        return true;
      }
      if (held.task.shares().isEmpty()) {
        return false;
      }
    }
    return false;
  }

  private void startOn(Held held, List<Slot> taken, int share) {
    Slot lead = taken.get(0);
    List<Integer> lent = new ArrayList<>(taken.size() - 1);
    for (Slot other : taken.subList(1, taken.size())) {
      other.lentTo = held;
      lent.add(other.rank);
    }
    held.startedMicros = turn.now();
    lead.tasks.addLast(held);
    if (runsOnWorker(held.task)) {
      List<TaskAssignment> batch = new ArrayList<>();
      batch.add(held.task);
      // What follows at once goes in the same message.
      addPipelined(lead, batch, share);
      turn.add(new Effect.RunOnWorker(lead.rank, lent, batch));
    } else {
      turn.add(new Effect.RunOnSlot(lead.rank, lent, held.task));
    }
  }

  /** No slot takes more of a short queue than its part, so that the others have work too. */
  private int evenShare(int among) {
    return Math.max(1, (queue.size() + among - 1) / among);
  }

  private void pipeline() {
    for (Slot slot : slots) {
      Held running = slot.running();
      if (running != null && slot.ending == null && !slot.recalling && !running.told) {
        List<TaskAssignment> batch = new ArrayList<>();
        // A slot is fed again when half of what it had is done: fewer, larger messages.
        if (slot.tasks.size() <= pipelined(running.task) / 2) {
          addPipelined(slot, batch, evenShare(slots.size() - slot.rank));
        }
        if (!batch.isEmpty()) {
          turn.add(
              runsOnWorker(running.task)
                  ? new Effect.RunOnWorker(slot.rank, List.of(), batch)
                  : new Effect.FollowOnSlot(slot.rank, batch));
        }
      }
    }
  }

  private int pipelined(TaskAssignment task) {
    return runsOnWorker(task) ? runTimes.pipelinedPerWorker() : runTimes.pipelinedPerThread();
  }

  private void addPipelined(Slot slot, List<TaskAssignment> batch, int share) {
    TaskAssignment first = slot.running().task;
    while (slot.tasks.size() < pipelined(first)
        && batch.size() < share
        && !queue.isEmpty()
        && Succession.mayFollow(first, queue.peekFirst().task)) {
      Held next = queue.pollFirst();
      next.startedMicros = turn.now();
      slot.tasks.addLast(next);
      batch.add(next.task);
    }
  }
}
