package dev.drover.cli.doctor;

import java.io.IOException;
import java.time.Duration;
import java.util.Locale;

/** How far another clock is ahead of ours, and how far that may be wrong. */
record Skew(Duration ahead, Duration error) {
  /** More than this, beyond the error, is worth a warning. */
  private static final Duration LARGE = Duration.ofSeconds(5);

  /** From the time there, which is somewhere between the question and its answer. */
  static Skew of(There.Answer clock) throws IOException {
    Duration half = clock.took().dividedBy(2);
    try {
      long there = Math.round(1000 * Double.parseDouble(clock.of("now")));
      return new Skew(Duration.ofMillis(there - clock.begun().plus(half).toEpochMilli()), half);
    } catch (NumberFormatException e) {
      throw new IOException("date prints '" + clock.of("now") + "'", e);
    }
  }

  /**
   * The step that tells it.
   *
   * @param ours the clock that it is compared with, such as {@code this machine's}
   * @param fix what mends it
   */
  Step step(String name, String ours, String fix) {
    String found =
        String.format(
            Locale.ROOT,
            "%.2f s %s %s (± %.2f s)",
            ahead.abs().toMillis() / 1000.0,
            ahead.isNegative() ? "behind" : "ahead of",
            ours,
            error.toMillis() / 1000.0);
    return ahead.abs().minus(error).compareTo(LARGE) > 0
        ? Step.warn(name, found + ": times in reports and estimates will be off", fix)
        : Step.ok(name, found);
  }
}
