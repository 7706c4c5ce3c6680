package dev.drover.cli.run;

import dev.drover.cli.console.Console;
import java.nio.file.Path;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options that {@code run} and {@code resume} share. */
final class ShowOptions {
  /** What {@code --progress} takes. */
  enum ProgressChoice {
    AUTO,
    PLAIN,
    NONE
  }

  @Mixin ChosenSite site = new ChosenSite();

  @Option(
      names = "--jobs-log",
      paramLabel = "FILE",
      order = 20,
      description = "Write a line for each ended task, in GNU parallel's job log format.")
  Path jobsLog;

  @ArgGroup(order = 21)
  OnFailure onFailure = new OnFailure();

  /** One of the two. */
  static final class OnFailure {
    @Option(
        names = "--keep-going",
        order = 21,
        description = "Run all tasks, whatever fails (the default).")
    boolean keepGoing;

    @Option(
        names = "--fail-fast",
        order = 22,
        description = "End the run at the first failed task.")
    boolean failFast;
  }

  @Option(
      names = "--progress",
      paramLabel = "auto|plain|none",
      order = 23,
      description =
          "On stderr: a live line on a terminal and else plain lines, always plain lines, or nothing.")
  ProgressChoice progress;

  @Option(
      names = "--json",
      order = 24,
      description = "Print the summary as one JSON object on stdout; no progress unless asked for.")
  boolean json;

  Progress.Mode mode(Console console) {
    ProgressChoice choice =
        progress != null ? progress : json ? ProgressChoice.NONE : ProgressChoice.AUTO;
    return switch (choice) {
      case AUTO -> console.errIsTerminal() ? Progress.Mode.LIVE : Progress.Mode.PLAIN;
      case PLAIN -> Progress.Mode.PLAIN;
      case NONE -> Progress.Mode.NONE;
    };
  }
}
