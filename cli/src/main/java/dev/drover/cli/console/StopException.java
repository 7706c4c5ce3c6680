package dev.drover.cli.console;

import java.util.Objects;

/**
 * Ends a command with a text for the user and an exit code. The text says what is wrong in its
 * first line and how to mend it in the next ones; it is printed as it is, without a stack trace.
 */
public final class StopException extends RuntimeException {
  private final ExitCode exitCode;

  private StopException(ExitCode exitCode, String text, Throwable cause) {
    super(Objects.requireNonNull(text), cause);
    this.exitCode = exitCode;
  }

  /** The user asked for something that cannot be: exit code 2. */
  public static StopException usage(String text) {
    return new StopException(ExitCode.USAGE, text, null);
  }

  /** Something around the run did not do its part: exit code 3. */
  public static StopException infrastructure(String text, Throwable cause) {
    return new StopException(ExitCode.INFRASTRUCTURE, text, cause);
  }

  public ExitCode exitCode() {
    return exitCode;
  }
}
