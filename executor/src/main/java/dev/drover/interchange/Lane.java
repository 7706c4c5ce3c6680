package dev.drover.interchange;

import dev.drover.task.ResourceRequest;
import java.util.ArrayList;
import java.util.List;

/**
 * The waiting tasks of one priority that ask for the same, apart by the time that they need, so
 * that one for which no manager has time left does not stop those behind it. The loop's thread
 * only.
 */
final class Lane {
  final ResourceRequest request;
  private final List<TaskQueue> queues = new ArrayList<>(1);

  Lane(ResourceRequest request) {
    this.request = request;
  }

  /** Never none; some may be empty. */
  List<TaskQueue> queues() {
    return queues;
  }

  long size() {
    if (queues.size() == 1) {
      return queues.get(0).size();
    }
    long size = 0;
    for (TaskQueue queue : queues) {
      size += queue.size();
    }
    return size;
  }

  TaskQueue queue(int key) {
    for (TaskQueue queue : queues) {
      if (queue.key == key) {
        return queue;
      }
    }
    TaskQueue queue = new TaskQueue(key);
    queues.add(queue);
    return queue;
  }

  /** The queue whose first task is the oldest; null = all are empty. */
  TaskQueue first() {
    if (queues.size() == 1) {
      return queues.get(0).size() == 0 ? null : queues.get(0);
    }
    return first(null, 0, 0, null);
  }

  /**
   * The same among those whose tasks can end in time; null = none.
   *
   * @param rounds tasks that must end one after the other, this one the last
   */
  TaskQueue first(TimeLeft time, int rounds, long now, TaskTimes times) {
    TaskQueue first = null;
    long firstId = Long.MAX_VALUE;
    for (TaskQueue queue : queues) {
      if (queue.size() > 0
          && queue.headId() < firstId
          && (time == null || time.fits(queue.needMicros(times), rounds, now))) {
        first = queue;
        firstId = queue.headId();
      }
    }
    return first;
  }

  /** Drops queues that are empty. */
  void tidy() {
    if (queues.size() > 1) {
      queues.removeIf(queue -> queue.size() == 0);
    }
  }
}
