package dev.drover.cli.run;

import dev.drover.cli.console.Console;
import dev.drover.cli.inspect.RunDirectories;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code drover resume}: goes on with a run that stopped. */
@Command(
    name = "resume",
    sortOptions = false,
    description = {
      "Go on with a run that stopped: run the tasks that have not ended.",
      "",
      "Tasks that ended stay as they are, failed ones too. A run with nothing left to do ends at once, "
          + "with the exit code that it had.",
      ""
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  drover resume                                      the newest run",
      "  drover resume drover-runs/20260901T101500Z-sweep",
      "  drover resume drover-runs/my-run --site polaris"
    })
public final class ResumeCommand implements Callable<Integer> {
  private final Engine engine;
  private final Console console;
  private final Path root;

  @Parameters(
      arity = "0..1",
      paramLabel = "RUN",
      description = "Run directory, or its name in drover-runs/ (default: the newest there).")
  private String run;

  @Mixin private ShowOptions show = new ShowOptions();

  public ResumeCommand(Engine engine, Console console, Path root) {
    this.engine = engine;
    this.console = console;
    this.root = root;
  }

  @Override
  public Integer call() throws IOException {
    return new Continuation(engine, console, show, show.site.settings(), false)
        .of(RunDirectories.find(run, root), Signals::install)
        .status();
  }
}
