package dev.drover.manager;

import dev.drover.protocol.BlockTime;
import java.time.Duration;
import org.slf4j.Logger;

/** Finds out when the manager's block ends: the job script says so, or an option. */
final class BlockEndReader {
  /** The block's end in seconds since the epoch, which the job script reckons as it starts. */
  static final String VARIABLE = "DROVER_BLOCK_END";

  /** A century: more is no time of a job. */
  private static final long MOST_SECONDS = 100L * 366 * 24 * 3600;

  private BlockEndReader() {}

  /**
   * @param variable of the environment; null = it is not set
   * @param startMillis when this manager started, since the epoch
   */
  static BlockTime read(String variable, long startMillis, WorkerPoolOptions options, Logger log) {
    if (variable != null && !variable.isBlank()) {
      long seconds = seconds(variable.strip());
      if (seconds * 1000 > startMillis && seconds - startMillis / 1000 < MOST_SECONDS) {
        return BlockTime.of(startMillis, seconds * 1000, options.killGrace());
      }
      log.warn(
          "{}={} is no time to come in seconds since the epoch: {}",
          VARIABLE,
          variable,
          options.walltime().isZero() ? "this block has no end" : "--walltime counts");
    }
    Duration walltime = options.walltime();
    return walltime.isZero()
        ? BlockTime.NONE
        : BlockTime.of(startMillis, startMillis + walltime.toMillis(), options.killGrace());
  }

  /** 0 = it is no number. */
  private static long seconds(String text) {
    return text.matches("[0-9]{1,12}") ? Long.parseLong(text) : 0;
  }
}
