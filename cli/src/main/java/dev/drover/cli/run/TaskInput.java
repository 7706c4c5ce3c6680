package dev.drover.cli.run;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.drover.cli.inspect.EndingText;
import dev.drover.cli.tasks.InvalidTasksException;
import dev.drover.cli.tasks.TaskDefaults;
import dev.drover.cli.tasks.TaskList;
import dev.drover.cli.tasks.TaskSources;
import dev.drover.submit.TaskBatch;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Where a run's tasks come from, and how they are kept for a later resume: a file (copied as it
 * is), a command with values (kept as one JSON line a task), or an array (kept as its command and
 * indices).
 */
final class TaskInput {
  private final Path file;
  private final String shownAs;
  private final String array;
  private final List<String> command;
  private TaskList read;

  private TaskInput(Path file, String shownAs, String array, List<String> command) {
    this.file = file;
    this.shownAs = shownAs;
    this.array = array;
    this.command = command;
  }

  /**
   * A task file; {@code -} is standard input. What can be read only once, such as a pipe, is put
   * aside in a temporary file first.
   */
  static TaskInput file(String name, InputStream stdin) throws IOException, InvalidTasksException {
    if (name.equals("-")) {
      return new TaskInput(aside(stdin, ".txt"), "stdin", "", List.of());
    }
    Path file = TaskSources.readable(name);
    if (Files.isRegularFile(file)) {
      return new TaskInput(file, name, "", List.of());
    }
    try (InputStream once = Files.newInputStream(file)) {
      String ending = name.endsWith(".jsonl") ? ".jsonl" : ".txt";
      return new TaskInput(aside(once, ending), name, "", List.of());
    }
  }

  private static Path aside(InputStream tasks, String ending) throws IOException {
    Path aside = Files.createTempFile("drover-tasks-", ending);
    aside.toFile().deleteOnExit();
    try (OutputStream out = Files.newOutputStream(aside)) {
      tasks.transferTo(out);
    }
    return aside;
  }

  static TaskInput command(List<String> words) {
    return new TaskInput(null, "", "", words);
  }

  static TaskInput array(String indices, List<String> words) {
    return new TaskInput(null, "", indices, words);
  }

  /** The tasks of a run that is resumed. */
  static TaskInput kept(Path runDirectory, RunNotes notes) {
    return notes.tasksFile().isEmpty()
        ? array(notes.array(), notes.command())
        : new TaskInput(runDirectory.resolve(notes.tasksFile()), notes.tasksFile(), "", List.of());
  }

  TaskList read(InputStream stdin, TaskDefaults defaults)
      throws IOException, InvalidTasksException {
    if (file != null) {
      read = TaskSources.file(file, shownAs, defaults);
    } else if (!array.isEmpty()) {
      read = TaskSources.array(array, command, defaults);
    } else {
      read = TaskSources.command(command, stdin, defaults);
    }
    return read;
  }

  String array() {
    return array;
  }

  /** The words of an array's command. */
  List<String> arrayCommand() {
    return array.isEmpty() ? List.of() : command;
  }

  /** Name of the file in the run directory that keeps the tasks; empty for an array. */
  String keptName() {
    if (!array.isEmpty()) {
      return "";
    }
    return file == null || file.toString().endsWith(".jsonl") ? "tasks.jsonl" : "tasks.txt";
  }

  /** Writes what {@link #keptName} holds; the tasks have been read. */
  void keep(OutputStream out) throws IOException {
    if (file != null) {
      Files.copy(file, out);
      return;
    }
    try (JsonGenerator json = new JsonFactory().createGenerator(out)) {
      json.setRootValueSeparator(null);
      for (TaskBatch batch : read.batches()) {
        json.writeStartObject();
        json.writeStringField("command", EndingText.command(batch.spec()));
        json.writeEndObject();
        json.writeRaw('\n');
      }
    }
  }
}
