package dev.drover.provider.pbs;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import dev.drover.job.JobId;
import java.io.IOException;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What {@code qstat -f -F json} printed. Its JSON is not always JSON: clients of 22.05 and 23.06
 * write the bytes of a variable's non-ASCII text as raw control characters, numbers are written as
 * the submitter typed them, and an id that is asked for twice is a key twice.
 *
 * @param jobs by id; absent if the document has no {@code Jobs}, which each failed query has, too
 */
record PbsListing(Optional<Map<JobId, PbsJob>> jobs) {
  private static final JsonFactory JSON =
      new JsonFactoryBuilder()
          .enable(JsonReadFeature.ALLOW_UNESCAPED_CONTROL_CHARS)
          .enable(JsonReadFeature.ALLOW_BACKSLASH_ESCAPING_ANY_CHARACTER)
          .enable(JsonReadFeature.ALLOW_LEADING_ZEROS_FOR_NUMBERS)
          .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
          .build();

  /**
   * Reads a whole document.
   *
   * @throws IOException if it is none, or is torn: then nothing of it holds
   */
  static PbsListing parse(String text) throws IOException {
    try (JsonParser json = JSON.createParser(text)) {
      if (json.nextToken() != JsonToken.START_OBJECT) {
        throw new IOException("no JSON object");
      }
      Optional<Map<JobId, PbsJob>> jobs = Optional.empty();
      while (json.nextToken() != JsonToken.END_OBJECT) {
        boolean found = named(json).equals("Jobs") && json.currentToken() == JsonToken.START_OBJECT;
        if (found) {
          jobs = Optional.of(jobs(json));
        } else {
          json.skipChildren();
        }
      }
      if (json.nextToken() != null) {
        throw new IOException("more than one JSON document");
      }
      return new PbsListing(jobs);
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

  private static Map<JobId, PbsJob> jobs(JsonParser json) throws IOException {
    Map<JobId, PbsJob> jobs = new LinkedHashMap<>();
    while (json.nextToken() != JsonToken.END_OBJECT) {
      String id = named(json);
      if (json.currentToken() != JsonToken.START_OBJECT) {
        throw new IOException("job \"" + id + "\" is no object");
      }
      PbsJob job = new PbsJob(scalars(json));
      if (!id.isEmpty() && id.chars().noneMatch(c -> c <= ' ')) {
        jobs.put(new JobId(id), job);
      }
    }
    return jobs;
  }

  /** Each attribute as text; what has parts is passed over, and with it the user's variables. */
  private static Map<String, String> scalars(JsonParser json) throws IOException {
    Map<String, String> values = new HashMap<>();
    while (json.nextToken() != JsonToken.END_OBJECT) {
      String name = named(json);
      if (json.currentToken().isScalarValue()) {
        values.put(name, json.getText());
      } else {
        json.skipChildren();
      }
    }
    return values;
  }
}
