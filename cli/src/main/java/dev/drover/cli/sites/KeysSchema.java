package dev.drover.cli.sites;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.drover.site.Key;
import dev.drover.site.QueueKeys;
import dev.drover.site.ValueShape;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.List;

/**
 * The registry of keys as a JSON Schema, for editors and for programs that make sites: an object
 * with a site file's keys, as the values of {@code sites show --json}.
 */
final class KeysSchema {
  private static final String DIALECT = "https://json-schema.org/draft/2020-12/schema";
  private static final String QUEUE_NAME = "[A-Za-z0-9][A-Za-z0-9_.-]*";

  private KeysSchema() {}

  /** The schema, indented. */
  static String of(List<Key<?>> keys) {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = new JsonFactory().createGenerator(text).useDefaultPrettyPrinter()) {
      json.writeStartObject();
      json.writeStringField("$schema", DIALECT);
      json.writeStringField("title", "A Drover site");
      json.writeStringField("type", "object");
      json.writeObjectFieldStart("properties");
      for (Key<?> key : keys) {
        if (!isOfQueues(key)) {
          property(json, key.name(), key);
        }
      }
      json.writeEndObject();
      json.writeObjectFieldStart("patternProperties");
      for (Key<?> key : keys) {
        if (isOfQueues(key)) {
          property(json, pattern(key), key);
        }
      }
      json.writeEndObject();
      json.writeBooleanField("additionalProperties", false);
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return text.toString();
  }

  private static boolean isOfQueues(Key<?> key) {
    return key.name().contains(QueueKeys.PLACEHOLDER);
  }

  private static String pattern(Key<?> key) {
    return "^" + key.name().replace(".", "\\.").replace(QueueKeys.PLACEHOLDER, QUEUE_NAME) + "$";
  }

  private static <T> void property(JsonGenerator json, String name, Key<T> key) throws IOException {
    ValueShape shape = key.type().shape();
    String initial = KeysPage.defaultOf(key);
    json.writeObjectFieldStart(name);
    json.writeStringField("description", key.doc());
    switch (shape.kind()) {
      case TEXT -> {
        json.writeStringField("type", "string");
        json.writeStringField("default", initial);
      }
      case WHOLE_NUMBER, NUMBER -> {
        json.writeStringField(
            "type", shape.kind() == ValueShape.Kind.NUMBER ? "number" : "integer");
        json.writeFieldName("default");
        json.writeNumber(initial);
      }
      case BOOLEAN -> {
        json.writeStringField("type", "boolean");
        json.writeBooleanField("default", initial.equals("true"));
      }
    }
    if (shape.min().isPresent()) {
      json.writeNumberField("minimum", shape.min().get());
    }
    if (shape.max().isPresent()) {
      json.writeNumberField("maximum", shape.max().get());
    }
    if (!shape.words().isEmpty()) {
      json.writeArrayFieldStart("enum");
      for (String word : shape.words()) {
        json.writeString(word);
      }
      json.writeEndArray();
    }
    if (!shape.pattern().isEmpty()) {
      json.writeStringField("pattern", shape.pattern());
    }
    json.writeEndObject();
  }
}
