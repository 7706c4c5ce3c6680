package dev.drover.interchange;

import dev.drover.interchange.PendingTasks.Lane;
import dev.drover.task.ResourceRequest;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Decides which waiting task goes to which manager. It looks only at managers that have room, so
 * that its cost does not grow with those that are full. The loop's thread only.
 */
final class Dispatcher {
  private static final Comparator<Manager> FULLEST_FIRST =
      Comparator.<Manager, Boolean>comparing(m -> m.tasks.isEmpty())
          .thenComparing(m -> m.facts.block(), Comparator.reverseOrder())
          .thenComparingInt(Manager::freeSlots);

  private final Placement placement;

  /** Managers with an idle slot, longest waiting first. */
  private final Set<Manager> idle = new LinkedHashSet<>();

  /** Managers whose slots are all taken and who want more all the same, longest waiting first. */
  private final Set<Manager> prefetching = new LinkedHashSet<>();

  Dispatcher(Placement placement) {
    this.placement = placement;
  }

  /** Something about a manager changed that may give it room or take it. */
  void changed(Manager manager) {
    boolean room = manager.takesTasks() && manager.room() > 0;
    boolean free = room && manager.freeSlots() > 0;
    setMember(idle, manager, free);
    setMember(prefetching, manager, room && !free);
  }

  private static void setMember(Set<Manager> set, Manager manager, boolean member) {
    if (member) {
      set.add(manager);
    } else {
      set.remove(manager);
    }
  }

  /** A manager that was given tasks waits behind the others from now on. */
  private void moveBack(Manager manager) {
    idle.remove(manager);
    prefetching.remove(manager);
    changed(manager);
  }

  void gone(Manager manager) {
    idle.remove(manager);
    prefetching.remove(manager);
  }

  /**
   * Takes tasks off the queue for all who have room; what each gets, in the order of its running.
   */
  Map<Manager, List<Task>> assign(PendingTasks pending, long now) {
    Map<Manager, List<Task>> given = new LinkedHashMap<>();
    Set<Manager> reserved = new HashSet<>();
    for (Map<ResourceRequest, Lane> level : pending.levels()) {
      if (idle.isEmpty() && prefetching.isEmpty()) {
        break;
      }
      if (level.size() == 1 && level.keySet().iterator().next().isOneSlot()) {
        oneSlotTasks(pending, level.values().iterator().next(), reserved, given, now);
      } else {
        mixedTasks(pending, level.values(), reserved, given, now);
      }
    }
    pending.tidy();
    return given;
  }

  /** First every idle slot, then what is wanted beyond them: nobody queues while another idles. */
  private void oneSlotTasks(
      PendingTasks pending,
      Lane lane,
      Set<Manager> reserved,
      Map<Manager, List<Task>> given,
      long now) {
    List<Manager> managers = candidates(idle, lane, reserved);
    while (!managers.isEmpty()) { // an even part is more than some can take
      fill(pending, lane, managers, false, given, now);
      managers = lane.size() > 0 ? candidates(idle, lane, reserved) : List.of();
    }
    if (lane.size() > 0) {
      fill(pending, lane, candidates(prefetching, lane, reserved), true, given, now);
    }
  }

  /**
   * No more managers than there are tasks: with few tasks the cost does not grow with the machine.
   */
  private List<Manager> candidates(Set<Manager> from, Lane lane, Set<Manager> reserved) {
    List<Manager> managers = new ArrayList<>();
    for (Manager manager : from) {
      if (placement == Placement.SPREAD && managers.size() >= lane.size()) {
        break;
      }
      if (!reserved.contains(manager)) {
        managers.add(manager);
      }
    }
    if (placement == Placement.PACK) {
      managers.sort(FULLEST_FIRST);
    }
    return managers;
  }

  private void fill(
      PendingTasks pending,
      Lane lane,
      List<Manager> candidates,
      boolean beyondSlots,
      Map<Manager, List<Task>> given,
      long now) {
    int left = candidates.size();
    for (Manager manager : candidates) {
      if (lane.size() == 0) {
        return;
      }
      int room = beyondSlots ? manager.room() : Math.min(manager.freeSlots(), manager.room());
      long share = placement == Placement.PACK ? room : (lane.size() + left - 1) / left;
      int count = (int) Math.min(room, Math.min(share, lane.size()));
      List<Task> tasks = given.computeIfAbsent(manager, m -> new ArrayList<>(count));
      for (int i = 0; i < count; i++) {
        Task task = pending.take(lane);
        manager.add(task, 1, now);
        tasks.add(task);
      }
      moveBack(manager);
      left--;
    }
  }

  /**
   * Tasks of several shapes, in the order of submission. One that fits nowhere now keeps the
   * manager that is nearest to fitting from smaller ones behind it, so that it does not starve.
   */
  private void mixedTasks(
      PendingTasks pending,
      Collection<Lane> lanes,
      Set<Manager> reserved,
      Map<Manager, List<Task>> given,
      long now) {
    List<Lane> open = new ArrayList<>(lanes);
    while (!open.isEmpty()) {
      Lane first = open.get(0);
      for (Lane lane : open) {
        if (lane.headId() < first.headId()) {
          first = lane;
        }
      }
      if (first.headId() == Long.MAX_VALUE || !placeHead(pending, first, reserved, given, now)) {
        open.remove(first);
      }
    }
  }

  private boolean placeHead(
      PendingTasks pending,
      Lane lane,
      Set<Manager> reserved,
      Map<Manager, List<Task>> given,
      long now) {
    Manager nearest = null;
    for (Manager manager : inOrder(reserved)) {
      int slots = manager.slotsFor(lane.request);
      if (slots == NodeShape.NEVER) {
        continue;
      }
      boolean fits = slots == 1 ? manager.room() >= 1 : manager.freeSlots() >= slots;
      if (fits) {
        Task task = pending.take(lane);
        manager.add(task, slots, now);
        given.computeIfAbsent(manager, m -> new ArrayList<>()).add(task);
        changed(manager);
        return true;
      }
      if (nearest == null || manager.freeSlots() > nearest.freeSlots()) {
        nearest = manager;
      }
    }
    if (nearest != null) {
      reserved.add(nearest);
    }
    return false;
  }

  private List<Manager> inOrder(Set<Manager> reserved) {
    List<Manager> managers = new ArrayList<>(idle);
    managers.addAll(prefetching);
    managers.removeAll(reserved);
    managers.sort(
        placement == Placement.PACK
            ? FULLEST_FIRST
            : Comparator.comparingInt(Manager::freeSlots).reversed());
    return managers;
  }
}
