package dev.drover.headnode;

import static java.util.Objects.requireNonNull;

import java.time.Duration;

/**
 * What became of a command.
 *
 * @param exitCode 127 if the program was not found, 126 if it may not be run, 137 if the timeout
 *     killed it
 * @param stdout what it printed; of very much, the last part from a line's beginning
 * @param stderr the same of its standard error
 * @param duration how long it ran
 * @param timedOut whether it was killed because its time was up
 */
public record CommandResult(
    int exitCode, String stdout, String stderr, Duration duration, boolean timedOut) {
  public CommandResult {
    requireNonNull(stdout, "stdout");
    requireNonNull(stderr, "stderr");
    requireNonNull(duration, "duration");
  }

  /** Whether it ended by itself, with exit code zero. */
  public boolean succeeded() {
    return exitCode == 0 && !timedOut;
  }
}
