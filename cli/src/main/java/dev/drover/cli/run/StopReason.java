package dev.drover.cli.run;

import dev.drover.cli.console.ExitCode;

/** Why a run ends before all of its tasks have. */
public enum StopReason {
  /** A task failed under {@code --fail-fast}. */
  FAIL_FAST(ExitCode.TASKS_FAILED, "stopped at the first failure"),
  /** {@code drover cancel}. */
  CANCELLED(ExitCode.CANCELLED, "cancelled"),
  /** SIGTERM or SIGHUP. */
  TERMINATED(ExitCode.CANCELLED, "ended by a signal"),
  /** Ctrl-C. */
  INTERRUPTED(ExitCode.INTERRUPTED, "interrupted"),
  /** The engine takes no more work. */
  INFRASTRUCTURE(ExitCode.INFRASTRUCTURE, "given up");

  private final ExitCode exitCode;
  private final String words;

  StopReason(ExitCode exitCode, String words) {
    this.exitCode = exitCode;
    this.words = words;
  }

  /** With what the command ends. */
  public ExitCode exitCode() {
    return exitCode;
  }

  String words() {
    return words;
  }
}
