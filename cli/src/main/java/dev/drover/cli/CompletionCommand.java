package dev.drover.cli;

import dev.drover.cli.console.Console;
import dev.drover.cli.console.ExitCode;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code drover completion}: what a shell reads to complete the words of {@code drover}. */
@Command(
    name = "completion",
    description = {
      "Print what makes a shell complete commands, options, sites and keys.",
      "",
      "The names of sites are those of the moment; print it anew for others.",
      ""
    },
    footerHeading = "%nExamples:%n",
    footer = {"  source <(drover completion bash)"})
final class CompletionCommand implements Callable<Integer> {
  /** A key is completed up to its {@code =}, and its value follows without a blank. */
  private static final String NO_BLANK_AFTER_EQUALS =
      """

      _complete_drover_words() {
        _complete_drover "$@"
        if [ "${#COMPREPLY[@]}" -eq 1 ] && [[ ${COMPREPLY[0]} == *= ]]; then
          compopt -o nospace 2> /dev/null || true
        fi
      }
      complete -F _complete_drover_words -o default drover ./drover
      """;

  private final Console console;
  private final Supplier<CommandLine> whole;

  /** The shells that are served. */
  private enum Shell {
    BASH
  }

  @Parameters(paramLabel = "SHELL", description = "bash; zsh can read the same after bashcompinit.")
  private Shell shell;

  /**
   * @param whole the command with all its subcommands
   */
  CompletionCommand(Console console, Supplier<CommandLine> whole) {
    this.console = console;
    this.whole = whole;
  }

  @Override
  public Integer call() {
    console.out().print(AutoComplete.bash("drover", whole.get()) + NO_BLANK_AFTER_EQUALS);
    return ExitCode.DONE.status();
  }
}
