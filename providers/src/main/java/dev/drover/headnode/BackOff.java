package dev.drover.headnode;

import java.time.Duration;

/** How long to wait before another attempt to connect. Pure. */
final class BackOff {
  private static final Duration FIRST = Duration.ofMillis(250);
  private static final Duration LONGEST = Duration.ofSeconds(30);

  /** A login that is refused again and again is an attack to many a server. */
  private static final Duration FIRST_LASTING = Duration.ofMinutes(1);

  private static final Duration LONGEST_LASTING = Duration.ofMinutes(10);

  private BackOff() {}

  /**
   * The pause: twice the one before, up to a limit.
   *
   * @param failures in a row, 1 or more
   * @param lasting whether the last one was of a kind that somebody has to mend
   */
  static Duration pause(int failures, boolean lasting) {
    Duration first = lasting ? FIRST_LASTING : FIRST;
    Duration longest = lasting ? LONGEST_LASTING : LONGEST;
    Duration pause = first.multipliedBy(1L << Math.min(failures - 1, 20));
    return pause.compareTo(longest) > 0 ? longest : pause;
  }
}
