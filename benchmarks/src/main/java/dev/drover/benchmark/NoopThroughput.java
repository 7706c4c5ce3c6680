package dev.drover.benchmark;

import dev.drover.executor.HighThroughputExecutor;
import dev.drover.executor.TaskFuture;
import java.util.ArrayList;
import java.util.List;

/**
 * Functions that do nothing, each submitted on its own and each with a future, all submitted before
 * the first is waited for; the time runs from the first submission to the last result.
 *
 * <pre>NoopThroughput NAME encrypted|clear TASKS ROUNDS WARM_UP_SECONDS</pre>
 */
public final class NoopThroughput {
  private NoopThroughput() {}

  public static void main(String[] arguments) throws Exception {
    int tasks = Integer.parseInt(arguments[2]);
    double[] rates = new double[Integer.parseInt(arguments[3])];
    long warmNanos = 1_000_000_000L * Integer.parseInt(arguments[4]);
    try (HighThroughputExecutor executor = TwoWorkers.start(TwoWorkers.encrypted(arguments[1]))) {
      long begin = System.nanoTime();
      do {
        rate(executor, tasks);
      } while (System.nanoTime() - begin < warmNanos);
      for (int i = 0; i < rates.length; i++) {
        rates[i] = rate(executor, tasks);
      }
      Figures.print(arguments[0], Figures.median(rates));
    }
  }

  private static double rate(HighThroughputExecutor executor, int tasks) throws Exception {
    long begin = System.nanoTime();
    List<TaskFuture<?>> futures = new ArrayList<>(tasks);
    for (int i = 0; i < tasks; i++) {
      futures.add(executor.submit(() -> {}));
    }
    for (TaskFuture<?> future : futures) {
      future.get();
    }
    return tasks / ((System.nanoTime() - begin) / 1e9);
  }
}
