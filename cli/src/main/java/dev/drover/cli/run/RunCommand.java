package dev.drover.cli.run;

import dev.drover.cli.console.Console;
import dev.drover.cli.console.StopException;
import dev.drover.cli.inspect.CancelRequests;
import dev.drover.cli.tasks.InvalidTasksException;
import dev.drover.cli.tasks.MpiChoice;
import dev.drover.cli.tasks.Quantities;
import dev.drover.cli.tasks.TaskDefaults;
import dev.drover.cli.tasks.TaskList;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code drover run}: runs the tasks of a file, of a command with values, or of an array. */
@Command(
    name = "run",
    sortOptions = false,
    customSynopsis = {
      "drover run [OPTIONS] TASKS",
      "       drover run [OPTIONS] -- COMMAND [::: VALUES | :::: FILE]...",
      "       drover run [OPTIONS] --array 0-99 -- COMMAND"
    },
    description = {
      "Run tasks and wait until all have ended.",
      "",
      "TASKS is a plain file of one shell command a line (blank lines and lines that start with # are "
          + "skipped; a backslash at a line's end does not join the next), or a .jsonl file of one JSON "
          + "object a line with the keys id, command or argv, cwd, env, stdin, stdout, stderr, timeout, "
          + "retries, priority, resources, after. - is standard input, one command a line.",
      "",
      "A COMMAND is filled in as GNU parallel does: {} or {1} is the value, {2} that of the second list, "
          + "{.} without extension, {/} the last part, {//} the directory, {/.} the last part without "
          + "extension, {#} the task's number; without any of them the value comes last. Its words are "
          + "joined by blanks and run by bash: values are quoted, the command's own words are not, so put "
          + "pipes and blanks in quotes. Several ::: give all combinations; :::+ walks along with the list "
          + "before it.",
      "",
      "With --array the command runs once for each index, and finds it in $DROVER_TASK_INDEX.",
      ""
    },
    footer = {
      "",
      "Exit codes: 0 all tasks done, 1 some failed, 2 usage or configuration, 3 infrastructure, "
          + "4 cancelled (drover cancel, SIGTERM, SIGHUP), 130 interrupted.",
      "Ctrl-C once ends the run in order: running tasks are ended, and drover resume goes on later. "
          + "Twice ends it at once.",
      "",
      "Examples:",
      "  drover run tasks.txt",
      "  drover run --retries 2 --timeout 1h30m --jobs-log log.tsv sweep.jsonl",
      "  drover run -- 'gzip -k {} && echo {/}' ::: data/*.csv",
      "  drover run -- ./fit --alpha {1} --seed {2} ::: 0.1 0.2 ::: 1 2 3",
      "  drover run --array 0-9999 -- './simulate --seed $DROVER_TASK_INDEX'"
    })
public final class RunCommand implements Callable<Integer> {
  private final Engine engine;
  private final Console console;
  private final Optional<List<String>> command;

  @Parameters(arity = "0..*", paramLabel = "TASKS", hidden = true)
  private List<String> files = List.of();

  @Option(
      names = "--array",
      paramLabel = "INDICES",
      order = 1,
      description = "Indices like 0-9999, 0-99:10 or 1,3,5-9.")
  private String array;

  @Option(
      names = "--retries",
      paramLabel = "N",
      order = 2,
      description = "More attempts for a task that fails (default: the site's, mostly 0).")
  private Integer retries;

  @Option(
      names = "--timeout",
      paramLabel = "TIME",
      order = 3,
      description = "Longest run time of one attempt, like 90s, 1h30m or HH:MM:SS (default: none).")
  private String timeout;

  @Option(
      names = "--nodes",
      paramLabel = "N",
      order = 4,
      description =
          "Whole nodes of each task that does not say itself; its command starts once, on the first "
              + "(default: a slot of one node).")
  private int nodes;

  @Option(
      names = "--ranks-per-node",
      paramLabel = "R",
      order = 5,
      description =
          "MPI ranks on each of its nodes, which $PARSL_MPI_PREFIX starts; without --nodes, that many "
              + "slots of one node.")
  private int ranksPerNode;

  @Option(
      names = "--launcher-options",
      paramLabel = "WORDS",
      order = 6,
      description = "More words for the MPI launcher, such as '--cpu-bind depth'.")
  private String launcherOptions = "";

  @Option(
      names = "--run-dir",
      paramLabel = "DIR",
      order = 12,
      description =
          "Where the run keeps its files (default: drover-runs/<utc time>-<name>). The same command "
              + "with the same directory goes on where it stopped.")
  private Path runDirectory;

  @Option(
      names = "--name",
      paramLabel = "NAME",
      order = 13,
      description = "Name of the run (default: of its task file or command).")
  private String name;

  @Option(
      names = "--send",
      paramLabel = "FILE|DIR",
      order = 14,
      description =
          "With a head node: a file, or a directory with all below it, that is sent there before the first "
              + "task starts; tasks start where it then lies. Repeatable.")
  private List<Path> send = List.of();

  @Mixin private ShowOptions show = new ShowOptions();

  /**
   * A command that reads its options from picocli.
   *
   * @param command the words after {@code --}; empty = there was no {@code --}
   */
  public RunCommand(Engine engine, Console console, Optional<List<String>> command) {
    this.engine = engine;
    this.console = console;
    this.command = command;
  }

