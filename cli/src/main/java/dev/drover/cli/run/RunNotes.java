package dev.drover.cli.run;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.drover.cli.console.StopException;
import dev.drover.cli.inspect.JsonText;
import dev.drover.cli.tasks.MpiChoice;
import dev.drover.cli.tasks.TaskDefaults;
import dev.drover.submit.Completion;
import dev.drover.submit.TaskOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.OptionalDouble;

/**
 * What a run directory keeps of the command line, in {@code request.json}, so that {@code drover
 * resume} finds the same tasks again. The tasks themselves lie beside it as they were read.
 *
 * @param directory where the command was given; relative paths of tasks mean this one
 * @param tasksFile name of the copied task file in the run directory; empty for an array
 * @param array the indices of {@code --array}; empty = none
 * @param command the words of an array's command
 * @param retries empty = as the site says
 * @param timeout zero = no limit
 * @param mpi nodes and ranks of tasks that do not say themselves
 */
record RunNotes(
    String directory,
    String tasksFile,
    String array,
    List<String> command,
    OptionalDouble retries,
    Duration timeout,
    MpiChoice mpi) {
  private static final String FILE = "request.json";

  RunNotes {
    Objects.requireNonNull(directory);
    Objects.requireNonNull(tasksFile);
    Objects.requireNonNull(array);
    command = List.copyOf(command);
    Objects.requireNonNull(retries);
    Objects.requireNonNull(timeout);
    Objects.requireNonNull(mpi);
  }

  /** The same wishes for tasks that are kept so. */
  RunNotes of(String keptAs, String indices, List<String> words) {
    return new RunNotes(directory, keptAs, indices, words, retries, timeout, mpi);
  }

  /** What every task has whose line does not say otherwise. */
  TaskDefaults defaults(SiteTerms terms, Completion completion) {
    TaskOptions site = terms.options();
    return new TaskDefaults(
        retries.isPresent() ? site.withRetries(retries.getAsDouble()) : site,
        timeout,
        mpi,
        completion);
  }

  static boolean existIn(Path runDirectory) {
    return Files.exists(runDirectory.resolve(FILE));
  }

  /** Appears whole or not at all, and last: a directory with notes has its tasks too. */
  void write(Path runDirectory) throws IOException {
    String text =
        JsonText.object(
            out -> {
              out.writeStringField("directory", directory);
              out.writeStringField("tasks_file", tasksFile);
              out.writeStringField("array", array);
              out.writeArrayFieldStart("command");
              for (String word : command) {
                out.writeString(word);
              }
              out.writeEndArray();
              if (retries.isPresent()) {
                out.writeNumberField("retries", retries.getAsDouble());
              }
              out.writeNumberField("timeout_millis", timeout.toMillis());
              if (!mpi.equals(MpiChoice.NONE)) {
                out.writeNumberField("nodes", mpi.nodes());
                out.writeNumberField("ranks_per_node", mpi.ranksPerNode());
                out.writeStringField("launcher_options", mpi.launcherOptions());
              }
            });
    Path unfinished = runDirectory.resolve(FILE + ".new");
    Files.writeString(unfinished, text + "\n");
    Files.move(unfinished, runDirectory.resolve(FILE), StandardCopyOption.ATOMIC_MOVE);
  }

  static RunNotes read(Path runDirectory) {
    String directory = "";
    String tasksFile = "";
    String array = "";
    List<String> command = new ArrayList<>();
    OptionalDouble retries = OptionalDouble.empty();
    Duration timeout = Duration.ZERO;
    int nodes = 0;
    int ranksPerNode = 0;
    String launcherOptions = "";
    try (JsonParser json = new JsonFactory().createParser(runDirectory.resolve(FILE).toFile())) {
      json.nextToken();
      while (json.nextToken() == JsonToken.FIELD_NAME) {
        String key = json.currentName();
        json.nextToken();
        switch (key) {
          case "directory" -> directory = json.getText();
          case "tasks_file" -> tasksFile = json.getText();
          case "array" -> array = json.getText();
          case "command" -> {
            while (json.nextToken() == JsonToken.VALUE_STRING) {
              command.add(json.getText());
            }
          }
          case "retries" -> retries = OptionalDouble.of(json.getDoubleValue());
          case "timeout_millis" -> timeout = Duration.ofMillis(json.getLongValue());
          case "nodes" -> nodes = json.getIntValue();
          case "ranks_per_node" -> ranksPerNode = json.getIntValue();
          case "launcher_options" -> launcherOptions = json.getText();
          default -> json.skipChildren();
        }
      }
    } catch (IOException e) {
      throw StopException.usage(
          runDirectory
              + ": no run that can be resumed ("
              + FILE
              + ": "
              + e.getClass().getSimpleName()
              + ")\n  fix: name a directory that drover run made");
    }
    return new RunNotes(
        directory,
        tasksFile,
        array,
        command,
        retries,
        timeout,
        new MpiChoice(nodes, ranksPerNode, launcherOptions));
  }
}
