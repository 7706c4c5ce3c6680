package dev.drover.mpi;

import java.util.Comparator;

/**
 * The waiting tasks of one shape and time limit, first come first. Since all of a queue age alike,
 * the queues stand in an order that the passing of time does not change: by when their first task
 * came, less what its size is worth.
 */
final class WaitingQueue {
  /**
   * What the tasks of a queue have in common.
   *
   * @param priority the lower, the sooner, whatever the sizes
   */
  record Shape(NodeRequest request, RunTime time, int priority) {
    long limitMicros() {
      return time.limitMicros();
    }
  }

  /**
   * By priority, then largest first with ageing; the lower id where nothing else tells two apart.
   */
  static final Comparator<WaitingQueue> ORDER = WaitingQueue::compare;

  final Shape shape;
  private final long ageingMicros;
  private long slots;
  private long headStartMicros;
  private WaitingTask first;
  private WaitingTask last;
  private int size;

  /**
   * An empty queue.
   *
   * @param nodeSlots slots of a whole node
   * @param ageingMicros what it is worth to take twice as many slots in all
   */
  WaitingQueue(Shape shape, int nodeSlots, long ageingMicros) {
    this.shape = shape;
    this.ageingMicros = ageingMicros;
    weigh(nodeSlots);
  }

  /** Whole nodes have as many slots from now on; the queue stands in no order meanwhile. */
  void weigh(int nodeSlots) {
    NodeRequest request = shape.request();
    long perNode = request.isWholeNodes() ? nodeSlots : request.slotsPerNode();
    slots = request.nodes() * perNode;
    headStartMicros = Math.round(ageingMicros * Math.log(slots) / Math.log(2));
  }

  WaitingTask first() {
    return first;
  }

  boolean isEmpty() {
    return first == null;
  }

  int size() {
    return size;
  }

  private static int compare(WaitingQueue one, WaitingQueue other) {
    int order = Integer.compare(one.shape.priority(), other.shape.priority());
    if (order == 0) {
      order =
          Long.compare(
              one.first.submittedMicros - one.headStartMicros,
              other.first.submittedMicros - other.headStartMicros);
    }
    if (order == 0) {
      order = Long.compare(other.slots, one.slots);
    }
    return order != 0 ? order : one.first.id.compareTo(other.first.id);
  }

  /** A task that runs again, with the time of its first submission, finds its old place. */
  void add(WaitingTask task) {
    WaitingTask next = null;
    if (last != null && task.isBefore(last)) {
      next = first;
      while (next.isBefore(task)) {
        next = next.behind;
      }
    }
    task.behind = next;
    task.before = next == null ? last : next.before;
    link(task.before, task);
    linkBack(task, next);
    size++;
  }

  void remove(WaitingTask task) {
    link(task.before, task.behind);
    linkBack(task.before, task.behind);
    size--;
  }

  private void link(WaitingTask before, WaitingTask behind) {
    if (before == null) {
      first = behind;
    } else {
      before.behind = behind;
    }
  }

  private void linkBack(WaitingTask before, WaitingTask behind) {
    if (behind == null) {
      last = before;
    } else {
      behind.before = before;
    }
  }
}
