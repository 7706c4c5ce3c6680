package dev.drover.manager;

import java.time.Duration;

/**
 * How long a manager may live: when it takes no more tasks, and when it ends those that still run,
 * since its block ends. Times are microseconds of the loop's monotonic clock.
 */
final class LifeSpan {
  private static final long NEVER = Long.MAX_VALUE;

  /**
   * Schedulers count a job's time from before its script began and warn it with a TERM: one that
   * comes so shortly before the end is the end, of a short block no more than this part of it.
   */
  private static final long NEAR_MICROS = 60_000_000;

  private static final int NEAR_PART = 20;

  private final long drainMicros;
  private final long endMicros;
  private final long nearMicros;

  /**
   * @param drainPeriod how long after its start it drains; zero = never
   * @param tasksEndAfter how long after its start it ends what runs; zero = never
   */
  LifeSpan(long startedMicros, Duration drainPeriod, Duration tasksEndAfter) {
    this.drainMicros = after(startedMicros, drainPeriod);
    this.endMicros = after(startedMicros, tasksEndAfter);
    this.nearMicros = Math.min(NEAR_MICROS, tasksEndAfter.dividedBy(NEAR_PART).toNanos() / 1000);
  }

  private static long after(long startedMicros, Duration period) {
    return period.isZero() ? NEVER : startedMicros + period.toMillis() * 1000;
  }

  boolean isDrainDue(long now) {
    return now >= drainMicros;
  }

  boolean isOver(long now) {
    return now >= endMicros;
  }

  /** Whether who ends the manager from outside now does so because its block ends. */
  boolean isNearEnd(long now) {
    return endMicros != NEVER && now >= endMicros - nearMicros;
  }

  /**
   * Microseconds to the next of the two.
   *
   * @param isDraining whether only the end is still to come
   */
  long untilNext(long now, boolean isDraining) {
    return (isDraining ? endMicros : Math.min(drainMicros, endMicros)) - now;
  }
}
