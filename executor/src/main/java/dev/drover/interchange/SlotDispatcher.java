package dev.drover.interchange;

import dev.drover.task.ResourceRequest;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;

/**
 * Fills the slots of managers, each task within one node, and gives more than runs at once to
 * managers that want it. It looks only at managers that have room, so that its cost does not grow
 * with those that are full. The loop's thread only.
 */
final class SlotDispatcher implements Dispatcher {
  private static final Comparator<Manager> FULLEST_FIRST =
      Comparator.<Manager, Boolean>comparing(m -> m.tasks.isEmpty())
          .thenComparing(m -> m.facts.block(), Comparator.reverseOrder())
          .thenComparingInt(Manager::freeSlots);

  /**
   * Tasks given in one go, at most: what is said of all of them is in memory until the go is over,
   * and the first managers can begin while the last are given theirs.
   */
  private static final int MOST_AT_ONCE = 16_384;

  private final Placement placement;
  private final PendingTasks pending;
  private final TaskTimes times;

  /** Managers with an idle slot, longest waiting first. */
  private final ManagerQueue idle = new ManagerQueue();

  /** Managers whose slots are all taken and who want more all the same, longest waiting first. */
  private final ManagerQueue prefetching = new ManagerQueue();

  /**
   * Managers with room and without the time for any task of a lane, put aside so that they are not
   * looked at again and again: until something changes about them, or a task comes that needs less.
   */
  private final ManagerQueue aside = new ManagerQueue();

  /** The least that any waiting task needed when the first was put aside, microseconds. */
  private long asideNeed;

  /** Tasks that may still be given in this go. */
  private int left;

  SlotDispatcher(Placement placement, PendingTasks pending, TaskTimes times) {
    this.placement = placement;
    this.pending = pending;
    this.times = times;
  }

  @Override
  public void changed(Manager manager) {
    ManagerQueue.keep(manager, queueOf(manager));
  }

  private ManagerQueue queueOf(Manager manager) {
    if (!manager.takesTasks() || manager.room() <= 0) {
      return null;
    }
    return manager.freeSlots() > 0 ? idle : prefetching;
  }

  @Override
  public List<Task> gone(Manager manager, boolean orderly) {
    ManagerQueue.move(manager, null);
    return List.of();
  }

  /** Time has passed: those put aside are looked at once more. */
  @Override
  public void tick(long now) {
    lookAgain();
  }

  private void lookAgain() {
    aside.forEach(this::changed);
  }

  /** Of those that have no time for a lane, who has none for anything that waits. */
  private void putAside(List<Manager> late, long now) {
    if (late.isEmpty()) {
      return;
    }
    long least = leastNeed();
    for (Manager manager : late) {
      if (!manager.time.fits(least, manager.rounds(), now)) {
        asideNeed = aside.isEmpty() ? least : Math.min(asideNeed, least);
        ManagerQueue.move(manager, aside);
      }
    }
  }

