package dev.drover.interchange;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Consumer;

/**
 * Waiting tasks that ask for the same and need about the same time, first in first out. The loop's
 * thread only.
 */
final class TaskQueue {
  /**
   * What tells queues of one lane apart: the kind of the time limit, or, {@link TaskTimes#KINDS}
   * higher, of the time that an attempt had and that was too short.
   */
  final int key;

  private final ArrayDeque<Object> queue = new ArrayDeque<>(); // Task or ArrayRest
  private long needMicros;
  private long size;

  /** Tasks in the queue that were taken out of the middle; their places are passed over. */
  private int passedOver;

  TaskQueue(int key) {
    this.key = key;
  }

  /** Where a task waits. */
  static int keyOf(Task task) {
    return task.needSeconds == 0
        ? TaskTimes.kindOf(task.batch.spec())
        : TaskTimes.KINDS + 1 + Durations.bucket(needMicros(task));
  }

  private static long needMicros(Task task) {
    return task.needSeconds == 0
        ? TaskTimes.limitMicros(task.batch.spec())
        : task.needSeconds * 1_000_000L;
  }

  /** Microseconds that each of the tasks needs; 0 = nobody knows. */
  long needMicros(TaskTimes times) {
    return key < TaskTimes.KINDS ? times.needMicros(key, needMicros) : needMicros;
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

  void add(Task task) {
    queue.addLast(task);
    size++;
    if (key != TaskTimes.NO_LIMIT) {
      needMicros = Math.max(needMicros, needMicros(task));
    }
  }

  void add(ArrayRest rest) {
    queue.addLast(rest);
    size += rest.left;
    needMicros = Math.max(needMicros, TaskTimes.limitMicros(rest.batch.spec()));
  }

  /** Puts tasks to the front, oldest first, also among those that were put back before. */
  void putBack(List<Task> oldestFirst) {
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
    for (Task task : oldestFirst) {
      needMicros = Math.max(needMicros, needMicros(task));
    }
    size += oldestFirst.size();
  }

  /** Whether the first is a task that was out before or is of no array. */
  boolean headIsSingle() {
    skipDone();
    return queue.peekFirst() instanceof Task;
  }

  /** Takes the first task; there is one. */
  Task take() {
    skipDone();
    Object head = queue.peekFirst();
    size--;
    if (head instanceof Task single) {
      queue.pollFirst();
      return single;
    }
    ArrayRest rest = (ArrayRest) head;
    Task task = rest.next();
    if (rest.left == 0) {
      queue.pollFirst();
    }
    return task;
  }

  /** A single task of the queue was done; its memory goes with half of the queue at the latest. */
  void passOver() {
    size--;
    passedOver++;
    if (passedOver * 2 >= queue.size()) {
      queue.removeIf(waiting -> waiting instanceof Task task && task.done);
      passedOver = 0;
    }
  }

  /** Whether an array here has a task of this id. */
  boolean hasInArray(long id) {
    return arrayOf(id) != null;
  }

  private ArrayRest arrayOf(long id) {
    for (Object waiting : queue) {
      if (waiting instanceof ArrayRest rest && rest.has(id)) {
        return rest;
      }
    }
    return null;
  }

  /** Splits an array around one of its tasks, which is taken out; null = none has it. */
  Task cutOut(long id) {
    ArrayRest rest = arrayOf(id);
    if (rest == null) {
      return null;
    }
    Task task = rest.task(id);
    ArrayRest after = rest.cutAt(id);
    List<Object> rebuilt = new ArrayList<>(queue.size() + 1);
    for (Object waiting : queue) {
      if (waiting != rest || rest.left > 0) {
        rebuilt.add(waiting);
      }
      if (waiting == rest && after.left > 0) {
        rebuilt.add(after);
      }
    }
    queue.clear();
    queue.addAll(rebuilt);
    size--;
    return task;
  }

  /** Shows every task, in order. */
  void forEach(PendingTasks.Visitor visitor) {
    for (Object waiting : queue) {
      if (waiting instanceof ArrayRest rest) {
        visitor.array(rest.nextId, rest.left, rest.batch, rest.submittedMicros);
      } else if (waiting instanceof Task task && !task.done) {
        visitor.single(task);
      }
    }
  }

  /** Takes every task out, in order. */
  void drain(Consumer<Task> consumer) {
    while (headId() != Long.MAX_VALUE) {
      consumer.accept(take());
    }
  }
}
