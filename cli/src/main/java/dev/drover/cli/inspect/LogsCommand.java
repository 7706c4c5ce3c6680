package dev.drover.cli.inspect;

import dev.drover.cli.console.Console;
import dev.drover.cli.console.ExitCode;
import dev.drover.submit.TaskReport;
import dev.drover.task.OutputRange;
import dev.drover.task.TaskWork;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code drover logs}: prints what tasks wrote. */
@Command(
    name = "logs",
    description = {
      "Print what the tasks of a run wrote: both stdout and stderr, in the order of the tasks.",
      "",
      "One task's output is printed as it is; that of several has a heading for each. Of a run on a head "
          + "node it is read from there."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  drover logs                            everything that the newest run wrote",
      "  drover logs --failed                   only the tasks that failed",
      "  drover logs --task 17 --stdout > x     one task's stdout, as it is",
      "  drover logs drover-runs/my-run --task fit-a"
    })
public final class LogsCommand implements Callable<Integer> {
  private final Runs runs;
  private final Console console;
  private final Path root;

  @Parameters(
      arity = "0..1",
      paramLabel = "RUN",
      description = "Run directory, or its name in drover-runs/ (default: the newest there).")
  private String run;

  @Option(names = "--task", paramLabel = "ID|NAME", description = "Only this task; repeatable.")
  private List<String> tasks = List.of();

  @Option(names = "--failed", description = "Only tasks that did not succeed.")
  private boolean failed;

  @ArgGroup private Streams streams;

  /** Which of the two streams. */
  private static final class Streams {
    @Option(names = "--stdout", description = "Only standard output.")
    private boolean stdout;

    @Option(names = "--stderr", description = "Only standard error.")
    private boolean stderr;
  }

  @Option(names = "--json", description = "One JSON object a task, with its output as text.")
  private boolean json;

  public LogsCommand(Runs runs, Console console, Path root) {
    this.runs = runs;
    this.console = console;
    this.root = root;
  }

  @Override
  public Integer call() throws IOException {
    RunView view = runs.open(RunDirectories.find(run, root));
    boolean headings = tasks.size() != 1;
    try (RunOutputs outputs = new RunOutputs(view.directory());
        Stream<TaskView> chosen =
            tasks.isEmpty() ? view.tasks() : TaskSelection.find(view, tasks).stream()) {
      Iterator<TaskView> each = chosen.iterator();
      while (each.hasNext()) {
        TaskView task = each.next();
        if (!failed || task.isFailed()) {
          print(task, outputs, headings);
        }
      }
    }
    console.out().flush();
    return ExitCode.DONE.status();
  }

  private void print(TaskView task, TaskOutputs outputs, boolean heading) throws IOException {
    Optional<TaskReport> last =
        task.attempts().isEmpty()
            ? Optional.empty()
            : Optional.of(task.attempts().get(task.attempts().size() - 1));
    if (json) {
      printJson(task, last, outputs);
      return;
    }
    if (heading) {
      console
          .out()
          .println(
              "== "
                  + EndingText.title(task.id(), task.spec().name(), task.index())
                  + ": "
                  + last.map(EndingText::full).orElse("not ended yet"));
    }
    if (last.isPresent()) {
      if (wantsStdout()) {
        copy(task, "stdout", last.get().outcome().stdout(), outputs);
      }
      if (wantsStderr()) {
        copy(task, "stderr", last.get().outcome().stderr(), outputs);
      }
    }
    ownFiles(task).forEach(console.err()::println);
  }

  private void copy(TaskView task, String stream, OutputRange range, TaskOutputs outputs)
      throws IOException {
    if (!outputs.copy(range, console.out())) {
      console.out().flush();
      console
          .err()
          .println(
              "drover: "
                  + EndingText.title(task.id(), task.spec().name(), task.index())
                  + ": its "
                  + stream
                  + " is not all there ("
                  + range.file()
                  + ")");
    }
  }

  private void printJson(TaskView task, Optional<TaskReport> last, TaskOutputs outputs)
      throws IOException {
    ByteArrayOutputStream stdout = new ByteArrayOutputStream();
    ByteArrayOutputStream stderr = new ByteArrayOutputStream();
    if (last.isPresent()) {
      outputs.copy(last.get().outcome().stdout(), stdout);
      outputs.copy(last.get().outcome().stderr(), stderr);
    }
    console
        .out()
        .println(
            JsonText.object(
                out -> {
                  JsonText.task(out, task.id(), task.spec(), task.index());
                  if (last.isPresent()) {
                    JsonText.attempt(out, last.get());
                  }
                  if (wantsStdout()) {
                    out.writeStringField("stdout", stdout.toString(StandardCharsets.UTF_8));
                  }
                  if (wantsStderr()) {
                    out.writeStringField("stderr", stderr.toString(StandardCharsets.UTF_8));
                  }
                }));
  }

  /** A line for each stream that the task itself sent to a file of the user's. */
  private List<String> ownFiles(TaskView task) {
    List<String> lines = new ArrayList<>();
    if (task.spec().work() instanceof TaskWork.Shell shell) {
      String title = EndingText.title(task.id(), task.spec().name(), task.index());
      if (wantsStdout()) {
        shell
            .stdout()
            .ifPresent(file -> lines.add("drover: " + title + ": its stdout went to " + file));
      }
      if (wantsStderr()) {
        shell
            .stderr()
            .ifPresent(file -> lines.add("drover: " + title + ": its stderr went to " + file));
      }
    }
    return lines;
  }

  private boolean wantsStdout() {
    return streams == null || streams.stdout;
  }

  private boolean wantsStderr() {
    return streams == null || streams.stderr;
  }
}
