package dev.drover.benchmark;

import dev.drover.executor.HighThroughputExecutor;
import java.util.Arrays;

/**
 * One function at a time, from the submission to the value in the caller's hands.
 *
 * <pre>RoundTrip NAME encrypted|clear TASKS</pre>
 */
public final class RoundTrip {
  private static final int WARM_UP = 10_000;

  private RoundTrip() {}

  public static void main(String[] arguments) throws Exception {
    double[] millis = new double[Integer.parseInt(arguments[2])];
    try (HighThroughputExecutor executor = TwoWorkers.start(TwoWorkers.encrypted(arguments[1]))) {
      for (int i = -WARM_UP; i < millis.length; i++) {
        long begin = System.nanoTime();
        executor.submit(() -> {}).get();
        if (i >= 0) {
          millis[i] = (System.nanoTime() - begin) / 1e6;
        }
      }
      Arrays.sort(millis);
      Figures.print(arguments[0] + ".median", Figures.median(millis));
      Figures.print(arguments[0] + ".p95", Figures.percentile(millis, 0.95));
      Figures.print(arguments[0] + ".p99", Figures.percentile(millis, 0.99));
    }
  }
}
