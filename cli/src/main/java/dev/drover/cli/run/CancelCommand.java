package dev.drover.cli.run;

import dev.drover.cli.console.Console;
import dev.drover.cli.console.ExitCode;
import dev.drover.cli.console.Figures;
import dev.drover.cli.console.StopException;
import dev.drover.cli.inspect.CancelRequests;
import dev.drover.cli.inspect.JsonText;
import dev.drover.cli.inspect.RunDirectories;
import dev.drover.cli.inspect.RunView;
import dev.drover.cli.inspect.Runs;
import dev.drover.cli.inspect.TaskSelection;
import dev.drover.cli.inspect.TaskView;
import dev.drover.site.SiteKeys;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * {@code drover cancel}: asks the process that drives a run to end it, or to end some of its tasks.
 * A run whose process was killed is taken up to be ended: its jobs, and its interchange on a head
 * node, may live on.
 */
@Command(
    name = "cancel",
    description = {
      "Cancel a run, or some of the tasks of a live one.",
      "",
      "A live run is asked through its directory, from any host that sees it; it ends the tasks, "
          + "prints its summary and exits with 4. A run whose process was killed is ended from here: "
          + "its tasks and jobs, also those on a head node.",
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  drover cancel drover-runs/20260901T101500Z-sweep",
      "  drover cancel drover-runs/20260901T101500Z-sweep 17 fit-a"
    })
public final class CancelCommand implements Callable<Integer> {
  /** Where no job of the run is left, none is submitted only to be cancelled. */
  private static final Map<String, String> NO_NEW_BLOCKS =
      Map.of(
          SiteKeys.PROVIDER_INIT_BLOCKS.name(), "0",
          SiteKeys.PROVIDER_MIN_BLOCKS.name(), "0",
          SiteKeys.PROVIDER_STRATEGY.name(), "none");

  private final Engine engine;
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

  public CancelCommand(Engine engine, Runs runs, Console console, Path root) {
    this.engine = engine;
    this.runs = runs;
    this.console = console;
    this.root = root;
  }

  @Override
  public Integer call() throws IOException {
    RunView view = runs.open(RunDirectories.find(run, root));
    if (!view.isLive()) {
      return endWithoutItsProcess(view).status();
    }
    if (!RunNotes.existIn(view.directory())) {
      throw StopException.usage(
          view.directory()
              + " is driven by a program of its own, or from another machine, which hears no request\n"
              + "  fix: cancel it where it was started; or send TERM to the process that has it, which ends in order: drover runs tells its pid");
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
    int ended = chosen.size() - open.size();
    if (json) {
      printJson(view.directory(), open.size(), ended);
    } else if (tasks.isEmpty()) {
      console.out().println("asked " + view.directory() + " to end");
    } else {
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

  private void printJson(Path directory, long asked, long ended) throws IOException {
    console
        .out()
        .println(
            JsonText.object(
                out -> {
                  out.writeStringField("run_directory", directory.toString());
                  out.writeBooleanField("whole_run", tasks.isEmpty());
                  out.writeNumberField("asked", asked);
                  out.writeNumberField("already_ended", ended);
                }));
  }

  /** Takes the run up with the request to stop already made. */
  private ExitCode endWithoutItsProcess(RunView view) throws IOException {
    Path directory = view.directory();
    if (!mayGoOn(view)) {
      throw StopException.usage(
          directory
              + " is not running, so there is nothing to cancel\n  fix: drover explain "
              + directory
              + " tells how it ended");
    }
    if (!tasks.isEmpty()) {
      throw StopException.usage(
          "no process drives %s, so single tasks of it cannot be cancelled%n  fix: drover resume %s goes on with it, and then hears of them; drover cancel %s ends all of it"
              .formatted(directory, directory, directory));
    }
    console.err().println("drover: no process drives " + directory + ": it is ended from here");
    long open = view.tasks().filter(task -> task.end().isEmpty()).count();
    ExitCode code =
        new Continuation(engine, console, new ShowOptions(), NO_NEW_BLOCKS, true)
            .of(
                directory,
                (stop, abandon) -> {
                  Signals.install(stop, abandon);
                  stop.accept(StopReason.CANCELLED);
                });
    if (json) {
      printJson(directory, open, view.submitted() - open);
    }
    if (code == ExitCode.CANCELLED) {
      return leftSomething(runs.open(directory)) ? ExitCode.INFRASTRUCTURE : ExitCode.DONE;
    }
    return code;
  }

  /** Its process was killed, or could not give everything back. */
  private static boolean mayGoOn(RunView view) {
    return view.end().isEmpty() || leftSomething(view);
  }

  /** Of a run whose tasks are all over, only what it left behind is a reason worth a word. */
  private static boolean leftSomething(RunView view) {
    return view.end()
        .filter(
            end ->
                switch (end.how()) {
                  case INFRASTRUCTURE -> true;
                  case ALL_SUCCEEDED, SOME_FAILED -> !end.reason().isEmpty();
                  case CANCELLED, INTERRUPTED, ABANDONED -> false;
                })
        .isPresent();
  }
}
