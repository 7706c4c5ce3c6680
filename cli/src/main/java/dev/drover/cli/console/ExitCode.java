package dev.drover.cli.console;

/** What the command's exit status tells a script; the numbers never change. */
public enum ExitCode {
  /** All tasks succeeded, or the question was answered. */
  DONE(0),
  /** The run went to its end, and some tasks did not succeed. */
  TASKS_FAILED(1),
  /** The command line, the task file or the site is wrong; nothing was started. */
  USAGE(2),
  /** Nodes, scheduler, disk or network did not do their part. */
  INFRASTRUCTURE(3),
  /** Tasks or the run were cancelled: by {@code drover cancel}, SIGTERM or SIGHUP. */
  CANCELLED(4),
  /** Ctrl-C. */
  INTERRUPTED(130);

  private final int status;

  ExitCode(int status) {
    this.status = status;
  }

  /** The number that the process exits with. */
  public int status() {
    return status;
  }
}
