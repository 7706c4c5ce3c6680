package dev.drover.worker;

import dev.drover.task.TaskId;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ForkJoinWorkerThread;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the log once of each thread that a task leaves running. Costs one read of the JVM's count
 * of started threads when a task started none.
 *
 * <p>Confined to the runner's thread.
 */
final class LeftThreads {
  private static final Logger LOG = LoggerFactory.getLogger(LeftThreads.class);
  private static final int MOST_REPORTS = 20;

  private final ThreadMXBean threads = ManagementFactory.getThreadMXBean();
  private final Set<Thread> known = Collections.newSetFromMap(new WeakHashMap<>());
  private long started;
  private int reports;

  LeftThreads() {
    known.addAll(running());
    started = threads.getTotalStartedThreadCount();
  }

  /** The threads that are left and were not told of before. */
  List<Thread> report(TaskId task) {
    long startedNow = threads.getTotalStartedThreadCount();
    if (startedNow == started) {
      return List.of();
    }
    started = startedNow;
    List<Thread> left = new ArrayList<>();
    for (Thread thread : running()) {
      if (known.add(thread) && !isExpected(thread)) {
        left.add(thread);
      }
    }
    if (!left.isEmpty() && reports < MOST_REPORTS) {
      reports++;
      LOG.warn(
          "task {} left {} thread(s) running in this worker: {}; fix: join them or shut their pool"
              + " down before the function returns{}",
          task,
          left.size(),
          left.stream().limit(5).map(Thread::getName).toList(),
          reports == MOST_REPORTS ? " (such threads are not reported any more)" : "");
    }
    return left;
  }

  private static List<Thread> running() {
    ThreadGroup group = Thread.currentThread().getThreadGroup();
    Thread[] found = new Thread[group.activeCount() + 16];
    int count = group.enumerate(found);
    while (count == found.length) {
      found = new Thread[2 * count];
      count = group.enumerate(found);
    }
    return List.of(Arrays.copyOf(found, count));
  }

  private static boolean isExpected(Thread thread) {
    return thread.getName().startsWith("drover-") // this worker's own
        || thread.getName().equals("CompletableFutureDelayScheduler")
        || thread instanceof ForkJoinWorkerThread worker
            && worker.getPool() == ForkJoinPool.commonPool();
  }
}
