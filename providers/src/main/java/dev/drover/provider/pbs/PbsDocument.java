package dev.drover.provider.pbs;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What a PBS command printed under {@code -F json}: named objects with attributes, in sections. Its
 * JSON is not always JSON: clients of 22.05 and 23.06 write the bytes of a variable's non-ASCII
 * text as raw control characters, numbers are written as the submitter typed them, and an id that
 * is asked for twice is a key twice.
 */
final class PbsDocument {
  private static final JsonFactory JSON =
      new JsonFactoryBuilder()
          .enable(JsonReadFeature.ALLOW_UNESCAPED_CONTROL_CHARS)
          .enable(JsonReadFeature.ALLOW_BACKSLASH_ESCAPING_ANY_CHARACTER)
          .enable(JsonReadFeature.ALLOW_LEADING_ZEROS_FOR_NUMBERS)
          .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
          .build();

  private PbsDocument() {}

  /**
   * The objects of a section, each attribute as text. One with parts, such as {@code
   * resources_max}, gives {@code resources_max.walltime} for each part.
   *
   * @param section as {@code Jobs} or {@code Queue}
   * @param inParts whether attributes with parts are wanted; else they are passed over
   * @return by name, in order; empty if the document has no such section, as each failed query has
   * @throws IOException if it is no document, or is torn: then nothing of it holds
   */
  static Optional<Map<String, Map<String, String>>> section(
      String text, String section, boolean inParts) throws IOException {
    try (JsonParser json = JSON.createParser(text)) {
      if (json.nextToken() != JsonToken.START_OBJECT) {
        throw new IOException("no JSON object");
      }
      Optional<Map<String, Map<String, String>>> objects = Optional.empty();
      while (json.nextToken() != JsonToken.END_OBJECT) {
        boolean found =
            named(json).equals(section) && json.currentToken() == JsonToken.START_OBJECT;
        if (found) {
          objects = Optional.of(objects(json, inParts));
        } else {
          json.skipChildren();
        }
      }
      if (json.nextToken() != null) {
        throw new IOException("more than one JSON document");
      }
      return objects;
    }
  }

  /** The field's name; its value is the current token then. */
  private static String named(JsonParser json) throws IOException {
    if (json.currentToken() != JsonToken.FIELD_NAME) {
      throw new IOException("torn JSON");
    }
    String name = json.currentName();
    json.nextToken();
    return name;
  }

  private static Map<String, Map<String, String>> objects(JsonParser json, boolean inParts)
      throws IOException {
    Map<String, Map<String, String>> objects = new LinkedHashMap<>();
    while (json.nextToken() != JsonToken.END_OBJECT) {
      String name = named(json);
      if (json.currentToken() != JsonToken.START_OBJECT) {
        throw new IOException("\"" + name + "\" is no object");
      }
      Map<String, String> attributes = new LinkedHashMap<>();
      read(json, "", inParts, attributes);
      objects.put(name, attributes);
    }
    return objects;
  }

  private static void read(
      JsonParser json, String before, boolean inParts, Map<String, String> attributes)
      throws IOException {
    while (json.nextToken() != JsonToken.END_OBJECT) {
      String name = before + named(json);
      if (json.currentToken().isScalarValue()) {
        attributes.put(name, json.getText());
      } else if (inParts && before.isEmpty() && json.currentToken() == JsonToken.START_OBJECT) {
        read(json, name + ".", inParts, attributes);
      } else {
        json.skipChildren();
      }
    }
  }
}
