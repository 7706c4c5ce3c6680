package dev.drover.interchange;

import dev.drover.submit.TaskBatch;
import dev.drover.task.ResourceRequest;
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
  private final TreeMap<Integer, Map<ResourceRequest, Lane>> byPriority = new TreeMap<>();

  /**
   * Single tasks and those put back, by id; the tasks of an array that were never out are not here.
   */
  private final Map<Long, Task> singles = new HashMap<>();

  /** Arrays that may have tasks left, by the id of their first task. */
  private final TreeMap<Long, TaskBatch> arrays = new TreeMap<>();

  private long size;

  long size() {
    return size;
  }

  /** Priorities that have tasks, first to last, each with its lanes. */
  Collection<Map<ResourceRequest, Lane>> levels() {
    return byPriority.values();
  }

  /** Adds tasks that were submitted now. */
  void add(Submission submission, long nowMicros) {
    TaskBatch batch = submission.batch();
    if (batch.firstIndex() < 0) {
      Task task = new Task(submission.firstId(), -1, batch, submission.past(), nowMicros);
      singles.put(task.id, task);
      queue(task).add(task);
    } else {
      arrayQueue(batch).add(new ArrayRest(submission, nowMicros));
      arrays.put(submission.firstId(), batch);
    }
    size += batch.count();
  }

  /** Puts tasks that were already out back to the front; oldest first whatever their order here. */
  void putBack(List<Task> tasks) {
    Map<TaskQueue, List<Task>> byQueue = new LinkedHashMap<>();
    List<Task> oldestFirst = new ArrayList<>(tasks);
    oldestFirst.sort(Comparator.comparingLong(task -> task.id));
    for (Task task : oldestFirst) {
      byQueue.computeIfAbsent(queue(task), queue -> new ArrayList<>()).add(task);
      singles.put(task.id, task);
    }
    byQueue.forEach(TaskQueue::putBack);
    size += tasks.size();
  }

  private Lane lane(TaskBatch batch) {
    return byPriority
        .computeIfAbsent(batch.options().priority(), p -> new LinkedHashMap<>())
        .computeIfAbsent(batch.spec().resources(), Lane::new);
  }

  private TaskQueue arrayQueue(TaskBatch batch) {
    return lane(batch).queue(TaskTimes.kindOf(batch.spec()));
  }

  private TaskQueue queue(Task task) {
    return lane(task.batch).queue(TaskQueue.keyOf(task));
  }

  /** Takes the first task of a lane; the lane has one. */
  Task take(Lane lane) {
    return take(lane.first());
  }

  /** Takes the first task of a queue; the queue has one. */
  Task take(TaskQueue queue) {
    boolean isSingle = queue.headIsSingle();
    Task task = queue.take();
    if (isSingle) {
      singles.remove(task.id);
    } else {
      leftArray(task);
    }
    size--;
    return task;
  }

  /** The last task of an array leaves last, unless one was taken out of the middle. */
  private void leftArray(Task task) {
    if (task.index == task.batch.firstIndex() + task.batch.count() - 1) {
      arrays.remove(task.id - task.batch.count() + 1);
    }
  }

  /** Takes the task of this id, from wherever it stands; it waits here. */
  Task take(long id) {
    Task single = singles.get(id);
    TaskQueue queue = single == null ? queueOf(id) : queue(single);
    if (queue.headId() == id) {
      return take(queue);
    }
    size--;
    if (single == null) {
      Task cut = queue.cutOut(id);
      leftArray(cut);
      return cut;
    }
    singles.remove(id);
    single.done = true; // as long as its place in the queue is passed over
    queue.passOver();
    return new Task(single);
  }

  /** Is told of waiting tasks. */
  interface Visitor {
    /** These wait: {@code count} of a batch, with ids from {@code firstId} on. */
    void array(long firstId, int count, TaskBatch batch, long submittedMicros);

    /** This one waits. */
    void single(Task task);
  }

  /** Shows all that wait, of each queue in its order. */
  void forEach(Visitor visitor) {
    for (Map<ResourceRequest, Lane> lanes : byPriority.values()) {
      for (Lane lane : lanes.values()) {
        lane.queues().forEach(queue -> queue.forEach(visitor));
      }
    }
  }

  /** Drops lanes and priorities that are empty. */
  void tidy() {
    Iterator<Map<ResourceRequest, Lane>> levels = byPriority.values().iterator();
    while (levels.hasNext()) {
      Map<ResourceRequest, Lane> lanes = levels.next();
      lanes.values().removeIf(lane -> lane.size() == 0);
      lanes.values().forEach(Lane::tidy);
      if (lanes.isEmpty()) {
        levels.remove();
      }
    }
  }

  /** Takes one task out of the queue by its id; null = it does not wait here. */
  Task remove(long id) {
    Task task = singles.remove(id);
    if (task != null) {
      task.done = true;
      queue(task).passOver();
    } else {
      task = cutOut(id);
    }
    if (task != null) {
      task.done = true;
      size--;
    }
    return task;
  }

  private Task cutOut(long id) {
    TaskQueue queue = queueOf(id);
    return queue == null ? null : queue.cutOut(id);
  }

  /** Takes every task out, in order; the queue is empty afterwards. */
  void removeAll(Consumer<Task> consumer) {
    for (Map<ResourceRequest, Lane> lanes : byPriority.values()) {
      for (Lane lane : lanes.values()) {
        drain(lane, consumer);
      }
    }
    byPriority.clear();
    arrays.clear();
  }

  /** Takes every task out that asks for what the lane holds. */
  void drain(Lane lane, Consumer<Task> consumer) {
    for (TaskQueue queue = lane.first(); queue != null; queue = lane.first()) {
      Task task = take(queue);
      task.done = true;
      consumer.accept(task);
    }
  }

  boolean contains(long id) {
    return queueOf(id) != null;
  }

  /** The single task, or one that was out before, that waits here; null = none of this id. */
  Task single(long id) {
    return singles.get(id);
  }

  /** The queue in which a task waits; null = it does not. */
  TaskQueue queueOf(long id) {
    Task single = singles.get(id);
    if (single != null) {
      return queue(single);
    }
    Map.Entry<Long, TaskBatch> array = arrays.floorEntry(id);
    if (array != null) {
      TaskQueue queue = arrayQueue(array.getValue());
      if (queue.hasInArray(id)) {
        return queue;
      }
    }
    for (Map<ResourceRequest, Lane> lanes : byPriority.values()) {
      for (Lane lane : lanes.values()) {
        for (TaskQueue queue : lane.queues()) {
          if (queue.hasInArray(id)) {
            return queue;
          }
        }
      }
    }
    return null;
  }
}
