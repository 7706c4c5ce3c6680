package dev.drover.cli.inspect;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.drover.cli.console.Console;
import dev.drover.cli.console.ExitCode;
import dev.drover.cli.console.Figures;
import dev.drover.protocol.FromClient;
import dev.drover.submit.TaskReport;
import dev.drover.task.Ending;
import dev.drover.task.TaskOutcome;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
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
      "Without a task: how far the run is, and its failures grouped by their kind and host."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  drover explain                         the newest run and why its tasks failed",
      "  drover explain drover-runs/my-run 17   the story of one task",
      "  drover explain drover-runs/my-run fit-a --json"
    })
public final class ExplainCommand implements Callable<Integer> {
  private static final int MOST_NAMED = 5;

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

  public ExplainCommand(Runs runs, Console console, Path root) {
    this.runs = runs;
    this.console = console;
    this.root = root;
  }

  @Override
  public Integer call() throws IOException {
    RunView view = runs.open(RunDirectories.find(run, root));
    Optional<WaitingTask> waiting =
        task == null || TaskSelection.isThere(view, task)
            ? Optional.empty()
            : WaitingTask.find(view.directory(), task);
    if (waiting.isPresent()) {
      console.out().println(json ? waiting.get().json(view) : waiting.get().text(view));
    } else if (task != null) {
      TaskView found = TaskSelection.find(view, List.of(task)).get(0);
      console.out().println(json ? taskJson(view, found) : taskText(view, found));
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

  /** Counts of a whole run, and its failures by kind. */
  private record Overview(
      long succeeded, long failed, long running, long queued, Map<String, Group> groups) {
    private static final class Group {
      private final TaskReport example;
      private final List<String> tasks = new ArrayList<>();
      private long count;

      private Group(TaskReport example) {
        this.example = example;
      }

      private void add(TaskView task) {
        count++;
        if (tasks.size() < MOST_NAMED) {
          tasks.add(task.spec().name().isEmpty() ? task.id().toString() : task.spec().name());
        }
      }
    }

    static Overview of(RunView run) {
      long[] counts = new long[4];
      Map<String, Group> groups = new LinkedHashMap<>();
      run.tasks()
          .forEach(
              task -> {
                boolean failed = task.isFailed();
                counts[
                    task.end().isPresent()
                        ? (failed ? 1 : 0)
                        : task.state() == TaskView.State.ASSIGNED ? 2 : 3]++;
                if (failed) {
                  TaskReport end = task.end().orElseThrow();
                  TaskOutcome outcome = end.outcome();
                  String key =
                      outcome.ending()
                          + " "
                          + outcome.exitCode()
                          + " "
                          + outcome.signal()
                          + " "
                          + end.host();
                  groups.computeIfAbsent(key, k -> new Group(end)).add(task);
                }
              });
      return new Overview(counts[0], counts[1], counts[2], counts[3], groups);
    }

    private List<Group> largestFirst() {
      return groups.values().stream().sorted((a, b) -> Long.compare(b.count, a.count)).toList();
    }

    String text(RunView run) {
      StringBuilder text =
          new StringBuilder(run.directory() + (run.isLive() ? ": running" : ": not running"));
      text.append("\n  ").append(Figures.count(run.submitted(), "task")).append(": ");
      text.append(Figures.count(succeeded))
          .append(" succeeded, ")
          .append(Figures.count(failed))
          .append(" failed, ");
      if (running > 0) {
        text.append(Figures.count(running)).append(run.isLive() ? " running, " : " cut short, ");
      }
      text.append(Figures.count(queued)).append(run.isLive() ? " not ended" : " left");
      if (run.isLive()) {
        status(run).lines().forEach(line -> text.append("\n  ").append(line));
      }
      for (Group group : largestFirst()) {
        TaskOutcome outcome = group.example.outcome();
        boolean timed = outcome.ending() == Ending.TIMED_OUT;
        text.append("\n  ").append(Figures.count(group.count)).append(" × ");
        text.append(timed ? "timed out" : EndingText.how(outcome));
        text.append(group.example.host().isEmpty() ? "" : " on " + group.example.host());
        text.append(": task")
            .append(group.count == 1 ? " " : "s ")
            .append(String.join(", ", group.tasks));
        text.append(group.count > group.tasks.size() ? ", …" : "");
        EndingText.mend(group.example).ifPresent(mend -> text.append("\n    fix: ").append(mend));
      }
      if (!run.isLive() && running + queued > 0) {
        text.append("\n  to go on: drover resume ").append(run.directory());
      }
      return text.toString();
    }

    /** What the live run says of itself and its managers. */
    private static String status(RunView run) {
      try {
        return "now: " + run.ask(new FromClient.Status());
      } catch (IOException e) {
        return "its managers cannot be told from here: " + e.getMessage();
      }
    }

    String json(RunView run) {
      return JsonText.object(
          out -> {
            out.writeStringField("run_directory", run.directory().toString());
            out.writeBooleanField("live", run.isLive());
            out.writeNumberField("submitted", run.submitted());
            out.writeNumberField("succeeded", succeeded);
            out.writeNumberField("failed", failed);
            out.writeNumberField("running", running);
            out.writeNumberField("queued", queued);
            if (run.isLive()) {
              out.writeStringField("status", status(run));
            }
            out.writeArrayFieldStart("failures");
            for (Group group : largestFirst()) {
              writeGroup(out, group);
            }
            out.writeEndArray();
          });
    }

    private static void writeGroup(JsonGenerator out, Group group) throws IOException {
      TaskOutcome outcome = group.example.outcome();
      out.writeStartObject();
      out.writeNumberField("count", group.count);
      out.writeStringField("ending", outcome.ending().name().toLowerCase(Locale.ROOT));
      out.writeNumberField("exit_code", outcome.exitCode());
      out.writeNumberField("signal", outcome.signal());
      out.writeStringField("host", group.example.host());
      out.writeArrayFieldStart("tasks");
      for (String task : group.tasks) {
        out.writeString(task);
      }
      out.writeEndArray();
      out.writeEndObject();
    }
  }
}
