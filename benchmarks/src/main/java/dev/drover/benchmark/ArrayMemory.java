package dev.drover.benchmark;

import dev.drover.executor.HighThroughputExecutor;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A million no-op functions as one array, all queued at once, in a JVM whose heap the script
 * limits: how much heap the submitting side takes, and whether the last hundred thousand run as
 * fast as the first. The submitting side holds the interchange and the journal, if there is one.
 *
 * <pre>ArrayMemory NAME encrypted|clear TASKS WARM_UP_TASKS</pre>
 */
public final class ArrayMemory {
  private static final int PARTS = 10;

  private ArrayMemory() {}

  public static void main(String[] arguments) throws Exception {
    String name = arguments[0];
    int tasks = Integer.parseInt(arguments[2]);
    try (HighThroughputExecutor executor = TwoWorkers.start(TwoWorkers.encrypted(arguments[1]))) {
      run(executor, Integer.parseInt(arguments[3]));
      heapPools().forEach(MemoryPoolMXBean::resetPeakUsage);
      long[] ends = run(executor, tasks);
      double[] rates = new double[PARTS];
      for (int i = 0; i < PARTS; i++) {
        rates[i] = (double) tasks / PARTS / ((ends[i + 1] - ends[i]) / 1e9);
        Figures.print(name + ".rate." + (i + 1), rates[i]);
      }
      Figures.print(name + ".rate", tasks / ((ends[PARTS] - ends[0]) / 1e9));
      Figures.print(name + ".last-to-first", rates[PARTS - 1] / rates[0]);
      long peak = heapPools().mapToLong(pool -> pool.getPeakUsage().getUsed()).sum();
      Figures.print(name + ".peak-heap-mb", peak / 1e6);
    }
  }

  private static java.util.stream.Stream<MemoryPoolMXBean> heapPools() {
    return ManagementFactory.getMemoryPoolMXBeans().stream()
        .filter(pool -> pool.getType() == MemoryType.HEAP);
  }

  /** When it began, and when each tenth of the tasks had ended. */
  private static long[] run(HighThroughputExecutor executor, int tasks) throws Exception {
    long[] ends = new long[PARTS + 1];
    AtomicInteger ended = new AtomicInteger();
    AtomicInteger failed = new AtomicInteger();
    CountDownLatch all = new CountDownLatch(1);
    ends[0] = System.nanoTime();
    executor.callArray(
        index -> null,
        0,
        tasks,
        report -> {
          if (!report.outcome().ending().isSuccess()) {
            failed.incrementAndGet();
          }
          int count = ended.incrementAndGet();
          if (count % (tasks / PARTS) == 0) {
            ends[count / (tasks / PARTS)] = System.nanoTime();
          }
          if (count == tasks) {
            all.countDown();
          }
        });
    if (!all.await(10, TimeUnit.MINUTES) || failed.get() > 0) {
      throw new IllegalStateException(
          "%d of %d ended, %d failed".formatted(ended.get(), tasks, failed.get()));
    }
    return ends;
  }
}
