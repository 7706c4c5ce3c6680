package dev.drover.cli.tasks;

import dev.drover.submit.TaskBatch;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * A file of one shell command a line. Blank lines, and lines whose first character other than a
 * blank is {@code #}, are skipped. Each line stands alone: a backslash at its end does not join the
 * next one. Tasks share their options, environment and completion.
 */
final class PlainTaskFile {
  private PlainTaskFile() {}

  static TaskList read(LineReader lines, String source, TaskDefaults defaults)
      throws IOException, InvalidTasksException {
    List<TaskBatch> batches = new ArrayList<>();
    TaskProblems problems = new TaskProblems(source);
    for (String line = lines.next(); line != null; line = lines.next()) {
      int first = 0;
      while (first < line.length() && Character.isWhitespace(line.charAt(first))) {
        first++;
      }
      if (first == line.length() || line.charAt(first) == '#') {
        continue;
      }
      if (!lines.wellFormed()) {
        problems.add(lines.number(), "the line is not valid UTF-8", "save the file as UTF-8");
      } else if (line.indexOf('\0') >= 0) {
        problems.add(
            lines.number(),
            "the line holds a NUL character",
            "no command can hold one: is this a text file?");
      } else {
        batches.add(task(line, defaults));
      }
    }
    if (!batches.isEmpty()) {
      defaults.judgeAll(problems::add);
    }
    problems.throwIfAny();
    return TaskList.independent(batches);
  }

  static TaskBatch task(String commandLine, TaskDefaults defaults) {
    return TaskBatch.single(defaults.line(commandLine), defaults.options(), defaults.completion());
  }
}
