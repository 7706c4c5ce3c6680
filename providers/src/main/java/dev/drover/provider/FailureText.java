package dev.drover.provider;

import dev.drover.headnode.Command;
import dev.drover.headnode.CommandResult;
import java.util.List;

/**
 * The layout of a provider's error messages: what failed, the command, what it printed, the mend.
 */
final class FailureText {
  /** How much of a command's standard error a message shows, in lines from the end. */
  private static final int STDERR_LINES = 10;

  private FailureText() {}

  /** A failure before any command ran; one whose cause has a mend of its own gets no other. */
  static String of(String headline, String fix) {
    return fix.isEmpty() ? headline : headline + "\n  fix:     " + fix;
  }

  /** A failure in which the command gave no result. */
  static String of(String headline, Command command, String note, String fix) {
    return of(headline + "\n  command: " + command + note, fix);
  }

  /** A failure that the command's result tells of. */
  static String of(
      String headline, Command command, String note, CommandResult result, String fix) {
    List<String> lines = result.stderr().strip().lines().toList();
    String tail =
        String.join(
            "\n           ", lines.subList(Math.max(0, lines.size() - STDERR_LINES), lines.size()));
    return of(
        headline
            + "\n  command: "
            + command
            + note
            + "\n  stderr:  "
            + (tail.isEmpty() ? "(nothing)" : tail),
        fix);
  }
}
