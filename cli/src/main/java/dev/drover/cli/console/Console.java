package dev.drover.cli.console;

import java.io.InputStream;
import java.io.PrintStream;
import java.util.Objects;

/**
 * The streams of one command.
 *
 * @param out what was asked for, and nothing else
 * @param err progress, summaries, problems
 * @param errIsTerminal whether a person watches {@code err}
 * @param columns width of that terminal in characters, at least 20
 */
public record Console(
    InputStream in, PrintStream out, PrintStream err, boolean errIsTerminal, int columns) {
  private static final int DEFAULT_COLUMNS = 80;
  private static final int LEAST_COLUMNS = 20;

  public Console {
    Objects.requireNonNull(in);
    Objects.requireNonNull(out);
    Objects.requireNonNull(err);
    columns = Math.max(LEAST_COLUMNS, columns);
  }

  /**
   * The process's own streams. The {@code drover} script looks whether stderr is a terminal and how
   * wide it is, since Java cannot tell while stdout is redirected.
   */
  public static Console ofProcess() {
    return new Console(
        System.in,
        System.out,
        System.err,
        Boolean.getBoolean("drover.stderr.tty"),
        Integer.getInteger("drover.columns", DEFAULT_COLUMNS));
  }
}
