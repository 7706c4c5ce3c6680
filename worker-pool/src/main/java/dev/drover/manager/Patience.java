package dev.drover.manager;

import java.time.Duration;

/**
 * How long a manager bears silence, as its interchange wants it; reckoned once, since every turn of
 * the loop asks. Microseconds.
 *
 * @param heartbeat what it says something itself after
 * @param registerAgain silence of the interchange after which it registers again: three missed
 *     signs of life, and early enough to be heard before the fence
 * @param fence silence after which it ends its tasks: well before the interchange gives them to
 *     others. Whole seconds, since that is what the guardian counts
 * @param standstill a turn that takes longer says that the process stood still
 * @param beat how often the guardian hears of it
 */
record Patience(long heartbeat, long registerAgain, long fence, long standstill, long beat) {
  /** Part of the interchange's threshold after which tasks are ended here. */
  private static final double FENCE = 0.6;

  private static final long SECOND = 1_000_000;

  /** Until an interchange has said what it wants. */
  static final Patience DEFAULT = of(Duration.ofSeconds(30), Duration.ofSeconds(120));

  /** Of an interchange that wants a sign of life each period, and gives up after the threshold. */
  static Patience of(Duration heartbeatPeriod, Duration heartbeatThreshold) {
    long heartbeat = heartbeatPeriod.toNanos() / 1_000;
    long fence = Math.max(1, (long) (heartbeatThreshold.toMillis() * FENCE / 1_000)) * SECOND;
    return new Patience(
        heartbeat,
        Math.min(3 * heartbeat, fence * 2 / 3),
        fence,
        fence / 2,
        Math.min(SECOND, fence / 5));
  }

  Duration fenceAfter() {
    return Duration.ofSeconds(fence / SECOND);
  }
}
