package dev.drover.interchange;

import java.util.Iterator;
import java.util.NoSuchElementException;

/**
 * Managers that wait for something, longest waiting first. Each is in one queue at most, and the
 * links are in the managers themselves: with thousands of them that come and go with every message,
 * an entry object for each is what collections cost. The loop's thread only.
 */
final class ManagerQueue implements Iterable<Manager> {
  private Manager first;
  private Manager last;
  private int size;
  private long freeSlots;

  /** Moves a manager to the end of a queue, from whichever it is in; null = into none. */
  static void move(Manager manager, ManagerQueue to) {
    if (manager.queue != null) {
      manager.queue.remove(manager);
    }
    if (to != null) {
      to.add(manager);
    }
  }

  /** The same, but a manager that is there already keeps its place. */
  static void keep(Manager manager, ManagerQueue in) {
    if (manager.queue != in) {
      move(manager, in);
    } else if (in != null) {
      in.freeSlots += manager.freeSlots() - manager.queuedSlots;
      manager.queuedSlots = manager.freeSlots();
    }
  }

  int size() {
    return size;
  }

  boolean isEmpty() {
    return size == 0;
  }

  /** Of all that are here, as they were when they were last moved or kept. */
  long freeSlots() {
    return freeSlots;
  }

  private void add(Manager manager) {
    manager.queue = this;
    manager.queuedSlots = manager.freeSlots();
    manager.ahead = last;
    if (last == null) {
      first = manager;
    } else {
      last.behind = manager;
    }
    last = manager;
    size++;
    freeSlots += manager.queuedSlots;
  }

  private void remove(Manager manager) {
    if (manager.ahead == null) {
      first = manager.behind;
    } else {
      manager.ahead.behind = manager.behind;
    }
    if (manager.behind == null) {
      last = manager.ahead;
    } else {
      manager.behind.ahead = manager.ahead;
    }
    manager.queue = null;
    manager.ahead = null;
    manager.behind = null;
    size--;
    freeSlots -= manager.queuedSlots;
  }

  /** The one that was given last may be moved meanwhile, and no other. */
  @Override
  public Iterator<Manager> iterator() {
    return new Iterator<>() {
      private Manager next = first;

      @Override
      public boolean hasNext() {
        return next != null;
      }

      @Override
      public Manager next() {
        if (next == null) {
          throw new NoSuchElementException();
        }
        Manager given = next;
        next = given.behind;
        return given;
      }
    };
  }
}
