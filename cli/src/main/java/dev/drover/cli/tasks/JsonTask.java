package dev.drover.cli.tasks;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import dev.drover.spelling.NearestName;
import dev.drover.submit.TaskBatch;
import dev.drover.submit.TaskOptions;
import dev.drover.task.TaskSpec;
import dev.drover.task.TaskWork.Shell;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** One line of a {@code .jsonl} task file. A key that is absent or null takes the default. */
final class JsonTask {
  private static final JsonFactory JSON =
      JsonFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();
  private static final List<String> KEYS =
      List.of(
          "id",
          "command",
          "argv",
          "cwd",
          "env",
          "stdin",
          "stdout",
          "stderr",
          "timeout",
          "retries",
          "priority",
          "resources",
          "after");

  /** Is told of each thing that is wrong with the line. */
  @FunctionalInterface
  interface Complaint {
    void add(String what, String mend);
  }

  private final Complaint complaint;
  private final Map<String, String> texts = new LinkedHashMap<>();
  private final Map<String, String> env = new LinkedHashMap<>();
  private List<String> argv = List.of();
  private List<String> after = List.of();
  private Duration timeout;
  private Double retries;
  private Integer priority;
  private JsonResources resources;
  private boolean valid = true;

  private JsonTask(Complaint complaint) {
    this.complaint =
        (what, mend) -> {
          valid = false;
          complaint.add(what, mend);
        };
  }

  /** Reads one line; what is wrong goes to the complaint, and the task is then not valid. */
  static JsonTask parse(String line, Complaint complaint) {
    JsonTask task = new JsonTask(complaint);
    try (JsonParser json = JSON.createParser(line)) {
      if (json.nextToken() != JsonToken.START_OBJECT) {
        task.complaint.add("not a JSON object", "write {\"command\": \"…\"} on each line");
        return task;
      }
      while (json.nextToken() == JsonToken.FIELD_NAME) {
        String key = json.currentName();
        task.read(key, json.nextToken(), json);
      }
      if (json.nextToken() != null) {
        task.complaint.add("more than one JSON value", "write one object a line");
      }
      task.checkCommand();
    } catch (JsonProcessingException e) {
      task.complaint.add(
          "not valid JSON at column "
              + e.getLocation().getColumnNr()
              + ": "
              + brief(e.getOriginalMessage()),
          "write one complete object a line");
    } catch (IOException e) {
      throw new IllegalStateException("reading a text in memory failed", e);
    }
    return task;
  }

  String id() {
    return texts.getOrDefault("id", "");
  }

  List<String> after() {
    return after;
  }

  boolean isValid() {
    return valid;
  }

  /** The task; only if it is valid. */
  TaskBatch batch(TaskDefaults defaults) {
    boolean commandLine = texts.containsKey("command");
    Shell shell =
        new Shell(
            commandLine ? List.of(texts.get("command")) : argv,
            commandLine,
            Optional.ofNullable(texts.get("cwd")),
            env,
            Optional.ofNullable(texts.get("stdin")),
            Optional.ofNullable(texts.get("stdout")),
            Optional.ofNullable(texts.get("stderr")));
    TaskOptions options = defaults.options();
    if (priority != null) {
      options = options.withPriority(priority);
    }
    if (retries != null) {
      options = options.withRetries(retries);
    }
    Duration limit = timeout == null ? defaults.timeout() : timeout;
    return TaskBatch.single(
        new TaskSpec(
            id(),
            shell,
            resources == null ? defaults.mpi().resources() : resources.request(),
            limit,
            resources == null ? defaults.mpi().launcherOptions() : resources.launcherOptions()),
        options,
        defaults.completion());
  }

  private void read(String key, JsonToken token, JsonParser json) throws IOException {
    if (token == JsonToken.VALUE_NULL) {
      return;
    }
    switch (key) {
      case "id", "command", "cwd", "stdin", "stdout", "stderr" -> readText(key, token, json);
      case "argv" -> argv = readList(key, token, json);
      case "after" -> after = readList(key, token, json);
      case "env" -> readEnv(token, json);
      case "timeout" -> timeout = readTime(token, json);
      case "retries" -> retries = readNumber(key, token, json, false, complaint);
      case "priority" -> {
        Double value = readNumber(key, token, json, true, complaint);
        priority = value == null ? null : Integer.valueOf(value.intValue());
      }
      case "resources" -> resources = JsonResources.read(token, json, complaint);
      default -> {
        complaint.add("unknown key '" + key + "'", NearestName.hint(key, KEYS));
        json.skipChildren();
      }
    }
  }

