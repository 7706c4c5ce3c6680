package dev.drover.remote;

import java.time.Duration;

/**
 * What a {@link SubmissionServer} decides by.
 *
 * @param silence after which a submitter that says nothing is taken to be away, more than zero
 * @param abandonAfter how long without any submitter until the run is given up and its blocks are
 *     given back; zero = never
 * @param stoppedAfter the same for a run that was stopped and has nothing to do any more
 * @param mostReports that are under way and not acknowledged, at least 1
 * @param mostReportBytes of these reports together; one is sent whatever its size
 */
public record ServerSettings(
    Duration silence,
    Duration abandonAfter,
    Duration stoppedAfter,
    int mostReports,
    long mostReportBytes) {
  public ServerSettings {
    if (silence.isNegative()
        || silence.isZero()
        || abandonAfter.isNegative()
        || stoppedAfter.isNegative()
        || mostReports < 1) {
      throw new IllegalArgumentException(
          "silence %s, abandon after %s, %d reports".formatted(silence, abandonAfter, mostReports));
    }
  }

  /** Fifteen seconds of silence; room for what a second of a long line holds. */
  public static ServerSettings abandoningAfter(Duration time) {
    return new ServerSettings(
        Duration.ofSeconds(15), time, Duration.ofMinutes(1), 20_000, 16 << 20);
  }
}
