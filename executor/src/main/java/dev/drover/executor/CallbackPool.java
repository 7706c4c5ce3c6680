package dev.drover.executor;

import dev.drover.submit.Completion;
import dev.drover.submit.TaskReport;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs completions off the loops, in the order in which tasks ended while nobody blocks. A
 * completion that waits for another task does not stop the rest: a second thread takes over.
 */
final class CallbackPool implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(CallbackPool.class);

  private static final long LOOK_MILLIS = 5;

  private record Due(TaskReport report, Completion completion) {}

  private final ConcurrentLinkedQueue<Due> queue = new ConcurrentLinkedQueue<>();

  /** One: who holds it runs what is due. */
  private final AtomicInteger permits = new AtomicInteger(1);

  /** As many threads as completions run that may block, and one; a free thread takes the next. */
  private final ThreadPoolExecutor pool =
      new ThreadPoolExecutor(
          0,
          Integer.MAX_VALUE,
          10,
          TimeUnit.SECONDS,
          new SynchronousQueue<>(),
          task -> {
            Thread thread = new Thread(task, "drover-callback");
            thread.setDaemon(true);
            return thread;
          });

  void add(TaskReport report, Completion completion) {
    queue.add(new Due(report, completion));
    wakeRunner();
  }

  private void wakeRunner() {
    if (tryAcquire()) {
      try {
        pool.execute(this::drain);
      } catch (RuntimeException | Error e) { // no thread can be had: the next one tries again
        permits.incrementAndGet();
        log.error("completions wait for a thread", e);
      }
    }
  }

  private boolean tryAcquire() {
    int free;
    do {
      free = permits.get();
      if (free <= 0) {
        return false;
      }
    } while (!permits.compareAndSet(free, free - 1));
    return true;
  }

  private void release() {
    permits.incrementAndGet();
    if (!queue.isEmpty()) {
      wakeRunner();
    }
  }

  /** Holds the permit but for the time of users' code. */
  private void drain() {
    Due due;
    while ((due = queue.poll()) != null) {
      boolean mayBlock = due.completion().mayBlock();
      if (mayBlock) {
        release();
      }
      try {
        due.completion().complete(due.report());
      } catch (RuntimeException | Error e) {
        log.error("the completion of task {} threw", due.report().id(), e);
      }
      if (mayBlock && !tryAcquire()) {
        return; // another thread took over
      }
    }
    release();
  }

  /** Lets what is due run, then ends; waits at most ten seconds for users' code. */
  @Override
  public void close() {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
    try {
      // In this order: what is no longer in the queue is with a thread that is active.
      while (!queue.isEmpty() || pool.getActiveCount() > 0) {
        if (System.nanoTime() - end >= 0) {
          log.warn("callbacks still run; they are left to themselves");
          break;
        }
        if (!queue.isEmpty()) {
          wakeRunner();
        }
        Thread.sleep(LOOK_MILLIS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    pool.shutdown();
  }
}
