package dev.drover.cli.inspect;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.drover.submit.TaskReport;
import dev.drover.task.TaskId;
import dev.drover.task.TaskOutcome;
import dev.drover.task.TaskSpec;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.Locale;

/** Writes the one JSON object that {@code --json} asks for. Its first key is always the version. */
public final class JsonText {
  /** Raised when a key changes its meaning or goes away; new keys do not raise it. */
  public static final int VERSION = 1;

  private JsonText() {}

  /** Fills one object. */
  @FunctionalInterface
  public interface Body {
    void write(JsonGenerator json) throws IOException;
  }

  /** One object on one line, {@code "drover_json": 1} first. */
  public static String object(Body body) {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = new JsonFactory().createGenerator(text)) {
      json.writeStartObject();
      json.writeNumberField("drover_json", VERSION);
      body.write(json);
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return text.toString();
  }

  /** One task's end as an object. */
  public static void end(JsonGenerator json, TaskReport report, TaskSpec spec, long index)
      throws IOException {
    json.writeStartObject();
    task(json, report.id(), spec, index);
    attempt(json, report);
    json.writeEndObject();
  }

  /** The fields that name a task. */
  public static void task(JsonGenerator json, TaskId id, TaskSpec spec, long index)
      throws IOException {
    json.writeNumberField("id", id.value());
    if (!spec.name().isEmpty()) {
      json.writeStringField("name", spec.name());
    }
    if (index >= 0) {
      json.writeNumberField("index", index);
    }
    json.writeStringField("command", EndingText.command(spec));
  }

  /** The fields of one ended attempt. */
  public static void attempt(JsonGenerator json, TaskReport report) throws IOException {
    TaskOutcome outcome = report.outcome();
    json.writeStringField("ending", outcome.ending().name().toLowerCase(Locale.ROOT));
    json.writeNumberField("attempt", outcome.attempt());
    json.writeNumberField("exit_code", outcome.exitCode());
    json.writeNumberField("signal", outcome.signal());
    json.writeStringField("host", report.host());
    json.writeNumberField("lost_attempts", report.lostAttempts());
    json.writeNumberField("seconds", outcome.durationMicros() / 1e6);
    json.writeStringField("message", outcome.message());
    json.writeStringField("tail", outcome.tail());
  }
}
