package dev.drover.provider.flux;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.drover.headnode.CommandResult;
import dev.drover.provider.SchedulerRefusal;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * An answer of {@code flux jobs --json}: one job asked about is a bare object, several are {@code
 * {"jobs": […]}} even if one is known; unknown ones stand on stderr, with exit code 1 only if no
 * other is known (flux-core 0.88).
 */
final class FluxListing {
  private static final ObjectMapper JSON =
      new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

  private static final Pattern UNKNOWN = Pattern.compile("JobID \\S+ unknown");

  private FluxListing() {}

  /** The jobs listed, in the order of the answer. */
  static List<JsonNode> jobs(CommandResult result) throws SchedulerRefusal {
    if (result.exitCode() != 0) {
      if (saysUnknownAndNothingElse(result.stderr())) {
        return List.of();
      }
      throw FluxRefusals.ofQuestion(result);
    }
    JsonNode answer = parse(result.stdout());
    if (answer.path("jobs").isArray()) {
      List<JsonNode> jobs = new ArrayList<>();
      answer.path("jobs").forEach(jobs::add);
      return jobs;
    }
    if (answer.path("id").isIntegralNumber()) {
      return List.of(answer);
    }
    throw noListing();
  }

  private static boolean saysUnknownAndNothingElse(String stderr) {
    List<String> lines = stderr.lines().filter(line -> !line.isBlank()).toList();
    return !lines.isEmpty() && lines.stream().allMatch(line -> UNKNOWN.matcher(line).matches());
  }

  private static JsonNode parse(String text) throws SchedulerRefusal {
    try {
      JsonNode answer = JSON.readTree(text);
      if (answer.isObject()) {
        return answer;
      }
    } catch (JsonProcessingException e) {
      // A listing cut short, or no listing at all: the same to the reader.
    }
    throw noListing();
  }

  private static SchedulerRefusal noListing() {
    return SchedulerRefusal.passing(
        "flux jobs printed no listing",
        "see what flux jobs --json prints there; something may wrap the command");
  }
}
