package dev.drover.benchmark;

import dev.drover.executor.HighThroughputExecutor;
import dev.drover.executor.TaskFuture;
import dev.drover.task.RemoteCall;
import java.util.ArrayDeque;
import java.util.Random;

/**
 * Functions that each carry their own 1 MiB of random bytes and return its length; a window of them
 * is under way at a time, so that memory does not grow with the run.
 *
 * <pre>PayloadThroughput NAME encrypted|clear MEBIBYTES ROUNDS</pre>
 */
public final class PayloadThroughput {
  private static final int BYTES = 1 << 20;
  private static final int WINDOW = 32;

  private PayloadThroughput() {}

  public static void main(String[] arguments) throws Exception {
    int tasks = Integer.parseInt(arguments[2]);
    double[] rates = new double[Integer.parseInt(arguments[3])];
    byte[] data = new byte[BYTES];
    new Random(1).nextBytes(data);
    try (HighThroughputExecutor executor = TwoWorkers.start(TwoWorkers.encrypted(arguments[1]))) {
      for (int i = 0; i < 2; i++) {
        rate(executor, data, tasks);
      }
      for (int i = 0; i < rates.length; i++) {
        rates[i] = rate(executor, data, tasks);
      }
      Figures.print(arguments[0], Figures.median(rates));
    }
  }

  /** Megabytes (10^6 bytes) a second. */
  private static double rate(HighThroughputExecutor executor, byte[] data, int tasks)
      throws Exception {
    long begin = System.nanoTime();
    ArrayDeque<TaskFuture<Integer>> window = new ArrayDeque<>(WINDOW);
    for (int i = 0; i < tasks; i++) {
      if (window.size() == WINDOW) {
        check(window.poll());
      }
      data[0] = (byte) i;
      window.add(executor.call(lengthOf(data)));
    }
    while (!window.isEmpty()) {
      check(window.poll());
    }
    return tasks * (BYTES / 1e6) / ((System.nanoTime() - begin) / 1e9);
  }

  private static RemoteCall<Integer> lengthOf(byte[] data) {
    return index -> data.length;
  }

  private static void check(TaskFuture<Integer> future) throws Exception {
    if (future.get() != BYTES) {
      throw new IllegalStateException("the payload came with another length");
    }
  }
}
