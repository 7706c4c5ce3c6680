package dev.drover.interchange;

import dev.drover.submit.TaskBatch;
import dev.drover.task.ResourceRequest;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * The tasks that wait: lower priority numbers first, first in first out within one, kept apart by
 * what they ask for so that one that does not fit does not stop those that do. An array of a
 * million tasks waits as one object and its tasks are made as they leave. The loop's thread only.
 */
final class PendingTasks {
  /** The tasks of one priority that ask for the same. */
  static final class Lane {
    final ResourceRequest request;
    private final ArrayDeque<Object> queue = new ArrayDeque<>(); // Task or ArrayRest
    private long size;

    /** Tasks in the queue that were taken out of the middle; their places are passed over. */
    private int passedOver;

    Lane(ResourceRequest request) {
      this.request = request;
    }

    long size() {
      return size;
    }

    /** Id of the first task; {@link Long#MAX_VALUE} = none. */
    long headId() {
      skipDone();
      Object head = queue.peekFirst();
      if (head == null) {
        return Long.MAX_VALUE;
      }
      return head instanceof Task task ? task.id : ((ArrayRest) head).nextId;
    }

    private void skipDone() {
      while (queue.peekFirst() instanceof Task task && task.done) {
        queue.pollFirst();
        passedOver--;
      }
    }

    /** A task of the queue was taken out; its memory goes with half of the queue at the latest. */
    private void passOver() {
      passedOver++;
      if (passedOver * 2 >= queue.size()) {
        queue.removeIf(waiting -> waiting instanceof Task task && task.done);
        passedOver = 0;
      }
    }

    /** Puts tasks to the front, oldest first, also among those that were put back before. */
    private void putBack(List<Task> oldestFirst) {
      long newest = oldestFirst.get(oldestFirst.size() - 1).id;
      List<Task> front = new ArrayList<>(oldestFirst);
      skipDone();
      while (queue.peekFirst() instanceof Task task && task.id < newest) {
        front.add(task);
        queue.pollFirst();
        skipDone();
      }
      front.sort(Comparator.comparingLong(task -> task.id));
      for (int i = front.size() - 1; i >= 0; i--) {
        queue.addFirst(front.get(i));
      }
      size += oldestFirst.size();
    }
  }

  /** What is left of an array. */
  private static final class ArrayRest {
    final TaskBatch batch;
    final Submission.Past past;
    long nextId;
    long nextIndex;
    int left;

    ArrayRest(TaskBatch batch, Submission.Past past, long firstId) {
      this.batch = batch;
      this.past = past;
      this.nextId = firstId;
      this.nextIndex = batch.firstIndex();
      this.left = batch.count();
    }

    Task next() {
      left--;
      return new Task(nextId++, nextIndex++, batch, past);
    }
  }

  private final TreeMap<Integer, Map<ResourceRequest, Lane>> byPriority = new TreeMap<>();

  /**
   * Single tasks and those put back, by id; the tasks of an array that were never out are not here.
   */
  private final Map<Long, Task> singles = new HashMap<>();

  private long size;

  long size() {
    return size;
  }

  /** Priorities that have tasks, first to last, each with its lanes. */
  Collection<Map<ResourceRequest, Lane>> levels() {
    return byPriority.values();
  }

  void add(Submission submission) {
    TaskBatch batch = submission.batch();
    Lane lane = lane(batch);
    if (batch.firstIndex() < 0) {
      Task task = new Task(submission.firstId(), -1, batch, submission.past());
      singles.put(task.id, task);
      lane.queue.addLast(task);
    } else {
      lane.queue.addLast(new ArrayRest(batch, submission.past(), submission.firstId()));
    }
    lane.size += batch.count();
    size += batch.count();
  }

  /** Puts tasks that were already out back to the front; oldest first whatever their order here. */
  void putBack(List<Task> tasks) {
    Map<Lane, List<Task>> byLane = new LinkedHashMap<>();
    List<Task> oldestFirst = new ArrayList<>(tasks);
    oldestFirst.sort(Comparator.comparingLong(task -> task.id));
    for (Task task : oldestFirst) {
      byLane.computeIfAbsent(lane(task.batch), lane -> new ArrayList<>()).add(task);
      singles.put(task.id, task);
    }
    byLane.forEach(Lane::putBack);
    size += tasks.size();
  }

