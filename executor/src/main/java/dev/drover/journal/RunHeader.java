package dev.drover.journal;

import com.fasterxml.jackson.core.JsonEncoding;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/**
 * What a run is, as {@code run.json} says: written once when it begins, read by whoever comes
 * later.
 *
 * @param version of this file's format
 * @param arguments of the command line, as given
 * @param workingDirectory where it was given
 * @param host where the submitting side ran
 * @param site name of the site; empty = none
 * @param notes what else the command line keeps for itself
 */
public record RunHeader(
    FormatVersion version,
    String runId,
    String name,
    Instant started,
    List<String> arguments,
    String workingDirectory,
    String host,
    long pid,
    String droverVersion,
    String javaVersion,
    String site,
    Map<String, String> notes) {
  public RunHeader {
    Objects.requireNonNull(version);
    Objects.requireNonNull(runId);
    Objects.requireNonNull(name);
    Objects.requireNonNull(started);
    arguments = List.copyOf(arguments);
    Objects.requireNonNull(workingDirectory);
    Objects.requireNonNull(host);
    Objects.requireNonNull(droverVersion);
    Objects.requireNonNull(javaVersion);
    Objects.requireNonNull(site);
    notes = Map.copyOf(notes);
  }

  /**
   * The header of a run that this process begins: its host, pid, directory and Java are filled in.
   */
  public static RunHeader ofThisProcess(
      String runId,
      String name,
      Instant started,
      List<String> arguments,
      String droverVersion,
      String site,
      Map<String, String> notes) {
    return new RunHeader(
        FormatVersion.CURRENT,
        runId,
        name,
        started,
        arguments,
        System.getProperty("user.dir"),
        HostName.local(),
        ProcessHandle.current().pid(),
        droverVersion,
        Runtime.version().toString(),
        site,
        notes);
  }

  byte[] toJson() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (JsonGenerator json = new JsonFactory().createGenerator(bytes, JsonEncoding.UTF8)) {
      json.useDefaultPrettyPrinter();
      json.writeStartObject();
      json.writeStringField("version", version.toString());
      json.writeStringField("runId", runId);
      json.writeStringField("name", name);
      json.writeStringField("started", started.toString());
      json.writeArrayFieldStart("arguments");
      for (String argument : arguments) {
        json.writeString(argument);
      }
      json.writeEndArray();
      json.writeStringField("workingDirectory", workingDirectory);
      json.writeStringField("host", host);
      json.writeNumberField("pid", pid);
      json.writeStringField("droverVersion", droverVersion);
      json.writeStringField("javaVersion", javaVersion);
      json.writeStringField("site", site);
      json.writeObjectFieldStart("notes");
      for (Map.Entry<String, String> note : new TreeMap<>(notes).entrySet()) {
        json.writeStringField(note.getKey(), note.getValue());
      }
      json.writeEndObject();
      json.writeEndObject();
      json.writeRaw('\n');
    }
    return bytes.toByteArray();
  }

  static RunHeader fromJson(byte[] bytes) throws IOException {
    FormatVersion version = null;
    Instant started = null;
    List<String> arguments = new ArrayList<>();
    Map<String, String> notes = new LinkedHashMap<>();
    Map<String, String> texts = new LinkedHashMap<>();
    long pid = 0;
    try (JsonParser json = new JsonFactory().createParser(bytes)) {
      if (json.nextToken() != JsonToken.START_OBJECT) {
        throw new IOException("it is no JSON object");
      }
      for (String key = json.nextFieldName(); key != null; key = json.nextFieldName()) {
        JsonToken token = json.nextToken();
        switch (key) {
          case "version" -> version = FormatVersion.parse(json.getText());
          case "started" -> started = Instant.parse(json.getText());
          case "pid" -> pid = json.getLongValue();
          case "arguments" -> {
            while (json.nextToken() == JsonToken.VALUE_STRING) {
              arguments.add(json.getText());
            }
          }
          case "notes" -> {
            for (String note = json.nextFieldName(); note != null; note = json.nextFieldName()) {
              notes.put(note, json.nextTextValue());
            }
          }
          default -> {
            if (token == JsonToken.VALUE_STRING) {
              texts.put(key, json.getText());
            } else {
              json.skipChildren();
            }
          }
        }
      }
    } catch (IllegalArgumentException | DateTimeException e) {
      throw new IOException(e.getMessage(), e);
    }
    if (version == null || started == null || !texts.containsKey("runId")) {
      throw new IOException("version, started or runId is missing");
    }
    if (!version.isReadable()) {
      throw new IOException("it has format version " + version + ", use a newer Drover");
    }
    return new RunHeader(
        version,
        texts.get("runId"),
        texts.getOrDefault("name", ""),
        started,
        arguments,
        texts.getOrDefault("workingDirectory", ""),
        texts.getOrDefault("host", ""),
        pid,
        texts.getOrDefault("droverVersion", ""),
        texts.getOrDefault("javaVersion", ""),
        texts.getOrDefault("site", ""),
        notes);
  }
}
