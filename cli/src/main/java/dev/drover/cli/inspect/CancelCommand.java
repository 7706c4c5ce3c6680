package dev.drover.cli.inspect;

import dev.drover.cli.console.Console;
import dev.drover.cli.console.ExitCode;
import dev.drover.cli.console.Figures;
import dev.drover.cli.console.StopException;
import dev.drover.remote.RemoteRunFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code drover cancel}: asks a live run to end, or to end some of its tasks. */
@Command(
    name = "cancel",
    description = {
      "Cancel a live run, or some of its tasks.",
      "",
      "The run is asked through its directory, from any host that sees it; it ends the tasks, "
          + "prints its summary and exits with 4."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  drover cancel drover-runs/20260901T101500Z-sweep",
      "  drover cancel drover-runs/20260901T101500Z-sweep 17 fit-a"
    })
public final class CancelCommand implements Callable<Integer> {
  private final Runs runs;
  private final Console console;
  private final Path root;

  @Parameters(
      index = "0",
      paramLabel = "RUN",
      description = "Run directory, or its name in drover-runs/.")
  private String run;

  @Parameters(
      index = "1..*",
      paramLabel = "TASK",
      description = "Ids or names of tasks; without any, the whole run.")
  private List<String> tasks = List.of();

  @Option(names = "--json", description = "Say what was asked for as one JSON object.")
  private boolean json;

  public CancelCommand(Runs runs, Console console, Path root) {
    this.runs = runs;
    this.console = console;
    this.root = root;
  }

  @Override
  public Integer call() throws IOException {
    RunView view = runs.open(RunDirectories.find(run, root));
    if (!view.isLive()) {
      throw notLive(view.directory());
    }
    List<TaskView> chosen = TaskSelection.find(view, tasks);
    List<TaskView> open = chosen.stream().filter(task -> task.end().isEmpty()).toList();
    List<String> lines =
        tasks.isEmpty()
            ? List.of(CancelRequests.ALL)
            : open.stream().map(task -> task.id().toString()).toList();
    if (!lines.isEmpty()) {
      CancelRequests.of(view.directory()).ask(lines);
    }
    if (json) {
      console
          .out()
          .println(
              JsonText.object(
                  out -> {
                    out.writeStringField("run_directory", view.directory().toString());
                    out.writeBooleanField("whole_run", tasks.isEmpty());
                    out.writeNumberField("asked", open.size());
                    out.writeNumberField("already_ended", chosen.size() - open.size());
                  }));
    } else if (tasks.isEmpty()) {
      console.out().println("asked " + view.directory() + " to end");
    } else {
      int ended = chosen.size() - open.size();
      console
          .out()
          .println(
              "asked "
                  + view.directory()
                  + " to cancel "
                  + Figures.count(open.size(), "task")
                  + (ended == 0 ? "" : "; " + Figures.count(ended, "task") + " had ended already"));
    }
    return ExitCode.DONE.status();
  }

  /** On a head node it may go on without a process here. */
  private static StopException notLive(Path run) {
    Optional<RemoteRunFiles> there = RunThere.of(run);
    if (there.isEmpty()) {
      return StopException.usage(
          run
              + " is not running, so there is nothing to cancel\n  fix: drover explain "
              + run
              + " tells how it ended");
    }
    try (RemoteRunFiles files = there.get()) {
      return StopException.usage(
          "no process here drives %s; on %s it may go on%n  fix: drover resume %s takes it up, and Ctrl-C then ends it there too"
              .formatted(run, files.host(), run));
    }
  }
}