  private Lane lane(TaskBatch batch) {
    return byPriority
        .computeIfAbsent(batch.options().priority(), p -> new LinkedHashMap<>())
        .computeIfAbsent(batch.spec().resources(), Lane::new);
  }

  /** Takes the first task of a lane; the lane has one. */
  Task take(Lane lane) {
    lane.skipDone();
    Object head = lane.queue.peekFirst();
    Task task;
    if (head instanceof Task single) {
      lane.queue.pollFirst();
      singles.remove(single.id);
      task = single;
    } else {
      ArrayRest rest = (ArrayRest) head;
      task = rest.next();
      if (rest.left == 0) {
        lane.queue.pollFirst();
      }
    }
    lane.size--;
    size--;
    return task;
  }

  /** Drops lanes and priorities that are empty. */
  void tidy() {
    Iterator<Map<ResourceRequest, Lane>> levels = byPriority.values().iterator();
    while (levels.hasNext()) {
      Map<ResourceRequest, Lane> lanes = levels.next();
      lanes.values().removeIf(lane -> lane.size == 0);
      if (lanes.isEmpty()) {
        levels.remove();
      }
    }
  }

  /** Takes one task out of the queue by its id; null = it does not wait here. */
  Task remove(long id) {
    Task task = singles.remove(id);
    boolean isInQueue = task != null;
    if (task == null) {
      task = cutOut(id);
    }
    if (task == null) {
      return null;
    }
    task.done = true;
    Lane lane = lane(task.batch);
    lane.size--;
    size--;
    if (isInQueue) {
      lane.passOver();
    }
    return task;
  }

  /** Splits an array around one of its tasks. */
  private Task cutOut(long id) {
    for (Map<ResourceRequest, Lane> lanes : byPriority.values()) {
      for (Lane lane : lanes.values()) {
        for (Object waiting : lane.queue) {
          if (waiting instanceof ArrayRest rest
              && id >= rest.nextId
              && id < rest.nextId + rest.left) {
            Task task = new Task(id, rest.nextIndex + (id - rest.nextId), rest.batch, rest.past);
            split(lane, rest, id);
            return task;
          }
        }
      }
    }
    return null;
  }

  private static void split(Lane lane, ArrayRest rest, long id) {
    int before = (int) (id - rest.nextId);
    ArrayRest after = new ArrayRest(rest.batch, rest.past, id + 1);
    after.nextIndex = rest.nextIndex + before + 1;
    after.left = rest.left - before - 1;
    rest.left = before;
    List<Object> rebuilt = new ArrayList<>(lane.queue.size() + 1);
    for (Object waiting : lane.queue) {
      if (waiting != rest || before > 0) {
        rebuilt.add(waiting);
      }
      if (waiting == rest && after.left > 0) {
        rebuilt.add(after);
      }
    }
    lane.queue.clear();
    lane.queue.addAll(rebuilt);
  }

  /** Takes every task out, in order; the queue is empty afterwards. */
  void removeAll(Consumer<Task> consumer) {
    for (Map<ResourceRequest, Lane> lanes : byPriority.values()) {
      for (Lane lane : lanes.values()) {
        drain(lane, consumer);
      }
    }
    byPriority.clear();
  }

  /** Takes every task out that asks for what the lane holds. */
  void drain(Lane lane, Consumer<Task> consumer) {
    while (lane.headId() != Long.MAX_VALUE) {
      Task task = take(lane);
      task.done = true;
      consumer.accept(task);
    }
  }

  boolean contains(long id) {
    if (singles.containsKey(id)) {
      return true;
    }
    for (Map<ResourceRequest, Lane> lanes : byPriority.values()) {
      for (Lane lane : lanes.values()) {
        for (Object waiting : lane.queue) {
          if (waiting instanceof ArrayRest rest
              && id >= rest.nextId
              && id < rest.nextId + rest.left) {
            return true;
          }
        }
      }
    }
    return false;
  }
}
