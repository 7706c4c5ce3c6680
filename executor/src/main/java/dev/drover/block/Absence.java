package dev.drover.block;

import java.time.Duration;

/**
 * Since when a scheduler that answers has said nothing of a job that has no manager. No answer of
 * this kind is an outcome by itself; when they agree for long enough, the job is given up. Pure.
 */
final class Absence {
  /** How long a scheduler may not know a job, while it answers, until the job is given up. */
  static final Duration LONGEST = Duration.ofMinutes(10);

  /** 0 = the job is known. */
  private long sinceNanos;

  /**
   * Takes in an answer of the scheduler.
   *
   * @param known whether it spoke of the job, or the job has a manager
   * @return whether the job is to be given up
   */
  boolean isTooLong(boolean known, long now) {
    if (known) {
      sinceNanos = 0;
    } else if (sinceNanos == 0) {
      sinceNanos = now;
    }
    return !known && now - sinceNanos > LONGEST.toNanos();
  }
}
