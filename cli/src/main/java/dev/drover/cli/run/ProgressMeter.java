package dev.drover.cli.run;

import java.time.Duration;
import java.util.Optional;

/**
 * Smooths the rate at which tasks end: recent seconds weigh most, with a time constant of 20 s, and
 * a young run is not biased towards zero. Pure: time comes as an argument. Not thread-safe.
 */
final class ProgressMeter {
  private static final double TIME_CONSTANT_SECONDS = 20;

  private long lastNanos;
  private long lastEnded;
  private double weighted;
  private double weight;

  ProgressMeter(long startNanos, long alreadyEnded) {
    lastNanos = startNanos;
    lastEnded = alreadyEnded;
  }

  void update(long nowNanos, long ended) {
    double seconds = (nowNanos - lastNanos) / 1e9;
    if (seconds <= 0) {
      return;
    }
    double keep = Math.exp(-seconds / TIME_CONSTANT_SECONDS);
    weighted = weighted * keep + (ended - lastEnded) / seconds * (1 - keep);
    weight = weight * keep + (1 - keep);
    lastNanos = nowNanos;
    lastEnded = ended;
  }

  /** Tasks a second; 0 = none ended yet. */
  double rate() {
    return weight == 0 ? 0 : weighted / weight;
  }

  /** How long the open tasks will take at this rate; empty = nobody can tell. */
  Optional<Duration> remaining(long open) {
    double rate = rate();
    if (rate <= 0 || open / rate > Duration.ofDays(3650).toSeconds()) {
      return Optional.empty();
    }
    return Optional.of(Duration.ofMillis(Math.round(open / rate * 1000)));
  }
}
