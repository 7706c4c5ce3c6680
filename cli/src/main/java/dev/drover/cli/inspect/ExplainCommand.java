package dev.drover.cli.inspect;

import dev.drover.cli.console.Console;
import dev.drover.cli.console.ExitCode;
import dev.drover.cli.console.Figures;
import dev.drover.protocol.FromClient;
import dev.drover.submit.TaskReport;
import dev.drover.task.TaskOutcome;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code drover explain}: says what a task waits for or how it ended, or why tasks failed. */
@Command(
    name = "explain",
    description = {
      "Say what a task waits for, or how it ended: its attempts, hosts and reasons.",
      "",
      "Without a task: how far the run is, and its failures grouped by their kind and host. A run on a "
          + "head node is asked there; what cannot be had from there is told on stderr."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  drover explain                         the newest run and why its tasks failed",
      "  drover explain drover-runs/my-run 17   the story of one task",
      "  drover explain drover-runs/my-run fit-a --json"
    })
public final class ExplainCommand implements Callable<Integer> {
  private final Runs runs;
  private final Console console;
  private final Path root;

  @Parameters(
      index = "0",
      arity = "0..1",
      paramLabel = "RUN",
      description = "Run directory, or its name in drover-runs/ (default: the newest there).")
  private String run;

  @Parameters(
      index = "1",
      arity = "0..1",
      paramLabel = "TASK",
      description = "Id or name of a task.")
  private String task;

  @Option(names = "--json", description = "The same as one JSON object.")
  private boolean json;

  @Option(
      names = "--asked-from",
      hidden = true,
      paramLabel = "DIR",
      description = "The run directory of a submitter elsewhere: it is named in place of this one.")
  private Path askedFrom;

  public ExplainCommand(Runs runs, Console console, Path root) {
    this.runs = runs;
    this.console = console;
    this.root = root;
  }

  @Override
  public Integer call() throws IOException {
    RunView here = runs.open(RunDirectories.find(run, root));
    RunView view = askedFrom == null ? here : new RunSeenFrom(here, askedFrom);
    Optional<WaitingTask> waiting =
        task == null || TaskSelection.isThere(view, task)
            ? Optional.empty()
            : WaitingTask.find(here.directory(), task);
    if (waiting.isPresent()) {
      console.out().println(json ? waiting.get().json(view) : waiting.get().text(view));
      return ExitCode.DONE.status();
    }
    Optional<TaskView> found =
        task == null
            ? Optional.empty()
            : Optional.of(TaskSelection.find(view, List.of(task)).get(0));
    Optional<String> there = new AskThere(console.err()).explain(here, found, json);
    if (there.isPresent()) {
      console.out().print(there.get());
      console.out().flush();
    } else if (found.isPresent()) {
      console.out().println(json ? taskJson(view, found.get()) : taskText(view, found.get()));
    } else {
      Overview overview = Overview.of(view);
      console.out().println(json ? overview.json(view) : overview.text(view));
    }
    return ExitCode.DONE.status();
  }

  private static String taskText(RunView run, TaskView task) {
    StringBuilder text =
        new StringBuilder(EndingText.title(task.id(), task.spec().name(), task.index()));
    text.append(": ").append(standing(run, task));
    text.append("\n  command: ").append(Figures.shortened(EndingText.command(task.spec()), 300));
    text.append("\n  asks for: ").append(task.spec().resources());
    if (!task.spec().timeout().isZero()) {
      text.append(", at most ").append(Figures.time(task.spec().timeout()));
    }
    for (TaskReport attempt : task.attempts()) {
      TaskOutcome outcome = attempt.outcome();
      text.append("\n  attempt ")
          .append(outcome.attempt())
          .append(": ")
          .append(EndingText.how(outcome));
      text.append(attempt.host().isEmpty() ? "" : " on " + attempt.host());
      if (outcome.startedMicros() > 0) {
        text.append(", ran ")
            .append(Figures.time(Duration.ofNanos(outcome.durationMicros() * 1000)));
      }
      outcome.message().lines().forEach(line -> text.append("\n    ").append(line));
      outcome.tail().lines().forEach(line -> text.append("\n    | ").append(line));
    }
    task.end().flatMap(EndingText::mend).ifPresent(mend -> text.append("\n  fix: ").append(mend));
    return text.toString();
  }

  private static String standing(RunView run, TaskView task) {
    return switch (task.state()) {
      case ENDED -> EndingText.full(task.end().orElseThrow());
      case ASSIGNED ->
          run.isLive()
              ? "running" + (task.host().isEmpty() ? "" : " on " + task.host())
              : "was running when the run stopped; drover resume "
                  + run.directory()
                  + " runs it again";
      case QUEUED ->
          run.isLive()
              ? said(run, task)
              : "had not ended when the run stopped; drover resume " + run.directory() + " runs it";
    };
  }

  /** What the live run itself says of a task that has not ended. */
  private static String said(RunView run, TaskView task) {
    String title = "task " + task.id() + ": ";
    try {
      String answer = run.ask(new FromClient.Explain(task.id()));
      return answer.startsWith(title) ? answer.substring(title.length()) : answer;
    } catch (IOException e) {
      return "waits or runs; the run cannot be asked from here (" + e.getMessage() + ")";
    }
  }

  private static String taskJson(RunView run, TaskView task) {
    return JsonText.object(
        out -> {
          JsonText.task(out, task.id(), task.spec(), task.index());
          out.writeStringField("state", task.state().name().toLowerCase(Locale.ROOT));
          out.writeStringField("host", task.host());
          if (run.isLive() && task.end().isEmpty()) {
            out.writeStringField("standing", standing(run, task));
          }
          out.writeArrayFieldStart("attempts");
          for (TaskReport attempt : task.attempts()) {
            out.writeStartObject();
            JsonText.attempt(out, attempt);
            out.writeEndObject();
          }
          out.writeEndArray();
        });
  }
}
