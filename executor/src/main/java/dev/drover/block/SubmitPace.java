package dev.drover.block;

import java.time.Duration;

/**
 * When the next block may be asked for: a token bucket, and a pause after trouble that doubles from
 * one trouble to the next. Pure: time comes with each call.
 */
final class SubmitPace {
  private static final Duration LONGEST_PAUSE = Duration.ofMinutes(5);

  /** What makes the next submission wait, and for how long the first time. */
  enum Trouble {
    /** The scheduler did not take a block, for a reason that may pass. */
    REFUSED(Duration.ofSeconds(10)),
    /** A block failed, or was taken away, before anything ran in it. */
    FAILED(Duration.ofSeconds(1));

    private final Duration first;

    Trouble(Duration first) {
      this.first = first;
    }
  }

  private final BlockSettings.Pace pace;
  private double tokens;
  private long filledNanos;
  private boolean started;
  private final int[] troubles = new int[Trouble.values().length];
  private final long[] troubledNanos = new long[Trouble.values().length];
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

  /** That trouble is over: the next of its kind is a first one. */
  void over(Trouble kind) {
    troubles[kind.ordinal()] = 0;
  }

  /**
   * None is asked for until the pause is over; it doubles from one trouble of a kind to the next.
   * What is seen at the same moment, as of blocks that one command ended, is one trouble.
   */
  void trouble(Trouble kind, long nowNanos) {
    int number = kind.ordinal();
    if (troubles[number] > 0 && troubledNanos[number] == nowNanos) {
      return;
    }
    troubledNanos[number] = nowNanos;
    long pause = kind.first.toNanos() << Math.min(troubles[number]++, 16);
    notBeforeNanos = nowNanos + Math.min(pause, LONGEST_PAUSE.toNanos());
    pausing = true;
  }
}
