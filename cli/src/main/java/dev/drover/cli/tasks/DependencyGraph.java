package dev.drover.cli.tasks;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Knows which tasks wait for which, by their places in a {@link TaskList}: releases a task when all
 * that it comes after succeeded, and dooms it when one of them did not. Holds only tasks that wait
 * or are waited for, so a list without {@code after} costs nothing. Not thread-safe; it has no
 * cycles because {@link JsonTaskFile} refuses them.
 */
public final class DependencyGraph {
  private final Map<Integer, List<Integer>> children = new HashMap<>();
  private final Map<Integer, Integer> missing = new HashMap<>();

  public DependencyGraph(Map<Integer, List<Integer>> after) {
    after.forEach(
        (task, parents) -> {
          missing.put(task, parents.size());
          for (Integer parent : parents) {
            children.computeIfAbsent(parent, p -> new ArrayList<>()).add(task);
          }
        });
    children.values().forEach(list -> list.sort(null));
  }

  /** A task that will never run, and the one that it waited for in vain. */
  public record Doomed(int task, int parent) {}

  /** Whether the task still waits for another. */
  public boolean isWaiting(int task) {
    return missing.containsKey(task);
  }

  /** How many tasks still wait. */
  public int waiting() {
    return missing.size();
  }

  /** The task succeeded: gives those that wait for nothing more, in the order of the list. */
  public List<Integer> succeeded(int task) {
    List<Integer> waiters = children.remove(task);
    if (waiters == null) {
      return List.of();
    }
    List<Integer> released = new ArrayList<>();
    for (Integer waiter : waiters) {
      Integer left = missing.get(waiter);
      if (left == null) {
        continue;
      }
      if (left == 1) {
        missing.remove(waiter);
        released.add(waiter);
      } else {
        missing.put(waiter, left - 1);
      }
    }
    return released;
  }

  /** The task failed for good: gives all that can never run now, nearest first, each once. */
  public List<Doomed> failed(int task) {
    List<Doomed> doomed = new ArrayList<>();
    ArrayDeque<Integer> failed = new ArrayDeque<>(List.of(task));
    while (!failed.isEmpty()) {
      int parent = failed.remove();
      List<Integer> waiters = children.remove(parent);
      if (waiters == null) {
        continue;
      }
      for (Integer waiter : waiters) {
        if (missing.remove(waiter) != null) {
          doomed.add(new Doomed(waiter, parent));
          failed.add(waiter);
        }
      }
    }
    return doomed;
  }
}
