package dev.drover.interchange;

import dev.drover.task.ResourceRequest;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
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
  private final TaskTimes times;

  /** Managers with an idle slot, longest waiting first. */
  private final Set<Manager> idle = new LinkedHashSet<>();

  /** Managers whose slots are all taken and who want more all the same, longest waiting first. */
  private final Set<Manager> prefetching = new LinkedHashSet<>();

  /**
   * Managers with room and without the time for any task of a lane, put aside so that they are not
   * looked at again and again: until something changes about them, or a task comes that needs less.
   */
  private final Set<Manager> aside = new LinkedHashSet<>();

  /** The least that any waiting task needed when the first was put aside, microseconds. */
  private long asideNeed;

  Dispatcher(Placement placement, TaskTimes times) {
    this.placement = placement;
    this.times = times;
  }

  /** Something about a manager changed that may give it room or take it. */
  void changed(Manager manager) {
    notAside(manager);
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
    notAside(manager);
  }

  private void notAside(Manager manager) {
    if (!aside.isEmpty()) {
      aside.remove(manager);
    }
  }

  /** Time has passed: those put aside are looked at once more. */
  void lookAgain() {
    if (!aside.isEmpty()) {
      List.copyOf(aside).forEach(this::changed);
    }
  }

  /** Of those that have no time for a lane, who has none for anything that waits. */
  private void putAside(List<Manager> late, PendingTasks pending, long now) {
    if (late.isEmpty()) {
      return;
    }
    long least = leastNeed(pending);
    for (Manager manager : late) {
      if (!manager.time.fits(least, manager.rounds(), now)) {
        idle.remove(manager);
        prefetching.remove(manager);
        asideNeed = aside.isEmpty() ? least : Math.min(asideNeed, least);
        aside.add(manager);
      }
    }
  }

  private long leastNeed(PendingTasks pending) {
    long least = Long.MAX_VALUE;
    for (Map<ResourceRequest, Lane> level : pending.levels()) {
      for (Lane lane : level.values()) {
        for (TaskQueue queue : lane.queues()) {
          if (queue.size() > 0) {
            least = Math.min(least, queue.needMicros(times));
          }
        }
      }
    }
    return least;
  }

  /**
   * Takes tasks off the queue for all who have room; what each gets, in the order of its running.
   */
  Map<Manager, List<Task>> assign(PendingTasks pending, long now) {
    Map<Manager, List<Task>> given = new LinkedHashMap<>();
    Set<Manager> reserved = new HashSet<>();
    if (!aside.isEmpty() && leastNeed(pending) < asideNeed) {
      lookAgain();
    }
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
    List<Manager> managers = candidates(idle, pending, lane, reserved, now);
    // An even part is more than some can take.
    while (fill(pending, lane, managers, false, given, now) && lane.size() > 0) {
      managers = candidates(idle, pending, lane, reserved, now);
    }
    if (lane.size() > 0) {
      fill(pending, lane, candidates(prefetching, pending, lane, reserved, now), true, given, now);
    }
  }

  /**
   * No more managers than there are tasks: with few tasks the cost does not grow with the machine.
   */
  private List<Manager> candidates(
      Set<Manager> from, PendingTasks pending, Lane lane, Set<Manager> reserved, long now) {
    List<Manager> managers = new ArrayList<>();
    List<Manager> late = List.of();
    for (Manager manager : from) {
      if (placement == Placement.SPREAD && managers.size() >= lane.size()) {
        break;
      }
      if (manager.isLimited && lane.first(manager.time, manager.rounds(), now, times) == null) {
        late = late.isEmpty() ? new ArrayList<>() : late;
        late.add(manager);
      } else if (!reserved.contains(manager)) {
        managers.add(manager);
      }
    }
    putAside(late, pending, now);
    if (placement == Placement.PACK) {
      managers.sort(FULLEST_FIRST);
    }
    return managers;
  }

  /** Whether anything was given. */
  private boolean fill(
      PendingTasks pending,
      Lane lane,
      List<Manager> candidates,
      boolean beyondSlots,
      Map<Manager, List<Task>> given,
      long now) {
    int left = candidates.size();
    boolean any = false;
    for (Manager manager : candidates) {
      if (lane.size() == 0) {
        break;
      }
      int room = beyondSlots ? manager.room() : Math.min(manager.freeSlots(), manager.room());
      long share = placement == Placement.PACK ? room : (lane.size() + left - 1) / left;
      int count = (int) Math.min(room, Math.min(share, lane.size()));
      any |= give(pending, lane, manager, count, given, now);
      moveBack(manager);
      left--;
    }
    return any;
  }

  /** At most so many tasks, of those that can end there in time. */
  private boolean give(
      PendingTasks pending,
      Lane lane,
      Manager manager,
      int count,
      Map<Manager, List<Task>> given,
      long now) {
    TimeLeft time = manager.time;
    List<Task> tasks = null;
    for (int i = 0; i < count; i++) {
      TaskQueue queue =
          manager.isLimited ? lane.first(time, manager.rounds(), now, times) : lane.first();
      if (queue == null) {
        break;
      }
      if (tasks == null) {
        tasks = given.computeIfAbsent(manager, m -> new ArrayList<>(count));
      }
      Task task = pending.take(queue);
      manager.add(task, 1, now);
      tasks.add(task);
    }
    return tasks != null;
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
    List<TaskQueue> open = new ArrayList<>();
    Map<TaskQueue, Lane> laneOf = new HashMap<>();
    for (Lane lane : lanes) {
      for (TaskQueue queue : lane.queues()) {
        open.add(queue);
        laneOf.put(queue, lane);
      }
    }
    while (!open.isEmpty()) {
      TaskQueue first = open.get(0);
      for (TaskQueue queue : open) {
        if (queue.headId() < first.headId()) {
          first = queue;
        }
      }
      ResourceRequest request = laneOf.get(first).request;
      if (first.headId() == Long.MAX_VALUE
          || !placeHead(pending, request, first, reserved, given, now)) {
        open.remove(first);
      }
    }
  }

  private boolean placeHead(
      PendingTasks pending,
      ResourceRequest request,
      TaskQueue queue,
      Set<Manager> reserved,
      Map<Manager, List<Task>> given,
      long now) {
    Manager nearest = null;
    for (Manager manager : inOrder(reserved)) {
      int slots = manager.slotsFor(request);
      if (slots == NodeShape.NEVER) {
        continue;
      }
      if (manager.isLimited && !manager.time.fits(queue.needMicros(times), manager.rounds(), now)) {
        continue; // it will not have more time: nothing to keep it for
      }
      boolean fits = slots == 1 ? manager.room() >= 1 : manager.freeSlots() >= slots;
      if (fits) {
        Task task = pending.take(queue);
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
