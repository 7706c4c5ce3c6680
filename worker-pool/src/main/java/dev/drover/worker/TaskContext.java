package dev.drover.worker;

import dev.drover.task.TaskId;

/**
 * What a Java task may ask about itself while it runs.
 *
 * @param attempt counts from 1
 * @param index place in its array, from 0; -1 = no array task
 */
public record TaskContext(TaskId id, int attempt, long index, WorkerPlace place) {
  private static final ThreadLocal<TaskContext> CURRENT = new ThreadLocal<>();

  /**
   * The task that runs on the calling thread. Threads that a task starts have none: hand the
   * context on.
   *
   * @throws IllegalStateException outside a task
   */
  public static TaskContext current() {
    TaskContext context = CURRENT.get();
    if (context == null) {
      throw new IllegalStateException(
          "no Drover task runs on thread "
              + Thread.currentThread().getName()
              + "; call TaskContext.current() on the task's own thread and hand its value on");
    }
    return context;
  }

  /** Whether the calling thread runs a task. */
  public static boolean isPresent() {
    return CURRENT.get() != null;
  }

  /** Rank of the worker on its node, from 0. */
  public int workerRank() {
    return place.rank();
  }

  /** Workers of the node. */
  public int workerCount() {
    return place.workerCount();
  }

  public String poolId() {
    return place.poolId();
  }

  /** The block that the node belongs to; empty = none. */
  public String blockId() {
    return place.blockId();
  }

  public String host() {
    return place.host();
  }

  static void enter(TaskContext context) {
    CURRENT.set(context);
  }

  static void leave() {
    CURRENT.set(null);
  }
}
