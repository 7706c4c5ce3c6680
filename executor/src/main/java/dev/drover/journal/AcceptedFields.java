package dev.drover.journal;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.drover.journal.JournalEntry.TasksAccepted;
import dev.drover.submit.TaskOptions;
import dev.drover.task.ClasspathId;
import dev.drover.task.Isolation;
import dev.drover.task.Payload;
import dev.drover.task.ResourceRequest;
import dev.drover.task.TaskId;
import dev.drover.task.TaskSpec;
import dev.drover.task.TaskWork;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Gathers the keys of one {@code accepted} line. Used by one thread, for one line. */
final class AcceptedFields {
  private long id;
  private int count = 1;
  private long index = -1;
  private String name = "";
  private List<String> argv;
  private String commandLine;
  private Isolation java;
  private Optional<String> cwd = Optional.empty();
  private Map<String, String> env = Map.of();
  private Optional<String> stdin = Optional.empty();
  private Optional<String> stdout = Optional.empty();
  private Optional<String> stderr = Optional.empty();
  private double cores;
  private double accelerators;
  private long memory;
  private int nodes;
  private int ranks;
  private String launcherOptions = "";
  private Duration limit = Duration.ZERO;
  private int priority = TaskOptions.DEFAULT.priority();
  private double retries = TaskOptions.DEFAULT.retries();
  private int lossLimit = TaskOptions.DEFAULT.lossLimit();

  /**
   * Takes the value that {@code line} stands at.
   *
   * @return false when the key is unknown; the value is then still there
   */
  boolean take(String key, JsonParser line) throws IOException {
    switch (key) {
      case "id" -> id = line.getLongValue();
      case "n" -> count = line.getIntValue();
      case "i" -> index = line.getLongValue();
      case "name" -> name = JournalDecoder.text(line);
      case "argv" -> argv = strings(line);
      case "line" -> commandLine = JournalDecoder.text(line);
      case "java" -> java = Isolation.valueOf(JournalDecoder.text(line));
      case "cwd" -> cwd = Optional.of(JournalDecoder.text(line));
      case "env" -> env = variables(line);
      case "stdin" -> stdin = Optional.of(JournalDecoder.text(line));
      case "stdout" -> stdout = Optional.of(JournalDecoder.text(line));
      case "stderr" -> stderr = Optional.of(JournalDecoder.text(line));
      case "cores" -> cores = line.getDoubleValue();
      case "acc" -> accelerators = line.getDoubleValue();
      case "mem" -> memory = line.getLongValue();
      case "nodes" -> nodes = line.getIntValue();
      case "ranks" -> ranks = line.getIntValue();
      case "launch" -> launcherOptions = JournalDecoder.text(line);
      case "limit" -> limit = Duration.parse(JournalDecoder.text(line));
      case "prio" -> priority = line.getIntValue();
      case "retries" -> retries = line.getDoubleValue();
      case "losses" -> lossLimit = line.getIntValue();
      default -> {
        return false;
      }
    }
    return true;
  }

  TasksAccepted entry() throws IOException {
    ResourceRequest resources = new ResourceRequest(cores, accelerators, memory, nodes, ranks);
    TaskSpec spec =
        new TaskSpec(
            name,
            work(),
            resources.isOneSlot() ? ResourceRequest.ONE_SLOT : resources,
            limit,
            launcherOptions);
    TaskOptions options = new TaskOptions(priority, retries, lossLimit);
    return new TasksAccepted(
        new TaskId(id),
        count,
        index,
        spec,
        options.equals(TaskOptions.DEFAULT) ? TaskOptions.DEFAULT : options);
  }

  private TaskWork work() throws IOException {
    int kinds = (argv == null ? 0 : 1) + (commandLine == null ? 0 : 1) + (java == null ? 0 : 1);
    if (kinds != 1) {
      throw new IOException("a task has one of the keys \"argv\", \"line\" and \"java\"");
    }
    if (java != null) {
      return new TaskWork.Java(Payload.EMPTY, ClasspathId.NONE, java);
    }
    return new TaskWork.Shell(
        commandLine == null ? argv : List.of(commandLine),
        commandLine != null,
        cwd,
        env,
        stdin,
        stdout,
        stderr);
  }

  private static List<String> strings(JsonParser line) throws IOException {
    expect(line, JsonToken.START_ARRAY);
    List<String> values = new ArrayList<>();
    while (line.nextToken() != JsonToken.END_ARRAY) {
      values.add(JournalDecoder.text(line));
    }
    return values;
  }

  private static Map<String, String> variables(JsonParser line) throws IOException {
    expect(line, JsonToken.START_ARRAY);
    Map<String, String> values = new LinkedHashMap<>();
    while (line.nextToken() != JsonToken.END_ARRAY) {
      List<String> pair = strings(line);
      if (pair.size() != 2) {
        throw new IOException("a variable is [name, value]");
      }
      values.put(pair.get(0), pair.get(1));
    }
    return values;
  }

  private static void expect(JsonParser line, JsonToken token) throws IOException {
    if (line.currentToken() != token) {
      throw new IOException(token + " was expected, not " + line.currentToken());
    }
  }
}
