package dev.drover.benchmark;

import dev.drover.executor.HighThroughputExecutor;
import dev.drover.site.SiteKeys;
import java.io.IOException;
import java.nio.file.Path;

/** The executor that rows measure: this machine, one manager in its own process, two workers. */
final class TwoWorkers {
  private TwoWorkers() {}

  /** Starts it; run directories go under the current directory. */
  static HighThroughputExecutor start(boolean encrypted) throws IOException {
    return HighThroughputExecutor.onSite("local")
        .set(SiteKeys.WORKER_MAX_PER_NODE, 2)
        .set(SiteKeys.WORKER_CORES_PER_WORKER, 0.5)
        .set(SiteKeys.EXECUTOR_ENCRYPTED, encrypted)
        .runsIn(Path.of("drover-runs"))
        .name("benchmark")
        .start();
  }

  /** Reads {@code encrypted} or {@code clear}. */
  static boolean encrypted(String word) {
    if (!word.equals("encrypted") && !word.equals("clear")) {
      throw new IllegalArgumentException("'encrypted' or 'clear', not '" + word + "'");
    }
    return word.equals("encrypted");
  }
}
