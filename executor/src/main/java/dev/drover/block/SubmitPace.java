package dev.drover.block;

import java.time.Duration;

/**
 * When the next block may be asked for: a token bucket, and a pause after trouble that doubles from
 * one trouble to the next. Pure: time comes with each call.
 */
final class SubmitPace {
  private static final Duration LONGEST_PAUSE = Duration.ofMinutes(5);

  private final BlockSettings.Pace pace;
  private double tokens;
  private long filledNanos;
  private boolean started;
  private int troubles;
  private long notBeforeNanos;
  private boolean pausing;

  SubmitPace(BlockSettings.Pace pace) {
    this.pace = pace;
    this.tokens = pace.burst();
  }

  /** How many blocks may be asked for now. */
  int allowed(long nowNanos) {
    if (pausing && nowNanos - notBeforeNanos < 0) {
      return 0;
    }
    pausing = false;
    if (pace.interval().isZero()) {
      return Integer.MAX_VALUE;
    }
    if (started) {
      double fresh = (double) (nowNanos - filledNanos) / pace.interval().toNanos();
      tokens = Math.min(pace.burst(), tokens + fresh);
    }
    started = true;
    filledNanos = nowNanos;
    return (int) tokens;
  }

  /** One was asked for. */
  void took() {
    tokens = Math.max(0, tokens - 1);
  }

  /** All is well again. */
  void succeeded() {
    troubles = 0;
    pausing = false;
  }

  /** A block was refused, failed, or was taken away: none is asked for until the pause is over. */
  void trouble(long nowNanos, Duration first) {
    long pause = first.toNanos() << Math.min(troubles, 16);
    troubles++;
    notBeforeNanos = nowNanos + Math.min(pause, LONGEST_PAUSE.toNanos());
    pausing = true;
  }
}
