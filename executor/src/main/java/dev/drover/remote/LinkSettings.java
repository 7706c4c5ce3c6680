package dev.drover.remote;

import java.time.Duration;

/**
 * What a {@link SubmitterLink} decides by.
 *
 * @param heartbeatPeriod how often it says that it is alive, more than zero
 * @param silence after which the connection is taken to be lost, more than the period; also how
 *     long an answer to the first word is waited for
 * @param firstWait before it connects anew, after an attempt that failed; doubled each time
 * @param mostWait longest of these waits
 * @param endPatience how long the end of tasks, or of the run, that was asked for is waited for
 *     while there is no connection, or after the last report of an interchange that broke
 */
public record LinkSettings(
    Duration heartbeatPeriod,
    Duration silence,
    Duration firstWait,
    Duration mostWait,
    Duration endPatience) {
  /** A heartbeat in 3 s, lost after 12 s, waits of 0.5 s to 30 s, 20 s for an end. */
  public static final LinkSettings DEFAULT =
      new LinkSettings(
          Duration.ofSeconds(3),
          Duration.ofSeconds(12),
          Duration.ofMillis(500),
          Duration.ofSeconds(30),
          Duration.ofSeconds(20));

  public LinkSettings {
    if (heartbeatPeriod.isNegative()
        || heartbeatPeriod.isZero()
        || silence.compareTo(heartbeatPeriod) <= 0
        || firstWait.isNegative()
        || endPatience.isNegative()
        || mostWait.compareTo(firstWait) < 0) {
      throw new IllegalArgumentException(
          "heartbeat period %s, silence %s, waits of %s to %s"
              .formatted(heartbeatPeriod, silence, firstWait, mostWait));
    }
  }
}