  private void readText(String key, JsonToken token, JsonParser json) throws IOException {
    boolean number = key.equals("id") && token == JsonToken.VALUE_NUMBER_INT;
    if (token != JsonToken.VALUE_STRING && !number) {
      complaint.add(
          "'" + key + "' is not a text",
          key.equals("command") && token == JsonToken.START_ARRAY
              ? "a list of words goes under \"argv\""
              : "write \"" + key + "\": \"…\"");
      json.skipChildren();
    } else if (json.getText().isBlank()) {
      complaint.add("'" + key + "' is empty", "give it a value, or leave it out");
    } else if (json.getText().indexOf('\0') >= 0) {
      complaint.add("'" + key + "' holds a NUL character", "take it out");
    } else {
      texts.put(key, json.getText());
    }
  }

  private List<String> readList(String key, JsonToken token, JsonParser json) throws IOException {
    List<String> values = new ArrayList<>();
    boolean single = key.equals("after") && token.isScalarValue();
    if (!single && token != JsonToken.START_ARRAY) {
      complaint.add("'" + key + "' is not a list", "write \"" + key + "\": [\"…\", \"…\"]");
      json.skipChildren();
      return List.of();
    }
    if (single) {
      values.add(json.getText());
      return List.copyOf(values);
    }
    while (json.nextToken() != JsonToken.END_ARRAY) {
      if (json.currentToken() == JsonToken.VALUE_STRING || json.currentToken().isNumeric()) {
        values.add(json.getText());
      } else {
        complaint.add(
            "'" + key + "' holds something that is no text", "write each element as \"…\"");
        json.skipChildren();
      }
    }
    if (values.isEmpty() || values.get(0).isEmpty()) {
      if (key.equals("argv")) {
        complaint.add("'argv' has no command", "its first element is the program to run");
      }
    }
    return List.copyOf(values);
  }

  private void readEnv(JsonToken token, JsonParser json) throws IOException {
    if (token != JsonToken.START_OBJECT) {
      complaint.add("'env' is not an object", "write \"env\": {\"NAME\": \"value\"}");
      json.skipChildren();
      return;
    }
    while (json.nextToken() == JsonToken.FIELD_NAME) {
      String name = json.currentName();
      JsonToken value = json.nextToken();
      if (name.isEmpty() || name.indexOf('=') >= 0) {
        complaint.add("'" + name + "' cannot name a variable", "use letters, digits and _");
        json.skipChildren();
      } else if (value == JsonToken.VALUE_STRING || value.isNumeric()) {
        env.put(name, json.getText());
      } else {
        complaint.add("the variable '" + name + "' is not a text", "write \"" + name + "\": \"…\"");
        json.skipChildren();
      }
    }
  }

  private Duration readTime(JsonToken token, JsonParser json) throws IOException {
    if (!token.isScalarValue()) {
      complaint.add("'timeout' is no time", "write \"timeout\": \"1h30m\"");
      json.skipChildren();
      return null;
    }
    return readQuantity("timeout", json.getText(), Quantities::time, complaint);
  }

  static <T> T readQuantity(
      String key, String text, Function<String, T> reader, Complaint complaint) {
    try {
      return reader.apply(text);
    } catch (IllegalArgumentException e) {
      String[] parts = e.getMessage().split("; ", 2);
      complaint.add(key + " " + parts[0], parts.length == 2 ? parts[1] : "mend it");
      return null;
    }
  }

  static Double readNumber(
      String key, JsonToken token, JsonParser json, boolean anyInteger, Complaint complaint)
      throws IOException {
    if (anyInteger ? token != JsonToken.VALUE_NUMBER_INT : !token.isNumeric()) {
      complaint.add(
          "'" + key + "' is not a" + (anyInteger ? " whole number" : " number"),
          "write \"" + key + "\": 1");
      json.skipChildren();
      return null;
    }
    double value = json.getDoubleValue();
    if (anyInteger ? Math.abs(value) > Integer.MAX_VALUE : !(value >= 0)) {
      complaint.add(
          "'" + key + "' cannot be " + json.getText(),
          anyInteger ? "use a smaller number" : "it is 0 or more");
      return null;
    }
    return value;
  }

  private void checkCommand() {
    boolean hasCommand = texts.containsKey("command");
    if (hasCommand && !argv.isEmpty()) {
      complaint.add("both 'command' and 'argv'", "keep one of the two");
    } else if (valid && !hasCommand && argv.isEmpty()) {
      complaint.add("no command", "add \"command\": \"…\" or \"argv\": [\"…\"]");
    }
  }

  private static String brief(String message) {
    int end = message.indexOf('\n');
    return (end < 0 ? message : message.substring(0, end))
        .replaceAll(" \\((?:for|start marker) .*|: was expecting \\(JSON .*", "");
  }
}
