package dev.drover.task;

/**
 * Names one task within a run; ids are dense and count up from 1 in the order of submission, so
 * that they also give first-in-first-out order.
 */
public record TaskId(long value) implements Comparable<TaskId> {
  public TaskId {
    if (value < 1) {
      throw new IllegalArgumentException("a task id counts from 1, not " + value);
    }
  }

  @Override
  public int compareTo(TaskId other) {
    return Long.compare(value, other.value);
  }

  @Override
  public String toString() {
    return Long.toString(value);
  }
}