  @Override
  public Integer call() throws IOException {
    long start = System.nanoTime();
    CompletionRelay relay = new CompletionRelay();
    boolean goesOn = runDirectory != null && RunNotes.existIn(runDirectory);
    RunNotes wishes = wishes();
    TaskInput input;
    TaskList tasks;
    try {
      input = input();
      SiteTerms terms = terms();
      TaskDefaults defaults = wishes.defaults(terms, relay);
      tasks = input.read(console.in(), goesOn ? defaults : defaults.judgedBy(terms.judge()));
    } catch (InvalidTasksException e) {
      throw StopException.usage(e.getMessage());
    }
    if (goesOn) {
      refuseOtherTasks(input);
    }
    RunRequest request =
        new RunRequest(
            show.site.name(),
            show.site.settings(),
            Optional.ofNullable(runDirectory),
            runName(),
            Path.of("").toAbsolutePath(),
            tasks.count(),
            goesOn,
            false,
            send);
    Consumer<Path> prepare = goesOn ? kept -> {} : directory -> keep(input, wishes, directory);
    long cancelsBefore = CancelRequests.told(request.directory());
    try (Ensemble ensemble = engine.open(request, relay, prepare)) {
      return new RunSession(console, show, cancelsBefore, System::nanoTime, Signals::install)
          .run(tasks, ensemble, relay, start)
          .status();
    }
  }

  private SiteTerms terms() {
    return engine.terms(show.site.name(), show.site.settings(), Optional.ofNullable(runDirectory));
  }

  /** What the command line says of all tasks; its tasks are yet to be read. */
  private RunNotes wishes() {
    if (retries != null && retries < 0) {
      throw StopException.usage(
          "--retries " + retries + ": it is 0 or more\n  fix: give 0 for none");
    }
    Duration limit = Duration.ZERO;
    if (timeout != null) {
      try {
        limit = Quantities.time(timeout);
      } catch (IllegalArgumentException e) {
        throw StopException.usage("--timeout " + e.getMessage().replace("; ", "\n  fix: "));
      }
    }
    return new RunNotes(
        Path.of("").toAbsolutePath().toString(),
        "",
        "",
        List.of(),
        retries == null ? OptionalDouble.empty() : OptionalDouble.of(retries),
        limit,
        mpi());
  }

  private MpiChoice mpi() {
    if (nodes < 0 || ranksPerNode < 0) {
      throw StopException.usage(
          "--nodes %d --ranks-per-node %d: neither is negative\n  fix: leave out what is not wanted"
              .formatted(nodes, ranksPerNode));
    }
    if (launcherOptions.lines().count() > 1) {
      throw StopException.usage("--launcher-options has more than one line\n  fix: write one");
    }
    if (!launcherOptions.isBlank() && nodes + ranksPerNode == 0) {
      throw StopException.usage(
          "--launcher-options without ranks to launch\n  fix: add --nodes and --ranks-per-node");
    }
    return new MpiChoice(nodes, ranksPerNode, launcherOptions.strip());
  }

  private TaskInput input() throws IOException, InvalidTasksException {
    if (files.stream().anyMatch(word -> word.startsWith(":::"))) {
      throw StopException.usage(
          "the command is to follow --\n  fix: drover run -- " + String.join(" ", files));
    }
    if (command.isPresent() && !files.isEmpty()) {
      throw StopException.usage(
          "both a task file ("
              + files.get(0)
              + ") and a command after --\n  fix: give one of the two");
    }
    if (files.size() > 1) {
      throw StopException.usage(
          files.size()
              + " task files: "
              + String.join(" ", files)
              + "\n  fix: give one; or for a command, drover run -- "
              + String.join(" ", files));
    }
    if (array != null) {
      return TaskInput.array(array, command.orElse(List.of()));
    }
    if (command.isPresent()) {
      return TaskInput.command(command.get());
    }
    if (files.isEmpty()) {
      throw StopException.usage(
          "nothing to run\n  fix: give a task file, or a command: drover run -- COMMAND");
    }
    return TaskInput.file(files.get(0), console.in());
  }

  private String runName() {
    String from = name;
    if (from == null) {
      String word =
          files.isEmpty()
              ? command.orElse(List.of()).stream().findFirst().orElse("")
              : files.get(0);
      String file = word.strip().split("\\s", 2)[0];
      from =
          file.equals("-")
              ? "stdin"
              : file.substring(file.lastIndexOf('/') + 1).replaceFirst("(?<=.)\\.[^.]*$", "");
    }
    String clean = from.replaceAll("[^A-Za-z0-9._-]+", "-").replaceAll("^[-.]+|-+$", "");
    return clean.isEmpty() ? "run" : clean.substring(0, Math.min(40, clean.length()));
  }

  private void refuseOtherTasks(TaskInput input) throws IOException {
    RunNotes notes = RunNotes.read(runDirectory);
    boolean same =
        notes.array().equals(input.array()) && notes.command().equals(input.arrayCommand());
    same = same && notes.tasksFile().equals(input.keptName());
    if (same && !notes.tasksFile().isEmpty()) {
      try (SameBytes comparison =
          new SameBytes(Files.newInputStream(runDirectory.resolve(notes.tasksFile())))) {
        input.keep(comparison);
        same = comparison.isSame();
      }
    }
    if (!same) {
      throw StopException.usage(
          runDirectory
              + " holds a run of other tasks\n  fix: give another --run-dir, or go on with its own: drover resume "
              + runDirectory);
    }
  }

  private static void keep(TaskInput input, RunNotes wishes, Path directory) {
    try {
      if (!input.keptName().isEmpty()) {
        try (OutputStream out =
            new BufferedOutputStream(Files.newOutputStream(directory.resolve(input.keptName())))) {
          input.keep(out);
        }
      }
      wishes.of(input.keptName(), input.array(), input.arrayCommand()).write(directory);
    } catch (IOException e) {
      throw StopException.infrastructure(
          directory
              + ": the tasks cannot be kept there: "
              + e.getMessage()
              + "\n  fix: make room, or give another --run-dir",
          e);
    }
  }
}
