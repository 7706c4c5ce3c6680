package dev.drover.headnode;

import static java.util.Objects.requireNonNull;

import dev.drover.template.ShellQuoting;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * A command for a head node.
 *
 * @param argv program and arguments; no shell reads them
 * @param timeout after which it is killed with all that it started; more than zero
 * @param stdin what it reads, as UTF-8; absent for nothing
 */
public record Command(List<String> argv, Duration timeout, Optional<String> stdin) {
  /** A word longer than this is shortened where a person reads it. */
  private static final int LONGEST_SHOWN_WORD = 200;

  public Command {
    argv = List.copyOf(argv);
    if (argv.isEmpty()) {
      throw new IllegalArgumentException("an empty command; give at least the program");
    }
    if (timeout.isNegative() || timeout.isZero()) {
      throw new IllegalArgumentException(
          "the timeout of "
              + argv.get(0)
              + " is "
              + timeout
              + "; give more than zero, such as PT30S");
    }
    requireNonNull(stdin, "stdin");
  }

  /** A command that reads nothing. */
  public static Command of(Duration timeout, List<String> argv) {
    return new Command(argv, timeout, Optional.empty());
  }

  /** The line as one would type it, long or many-lined words shortened. */
  @Override
  public String toString() {
    return argv.stream().map(Command::shown).collect(Collectors.joining(" "));
  }

  private static String shown(String word) {
    return word.indexOf('\n') >= 0 || word.length() > LONGEST_SHOWN_WORD
        ? "'…'"
        : ShellQuoting.quote(word);
  }
}
