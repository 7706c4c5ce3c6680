package dev.drover.cli.run;

import dev.drover.task.TaskId;
import java.util.Arrays;

/**
 * Remembers which task of the list got which id: 16 bytes for each submitted batch. Not
 * thread-safe; the conductor's lock guards it.
 */
final class SubmittedTasks {
  private long[] firstIds = new long[64];
  private int[] places = new int[64];
  private int[] offsets = new int[64];
  private int size;
  private long count;

  /** A task by its place in the list, and in its batch. */
  record Found(int place, int offset) {}

  /**
   * The next {@code tasks} ids belong to the batch at {@code place}, from its task {@code offset}.
   */
  void add(int place, int offset, int tasks) {
    if (size == places.length) {
      firstIds = Arrays.copyOf(firstIds, size * 2);
      places = Arrays.copyOf(places, size * 2);
      offsets = Arrays.copyOf(offsets, size * 2);
    }
    firstIds[size] = count + 1;
    places[size] = place;
    offsets[size] = offset;
    size++;
    count += tasks;
  }

  /** Number of tasks that have an id. */
  long count() {
    return count;
  }

  Found find(TaskId id) {
    if (id.value() > count) {
      throw new IllegalArgumentException("task " + id + " was never submitted");
    }
    int at = Arrays.binarySearch(firstIds, 0, size, id.value());
    int entry = at >= 0 ? at : -at - 2;
    return new Found(places[entry], offsets[entry] + (int) (id.value() - firstIds[entry]));
  }
}