  private long leastNeed() {
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

  @Override
  public Map<Manager, List<Task>> assign(long now) {
    Map<Manager, List<Task>> given = new LinkedHashMap<>();
    Set<Manager> reserved = new HashSet<>();
    left = MOST_AT_ONCE;
    if (!aside.isEmpty() && leastNeed() < asideNeed) {
      lookAgain();
    }
    Candidates candidates = null;
    for (Map<ResourceRequest, Lane> level : pending.levels()) {
      if (left == 0 || idle.isEmpty() && prefetching.isEmpty()) {
        break;
      }
      if (level.size() == 1 && level.keySet().iterator().next().isOneSlot()) {
        oneSlotTasks(level.values().iterator().next(), reserved, given, now);
        candidates = null;
      } else {
        if (candidates == null) {
          List<ManagerQueue> queues = List.of(idle, prefetching);
          candidates = new Candidates(placement, times, now, queues, reserved);
        }
        mixedTasks(level.values(), candidates, reserved, given, now);
      }
    }
    pending.tidy();
    return given;
  }

  @Override
  public boolean hasMore() {
    return left == 0 && pending.size() > 0;
  }

  /** First every idle slot, then what is wanted beyond them: nobody queues while another idles. */
  private void oneSlotTasks(
      Lane lane, Set<Manager> reserved, Map<Manager, List<Task>> given, long now) {
    if (idle.freeSlots() > left && lane.size() > idle.freeSlots() && lane.queues().size() == 1) {
      fillBeyondSlots(lane, reserved, given, now);
    }
    boolean any = true;
    while (any && lane.size() > 0 && left > 0) { // an even part may be more than some can take
      any = fill(lane, candidates(idle, lane, reserved, now), false, given, now);
    }
    if (lane.size() > 0 && left > 0) {
      fill(lane, candidates(prefetching, lane, reserved, now), true, given, now);
    }
  }

  /**
   * With more idle slots than are filled in one go, and more tasks than that, each manager is given
   * its part of what is left beyond the slots along with them: what else took it two messages comes
   * in one. (Tasks leave the queue in their order, but one that waits at a manager may begin after
   * a later one that fills a slot.)
   */
  private void fillBeyondSlots(
      Lane lane, Set<Manager> reserved, Map<Manager, List<Task>> given, long now) {
    long beyond = lane.size() - idle.freeSlots();
    long behind = idle.size() + prefetching.size();
    int turns = idle.size();
    List<Manager> late = new ArrayList<>(0);
    for (Manager manager : idle) {
      if (left == 0 || turns-- == 0) {
        break;
      }
      long part = placement == Placement.PACK ? beyond : (beyond + behind - 1) / behind;
      part = Math.min(part, manager.room() - manager.freeSlots());
      behind--;
      if (isLate(manager, lane, now)) {
        late.add(manager);
      } else if (!reserved.contains(manager)) {
        beyond -= Math.max(part, 0);
        give(lane, manager, (int) Math.min(left, manager.freeSlots() + part), given, now);
        ManagerQueue.move(manager, queueOf(manager));
      }
    }
    putAside(late, now);
  }

  private boolean isLate(Manager manager, Lane lane, long now) {
    return manager.isLimited && lane.first(manager.time, manager.rounds(), now, times) == null;
  }

  /**
   * No more managers than there are tasks: with few tasks the cost does not grow with the machine.
   */
  private List<Manager> candidates(ManagerQueue from, Lane lane, Set<Manager> reserved, long now) {
    List<Manager> managers = new ArrayList<>();
    List<Manager> late = new ArrayList<>(0);
    for (Manager manager : from) {
      if (placement == Placement.SPREAD && managers.size() >= lane.size()) {
        break;
      }
      if (isLate(manager, lane, now)) {
        late.add(manager);
      } else if (!reserved.contains(manager)) {
        managers.add(manager);
      }
    }
    putAside(late, now);
    if (placement == Placement.PACK) {
      managers.sort(FULLEST_FIRST);
    }
    return managers;
  }

  /** Whether anything was given. */
  private boolean fill(
      Lane lane,
      List<Manager> candidates,
      boolean beyondSlots,
      Map<Manager, List<Task>> given,
      long now) {
    int behind = candidates.size();
    boolean any = false;
    for (Manager manager : candidates) {
      if (lane.size() == 0 || left == 0) {
        break;
      }
      int room = beyondSlots ? manager.room() : Math.min(manager.freeSlots(), manager.room());
      long share = placement == Placement.PACK ? room : (lane.size() + behind - 1) / behind;
      int count = (int) Math.min(Math.min(room, left), Math.min(share, lane.size()));
      any |= give(lane, manager, count, given, now);
      ManagerQueue.move(manager, queueOf(manager));
      behind--;
    }
    return any;
  }

  /** At most so many tasks, of those that can end there in time. */
  private boolean give(
      Lane lane, Manager manager, int count, Map<Manager, List<Task>> given, long now) {
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
      left--;
    }
    return tasks != null;
  }

  /**
   * Tasks of several shapes, in the order of submission. One that fits nowhere now keeps the
   * manager that is nearest to fitting from smaller ones behind it, so that it does not starve.
   */
  private void mixedTasks(
      Collection<Lane> lanes,
      Candidates candidates,
      Set<Manager> reserved,
      Map<Manager, List<Task>> given,
      long now) {
    PriorityQueue<Candidates.Search> open = new PriorityQueue<>();
    for (Lane lane : lanes) {
      for (TaskQueue queue : lane.queues()) {
        openAgain(candidates.new Search(lane.request, queue), open);
      }
    }
    while (!open.isEmpty() && !candidates.isEmpty() && left > 0) {
      Candidates.Search search = open.poll();
      Candidates.Place place = search.next();
      if (place != null) {
        Manager manager = place.manager;
        Task task = pending.take(search.queue);
        manager.add(task, search.slotsAt(place), now);
        given.computeIfAbsent(manager, m -> new ArrayList<>()).add(task);
        left--;
        changed(manager);
        openAgain(search, open);
        candidates.given(place, open);
      } else {
        Candidates.Place nearest = search.nearest();
        if (nearest != null) {
          reserved.add(nearest.manager);
          candidates.remove(nearest);
        }
      }
    }
  }

  private static void openAgain(Candidates.Search search, Collection<Candidates.Search> open) {
    if (search.hasTask()) {
      open.add(search);
    }
  }
}
