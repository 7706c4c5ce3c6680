package dev.drover.interchange;

import java.util.Iterator;
import java.util.NoSuchElementException;

/**
 * The tasks that a manager has, in the order in which it got them. The links are in the tasks
 * themselves: with a quarter of a million tasks out, an object more for each is what collections
 * cost. The loop's thread only.
 */
final class ManagerTasks implements Iterable<Task> {
  private Task first;
  private Task last;
  private int size;

  int size() {
    return size;
  }

  boolean isEmpty() {
    return size == 0;
  }

  /** Adds a task that no manager has. */
  void add(Task task) {
    task.before = last;
    if (last == null) {
      first = task;
    } else {
      last.behind = task;
    }
    last = task;
    size++;
  }

  /** Takes out a task that is here. */
  void remove(Task task) {
    if (task.before == null) {
      first = task.behind;
    } else {
      task.before.behind = task.behind;
    }
    if (task.behind == null) {
      last = task.before;
    } else {
      task.behind.before = task.before;
    }
    task.before = null;
    task.behind = null;
    size--;
  }

  /** The one that was given last may be taken out meanwhile, and no other. */
  @Override
  public Iterator<Task> iterator() {
    return new Iterator<>() {
      private Task next = first;

      @Override
      public boolean hasNext() {
        return next != null;
      }

      @Override
      public Task next() {
        if (next == null) {
          throw new NoSuchElementException();
        }
        Task given = next;
        next = given.behind;
        return given;
      }
    };
  }
}
