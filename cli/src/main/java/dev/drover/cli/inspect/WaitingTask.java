package dev.drover.cli.inspect;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A task of a {@code .jsonl} file that was not submitted, because it comes after others.
 *
 * @param after the tasks that it comes after, by name
 */
record WaitingTask(String name, List<String> after) {
  WaitingTask {
    after = List.copyOf(after);
  }

  /** Finds it in the task file that the run keeps; empty = there is no such task, or no file. */
  static Optional<WaitingTask> find(Path runDirectory, String name) throws IOException {
    try (BufferedReader lines = Files.newBufferedReader(runDirectory.resolve("tasks.jsonl"))) {
      String line;
      while ((line = lines.readLine()) != null) {
        if (line.contains(name)) {
          WaitingTask task = read(line);
          if (task.name.equals(name) && !task.after.isEmpty()) {
            return Optional.of(task);
          }
        }
      }
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
    return Optional.empty();
  }

  private static WaitingTask read(String line) throws IOException {
    String id = "";
    List<String> after = new ArrayList<>();
    try (JsonParser json = new JsonFactory().createParser(line)) {
      json.nextToken();
      while (json.nextToken() == JsonToken.FIELD_NAME) {
        String key = json.currentName();
        JsonToken value = json.nextToken();
        if (key.equals("id")) {
          id = json.getText();
        } else if (!key.equals("after")) {
          json.skipChildren();
        } else if (value == JsonToken.START_ARRAY) {
          while (json.nextToken() != JsonToken.END_ARRAY) {
            after.add(json.getText());
          }
        } else if (value != JsonToken.VALUE_NULL) {
          after.add(json.getText());
        }
      }
    }
    return new WaitingTask(id, after);
  }

  /** Which of the tasks before it keep it from being run. */
  String text(RunView run) {
    List<String> reasons = new ArrayList<>();
    for (String parent : after) {
      Optional<TaskView> view = TaskSelection.named(run, parent);
      if (view.isEmpty()) {
        reasons.add("\"" + parent + "\", which was not started either");
      } else if (view.get().end().isEmpty()) {
        reasons.add("\"" + parent + "\", which has not ended");
      } else if (view.get().isFailed()) {
        reasons.add(
            "\"" + parent + "\", which failed: " + EndingText.full(view.get().end().orElseThrow()));
      }
    }
    return "task \""
        + name
        + "\": not started: it comes after "
        + (reasons.isEmpty()
            ? String.join(", ", after) + ", and follows now"
            : String.join(" and ", reasons));
  }

  String json(RunView run) {
    return JsonText.object(
        out -> {
          out.writeStringField("name", name);
          out.writeStringField("state", "waiting");
          out.writeStringField("standing", text(run));
          out.writeArrayFieldStart("after");
          for (String parent : after) {
            out.writeString(parent);
          }
          out.writeEndArray();
        });
  }
}
