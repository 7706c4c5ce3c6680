package dev.drover.interchange;

import dev.drover.task.ResourceRequest;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Managers with room, in the order in which tasks of several shapes try them: most free slots first
 * where they are spread, the fullest manager of the newest block first where they are packed, and
 * among equals the one that waits longest. Sorted once for a go; then only the manager that was
 * given a task changes its place. The loop's thread only.
 */
final class Candidates {
  /** Where a manager stands, as long as it is given nothing. */
  static final class Place implements Comparable<Place> {
    final Manager manager;
    private final ManagerQueue queue;
    private final int block; // newest first
    private final int group;
    private final int slots;
    private final int number;
    private boolean gone;

    private Place(Manager manager, int block, int group, int slots, int number) {
      this.manager = manager;
      this.queue = manager.queue;
      this.block = block;
      this.group = group;
      this.slots = slots;
      this.number = number;
    }

    @Override
    public int compareTo(Place other) {
      if (group != other.group) {
        return Integer.compare(group, other.group);
      }
      return slots != other.slots
          ? Integer.compare(slots, other.slots)
          : Integer.compare(number, other.number);
    }
  }

  private final Placement placement;
  private final TaskTimes times;
  private final long now;
  private final Map<String, Integer> blocks;
  private final List<Place> unchanged;
  private final TreeSet<Place> changed = new TreeSet<>();
  private int numbers;
  private int size;

  /**
   * @param queues managers with room, longest waiting first
   * @param reserved those that are none all the same
   */
  Candidates(
      Placement placement,
      TaskTimes times,
      long now,
      List<ManagerQueue> queues,
      Set<Manager> reserved) {
    this.placement = placement;
    this.times = times;
    this.now = now;
    this.blocks = placement == Placement.PACK ? newestFirst(queues) : Map.of();
    this.unchanged = new ArrayList<>(queues.stream().mapToInt(ManagerQueue::size).sum());
    for (ManagerQueue queue : queues) {
      for (Manager manager : queue) {
        if (!reserved.contains(manager)) {
          int block = placement == Placement.PACK ? blocks.get(manager.facts.block()) : 0;
          unchanged.add(place(manager, block, numbers++));
        }
      }
    }
    unchanged.sort(null);
    size = unchanged.size();
  }

  private static Map<String, Integer> newestFirst(List<ManagerQueue> queues) {
    Map<String, Integer> numbers = new HashMap<>();
    queues.forEach(queue -> queue.forEach(m -> numbers.put(m.facts.block(), 0)));
    List<String> blocks = new ArrayList<>(numbers.keySet());
    blocks.sort(Comparator.reverseOrder());
    for (int i = 0; i < blocks.size(); i++) {
      numbers.put(blocks.get(i), i);
    }
    return numbers;
  }

  private Place place(Manager manager, int block, int number) {
    int free = manager.freeSlots();
    if (placement == Placement.SPREAD) {
      return new Place(manager, block, 0, -free, number);
    }
    int group = manager.tasks.isEmpty() ? blocks.size() + block : block;
    return new Place(manager, block, group, free, number);
  }

  boolean isEmpty() {
    return size == 0;
  }

  /** Whoever stands there is no candidate any more. */
  void remove(Place place) {
    place.gone = true;
    changed.remove(place);
    size--;
  }

  /**
   * Whoever stands there was given a task, and waits where it still has room.
   *
   * @param open searches that go on
   */
  void given(Place place, Collection<Search> open) {
    Manager manager = place.manager;
    remove(place);
    if (manager.queue == null) {
      return;
    }
    int number = manager.queue == place.queue ? place.number : numbers++;
    Place now = place(manager, place.block, number);
    changed.add(now);
    size++;
    if (placement == Placement.PACK) { // it came forward: past what others have looked at, perhaps
      open.forEach(search -> search.lookAgain(now));
    }
  }

  /**
   * The managers for the tasks of one queue. It goes on where it last ended: who could not take one
   * of them cannot in the same go, since room and time only become less.
   */
  final class Search implements Comparable<Search> {
    final TaskQueue queue;
    private final ResourceRequest request;
    private final long needMicros;
    private long headId;

    /** Of those that are unchanged, the ones before this fit no more. */
    private int from;

    /** Neither do those that have changed, up to this place; null = none was looked at. */
    private Place passed;

    Search(ResourceRequest request, TaskQueue queue) {
      this.request = request;
      this.queue = queue;
      this.needMicros = queue.needMicros(times);
    }

    /** Whether a task is left, which is the queue's first one now. */
    boolean hasTask() {
      headId = queue.headId();
      return headId != Long.MAX_VALUE;
    }

    /** By the age of the first tasks, as of the last {@link #hasTask}. */
    @Override
    public int compareTo(Search other) {
      return Long.compare(headId, other.headId);
    }

    /** Slots that a task takes there. */
    int slotsAt(Place place) {
      return place.manager.slotsFor(request);
    }

    /** The first place where the first task fits; null = there is none. */
    Place next() {
      while (from < unchanged.size() && !fits(unchanged.get(from))) {
        from++;
      }
      Place first = from < unchanged.size() ? unchanged.get(from) : null;
      Place place = behindPassed();
      while (place != null && (first == null || place.compareTo(first) < 0)) {
        if (fits(place)) {
          return place;
        }
        passed = place;
        place = behindPassed();
      }
      return first;
    }

    private Place behindPassed() {
      if (passed != null) {
        return changed.higher(passed);
      }
      return changed.isEmpty() ? null : changed.first();
    }

    private void lookAgain(Place place) {
      if (passed != null && place.compareTo(passed) < 0 && fits(place)) {
        passed = changed.lower(place);
      }
    }

    /** The place with the most free slots of those where a task may fit one day; null = none. */
    Place nearest() {
      Place nearest = nearest(unchanged, null);
      return nearest(changed, nearest);
    }

    private Place nearest(Iterable<Place> places, Place other) {
      Place nearest = other;
      for (Place place : places) {
        if (mayFit(place, slotsAt(place))) {
          nearest = nearest == null || isNearer(place, nearest) ? place : nearest;
          if (placement == Placement.SPREAD) {
            break; // the others have no more
          }
        }
      }
      return nearest;
    }

    private static boolean isNearer(Place one, Place other) {
      int more = one.manager.freeSlots() - other.manager.freeSlots();
      return more > 0 || more == 0 && one.compareTo(other) < 0;
    }

    private boolean fits(Place place) {
      if (place.gone) {
        return false;
      }
      Manager manager = place.manager;
      int slots = slotsAt(place);
      return (slots == 1 ? manager.room() >= 1 : manager.freeSlots() >= slots)
          && mayFit(place, slots);
    }

    /** It will not have more time: there is nothing to keep one for that has too little. */
    private boolean mayFit(Place place, int slots) {
      Manager manager = place.manager;
      return !place.gone
          && slots != NodeShape.NEVER
          && (!manager.isLimited || manager.time.fits(needMicros, manager.rounds(), now));
    }
  }
}
