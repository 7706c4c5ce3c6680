package dev.drover.manager;

import dev.drover.manager.Slot.Held;
import dev.drover.task.NodeShare;
import dev.drover.task.TaskAssignment;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Which slots a task gets at its manager: those that its share of this node names, else idle ones
 * by the rule of {@link dev.drover.pinning.DeviceSlots}. On a lead node a task gets any idle slot,
 * and its nodes are what no other task may have. Pure; the loop's thread only.
 */
final class SlotClaims {
  private final ManagerSettings settings;
  private final List<Slot> slots;

  SlotClaims(ManagerSettings settings, List<Slot> slots) {
    this.settings = settings;
    this.slots = slots;
  }

  private boolean isLeadNode() {
    return !settings.nodes().isEmpty();
  }

  /** Why this manager can never run the task as it was assigned; empty = it can. */
  String impossible(TaskAssignment task) {
    List<NodeShare> shares = task.shares();
    if (shares.isEmpty()) {
      boolean needsNodes = task.spec().resources().nodes() > (isLeadNode() ? 0 : 1);
      return needsNodes || isLeadNode() && task.spec().resources().isMpi()
          ? "it asks for " + task.spec().resources() + " and was given no nodes"
          : "";
    }
    if (isLeadNode()) {
      List<String> strange = new ArrayList<>(task.nodes());
      strange.removeAll(settings.nodes());
      return strange.isEmpty() ? "" : "it was given nodes that are not of this block: " + strange;
    }
    NodeShare own = shares.get(0);
    if (!own.node().equals(settings.host())) {
      return "it was given %s first, and came to the manager of %s"
          .formatted(own.node(), settings.host());
    }
    boolean allThere = own.slots().stream().allMatch(slot -> slot < slots.size());
    return own.slots().isEmpty() || !allThere
        ? "it was given the slots %s of %s, which has 0 to %d"
            .formatted(own.slots(), own.node(), slots.size() - 1)
        : "";
  }

  /**
   * Who has now what the task was given; empty = nobody. A slot whose task has ended, and is only
   * being cleaned up, is free for this.
   *
   * @param queued tasks that have been accepted and wait for such a clean-up
   */
  Optional<String> conflict(TaskAssignment task, Collection<Held> queued) {
    if (task.shares().isEmpty()) {
      return Optional.empty();
    }
    Map<Object, Held> owners = new HashMap<>();
    queued.forEach(held -> claims(held.task).forEach(claim -> owners.putIfAbsent(claim, held)));
    for (Slot slot : slots) {
      Held running = slot.lentTo != null ? slot.lentTo : slot.running();
      if (running != null && isLeadNode()) {
        claims(running.task).forEach(claim -> owners.putIfAbsent(claim, running));
      } else if (running != null) {
        owners.put(slot.rank, running);
      }
    }
    return claims(task).stream()
        .filter(owners::containsKey)
        .findFirst()
        .map(
            claim ->
                "task %s was given %s of %s, which task %s has"
                    .formatted(
                        task.id(),
                        isLeadNode() ? "node " + claim : "slot " + claim,
                        isLeadNode() ? "its block" : settings.host(),
                        owners.get(claim).task.id()));
  }

  /** What no other task may have: nodes on a lead node, else slots. */
  private Collection<?> claims(TaskAssignment task) {
    if (task.shares().isEmpty()) {
      return List.of();
    }
    return isLeadNode() ? task.nodes() : task.shares().get(0).slots();
  }

  /** The slots that the task gets, the leading one first; empty = they are not idle now. */
  Optional<List<Slot>> choose(TaskAssignment task) {
    if (!task.shares().isEmpty() && !isLeadNode()) {
      List<Slot> own = task.shares().get(0).slots().stream().map(slots::get).toList();
      return own.stream().allMatch(Slot::isIdle) ? Optional.of(own) : Optional.empty();
    }
    int count = task.shares().isEmpty() ? Math.min(task.slots(), slots.size()) : 1;
    if (count == 1 && !settings.devices().areShared()) {
      return slots.stream().filter(Slot::isIdle).findFirst().map(List::of);
    }
    List<Integer> idle = new ArrayList<>();
    for (Slot slot : slots) {
      if (slot.isIdle()) {
        idle.add(slot.rank);
      }
    }
    return settings
        .devices()
        .choose(idle, count, task.spec().resources().accelerators())
        .map(ranks -> ranks.stream().map(slots::get).toList());
  }

  /** Slots that could take a task now. */
  int idle() {
    int idle = 0;
    for (Slot slot : slots) {
      idle += slot.isIdle() ? 1 : 0;
    }
    return idle;
  }
}
