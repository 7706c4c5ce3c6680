package dev.drover.interchange;

import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;

/**
 * The tasks that are out with managers, by id: in pages of 64, since ids that follow one another
 * mostly go out and come back together. A task costs a reference, and collections of garbage leave
 * those of a page side by side in memory: with a quarter of a million tasks out, most of what they
 * cost is to fetch them from there. The loop's thread only.
 */
final class AssignedTasks {
  private static final int PAGE_BITS = 6;
  private static final int PAGE_SIZE = 1 << PAGE_BITS;

  private static final class Page {
    final Task[] tasks = new Task[PAGE_SIZE];
    int count;
  }

  private final Map<Long, Page> pages = new HashMap<>();
  private int size;

  /** The page that was asked for last; null = there is none of that number. */
  private Page last;

  private long lastNumber = -1;

  int size() {
    return size;
  }

  private Page page(long id) {
    long number = id >> PAGE_BITS;
    if (number != lastNumber) {
      lastNumber = number;
      last = pages.get(number);
    }
    return last;
  }

  private static int place(long id) {
    return (int) id & PAGE_SIZE - 1;
  }

  /** The task of this id; null = it is not out. */
  Task get(long id) {
    Page page = page(id);
    return page == null ? null : page.tasks[place(id)];
  }

  /** Shows every task. */
  void forEach(Consumer<Task> visitor) {
    for (Page page : pages.values()) {
      for (Task task : page.tasks) {
        if (task != null) {
          visitor.accept(task);
        }
      }
    }
  }

  /** Adds a task of an id that is not here. */
  void add(Task task) {
    Page page = page(task.id);
    if (page == null) {
      page = new Page();
      pages.put(lastNumber, page);
      last = page;
    }
    page.tasks[place(task.id)] = task;
    page.count++;
    size++;
  }

  /** Takes out the task of this id; one that is not here is none. */
  void remove(long id) {
    Page page = page(id);
    if (page == null || page.tasks[place(id)] == null) {
      return;
    }
    page.tasks[place(id)] = null;
    page.count--;
    size--;
    if (page.count == 0) {
      pages.remove(lastNumber);
      last = null;
    }
  }
}
