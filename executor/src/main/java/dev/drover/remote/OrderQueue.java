package dev.drover.remote;

import dev.drover.protocol.FromSubmitter;
import dev.drover.protocol.Order;
import dev.drover.protocol.SubmittedTasks;
import dev.drover.task.TaskSpec;
import dev.drover.task.TaskWork;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.TreeMap;

/**
 * The orders that are not known to be taken: numbered when they are sent first, sent again after
 * each loss. Submissions that wait are put together into messages; threads that submitted at once
 * may have come out of order, so they are put into that of their ids. Used by one thread.
 */
final class OrderQueue {
  private static final int MOST_TASKS = 2_000;
  private static final long MOST_BYTES = 512 * 1024;

  private final int window;

  /** Sent at least once, by number. */
  private final ArrayDeque<FromSubmitter.Ordered> numbered = new ArrayDeque<>();

  /** What was said and has no number yet; submissions one by one. */
  private final ArrayDeque<Object> unnumbered = new ArrayDeque<>();

  private final TreeMap<Long, SubmittedTasks> early = new TreeMap<>();
  private long lastNumber;
  private long taken;
  private long sent;
  private long nextId;

  /**
   * @param window orders that may be under way
   * @param lastId of the tasks that the run has already
   */
  OrderQueue(int window, long lastId) {
    this.window = window;
    this.nextId = lastId + 1;
  }

  void add(Order order) {
    unnumbered.add(order);
  }

  /** New tasks; held back until all of lower ids have come. */
  void submit(List<SubmittedTasks> tasks) {
    for (SubmittedTasks each : tasks) {
      if (each.firstId() == nextId) {
        nextId = each.lastId() + 1;
        unnumbered.add(each);
        while (!early.isEmpty() && early.firstKey() == nextId) {
          SubmittedTasks next = early.pollFirstEntry().getValue();
          nextId = next.lastId() + 1;
          unnumbered.add(next);
        }
      } else {
        early.put(each.firstId(), each);
      }
    }
  }

  /** Tasks of an earlier process, which the interchange may know or not; before all new ones. */
  void resubmit(List<SubmittedTasks> tasks) {
    unnumbered.addAll(tasks);
  }

  /** Highest id that was given. */
  long lastId() {
    return nextId - 1;
  }

  long taken() {
    return taken;
  }

  /** Orders up to this one need not be sent again. */
  void taken(long number) {
    taken = Math.max(taken, number);
    while (!numbered.isEmpty() && numbered.peekFirst().number() <= number) {
      numbered.pollFirst();
    }
  }

  /** A session begins: the other side has the orders up to this one, and the tasks up to that. */
  void restart(long received, long lastAccepted) {
    sent = received;
    Iterator<Object> each = unnumbered.iterator();
    while (each.hasNext()) {
      if (each.next() instanceof SubmittedTasks tasks && tasks.lastId() <= lastAccepted) {
        each.remove();
      }
    }
  }

  /** The next to send; null = there is none now. */
  FromSubmitter.Ordered next() {
    if (sent - taken >= window) {
      return null;
    }
    if (sent >= lastNumber) {
      Order order = nextUnnumbered();
      if (order == null) {
        return null;
      }
      numbered.add(new FromSubmitter.Ordered(++lastNumber, order));
    }
    sent++;
    if (sent == lastNumber) {
      return numbered.peekLast();
    }
    for (FromSubmitter.Ordered ordered : numbered) {
      if (ordered.number() == sent) {
        return ordered;
      }
    }
    throw new IllegalStateException("order " + sent + " was taken, and is sent again");
  }

  private Order nextUnnumbered() {
    if (unnumbered.isEmpty() || unnumbered.peekFirst() instanceof Order) {
      return (Order) unnumbered.pollFirst();
    }
    List<SubmittedTasks> tasks = new ArrayList<>();
    long bytes = 0;
    TaskSpec last = null;
    while (tasks.size() < MOST_TASKS
        && bytes < MOST_BYTES
        && unnumbered.peekFirst() instanceof SubmittedTasks next) {
      unnumbered.pollFirst();
      tasks.add(next);
      bytes += next.spec() == last ? 0 : weight(next.spec());
      last = next.spec();
    }
    return new Order.Submit(tasks);
  }

  private static long weight(TaskSpec spec) {
    return spec.work()
        .match(
            new TaskWork.Cases<Long>() {
              @Override
              public Long shell(TaskWork.Shell work) {
                long bytes = 50;
                for (String word : work.argv()) {
                  bytes += word.length();
                }
                for (var variable : work.env().entrySet()) {
                  bytes += variable.getKey().length() + variable.getValue().length();
                }
                return bytes;
              }

              @Override
              public Long java(TaskWork.Java work) {
                return 50L + work.function().size();
              }
            });
  }
}
