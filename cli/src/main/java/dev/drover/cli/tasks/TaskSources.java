package dev.drover.cli.tasks;

import dev.drover.submit.TaskBatch;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Reads the tasks of a run from wherever the user keeps them. */
public final class TaskSources {
  private TaskSources() {}

  /**
   * Reads a task file: JSON lines if its name ends in {@code .jsonl}, else one shell command a
   * line.
   *
   * @param shownAs how problems name the file
   */
  public static TaskList file(Path file, String shownAs, TaskDefaults defaults)
      throws IOException, InvalidTasksException {
    try (LineReader lines = new LineReader(Files.newInputStream(file))) {
      TaskList tasks =
          file.toString().endsWith(".jsonl")
              ? new JsonTaskFile(shownAs, defaults).read(lines)
              : PlainTaskFile.read(lines, shownAs, defaults);
      if (tasks.batches().isEmpty()) {
        throw new InvalidTasksException(
            new TaskProblem(shownAs, "no task in it", "write one command a line"));
      }
      return tasks;
    }
  }

  /** The file, if it can be read. */
  public static Path readable(String file) throws InvalidTasksException {
    Path path = Path.of(file);
    String what =
        Files.isDirectory(path)
            ? "a directory, not a file"
            : !Files.exists(path) ? "no such file" : !Files.isReadable(path) ? "not readable" : "";
    if (!what.isEmpty()) {
      throw new InvalidTasksException(
          new TaskProblem(
              file,
              what,
              what.equals("no such file")
                  ? "give a task file, or a command after --: drover run -- COMMAND"
                  : "give a file that you can read"));
    }
    return path;
  }

  /** One task for each combination of the values after the command; without values, one task. */
  public static TaskList command(List<String> words, InputStream stdin, TaskDefaults defaults)
      throws IOException, InvalidTasksException {
    int end = ArgumentLists.firstSeparator(words);
    List<String> command = words.subList(0, end);
    List<TaskProblem> problems = new ArrayList<>();
    defaults.judgeAll((what, mend) -> problems.add(new TaskProblem("--", what, mend)));
    if (!problems.isEmpty()) {
      throw new InvalidTasksException(problems, 0);
    }
    if (end == words.size()) {
      return TaskList.independent(List.of(PlainTaskFile.task(commandLine(command), defaults)));
    }
    ArgumentLists lists = ArgumentLists.read(words.subList(end, words.size()), stdin);
    CommandTemplate template = CommandTemplate.of(command, lists.sources());
    long count = lists.combinations();
    List<TaskBatch> batches = new ArrayList<>(Math.toIntExact(count));
    for (long i = 0; i < count; i++) {
      String line = template.fill(lists.combination(i), i + 1);
      if (line.isBlank()) {
        throw new InvalidTasksException(
            new TaskProblem(":::", "value " + (i + 1) + " is an empty command", "leave it out"));
      }
      batches.add(PlainTaskFile.task(line, defaults));
    }
    if (batches.isEmpty()) {
      throw new InvalidTasksException(
          new TaskProblem(
              words.get(end), "no value after it", "give at least one, or leave it out"));
    }
    return TaskList.independent(batches);
  }

  /** One task for each index; each finds its own in {@code DROVER_TASK_INDEX}. */
  public static TaskList array(String ranges, List<String> words, TaskDefaults defaults)
      throws InvalidTasksException {
    int end = ArgumentLists.firstSeparator(words);
    if (end < words.size()) {
      throw new InvalidTasksException(
          new TaskProblem(
              "--array", "does not go together with " + words.get(end), "use one of the two"));
    }
    return ArrayIndices.read(ranges, commandLine(words), defaults);
  }

  private static String commandLine(List<String> words) throws InvalidTasksException {
    String line = String.join(" ", words);
    if (line.isBlank()) {
      throw new InvalidTasksException(
          new TaskProblem("--", "no command after it", "write drover run -- COMMAND"));
    }
    return line;
  }
}
