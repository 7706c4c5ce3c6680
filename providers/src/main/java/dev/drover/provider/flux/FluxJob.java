package dev.drover.provider.flux;

import com.fasterxml.jackson.databind.JsonNode;
import dev.drover.job.JobId;
import dev.drover.job.JobState;
import dev.drover.job.JobStatus;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/**
 * One job of a listing. Keys that Flux does not know yet are absent. The states are those of Flux
 * RFC 21; a result stands only beside INACTIVE.
 */
record FluxJob(JsonNode json) {
  private static final int SIGNALLED = 128;

  boolean hasId() {
    return json.path("id").isIntegralNumber();
  }

  /** Ids grow with time. */
  long number() {
    return json.path("id").longValue();
  }

  JobId id() {
    return F58.of(number());
  }

  String name() {
    return text("name");
  }

  JobStatus status(Instant now) {
    String state = text("state");
    return switch (state) {
      case "NEW", "PRIORITY" -> pending("Flux has not ranked it yet", now);
      case "DEPEND" -> pending("waits for " + list("dependencies"), now);
      case "SCHED" -> pending(whyItWaits(), now);
      case "RUN" -> JobStatus.of(JobState.RUNNING, now);
      case "CLEANUP" -> without(JobState.RUNNING, "Flux is cleaning up after it", now);
      case "INACTIVE" -> ended(now);
      default -> without(JobState.UNKNOWN, "Flux calls its state \"" + state + "\"", now);
    };
  }

  private JobStatus pending(String reason, Instant now) {
    return isHeld()
        ? without(
            JobState.HELD,
            "held with urgency 0; to release it: flux job urgency " + id() + " default",
            now)
        : without(JobState.PENDING, reason, now);
  }

  /** Urgency is the user's, priority what the site made of it. */
  private boolean isHeld() {
    return isZero("urgency") || (text("state").equals("SCHED") && isZero("priority"));
  }

  private boolean isZero(String key) {
    return json.path(key).isIntegralNumber() && json.path(key).longValue() == 0;
  }

  /** What schedulers may tell, in the keys of Flux RFC 27. */
  private String whyItWaits() {
    JsonNode told = json.path("annotations").path("sched");
    List<String> reasons = new ArrayList<>();
    if (told.hasNonNull("reason_pending")) {
      reasons.add(told.path("reason_pending").asText());
    }
    if (told.hasNonNull("jobs_ahead")) {
      reasons.add(told.path("jobs_ahead").asText() + " jobs ahead");
    }
    if (told.path("t_estimate").isNumber()) {
      reasons.add("would start at " + Instant.ofEpochSecond(told.path("t_estimate").longValue()));
    }
    if (json.path("exception").path("occurred").asBoolean()) {
      reasons.add(exception());
    }
    return String.join("; ", reasons);
  }

  private JobStatus ended(Instant now) {
    String result = text("result");
    return switch (result) {
      case "COMPLETED" -> new JobStatus(JobState.COMPLETED, now, OptionalInt.of(0), "");
      case "TIMEOUT" -> new JobStatus(JobState.TIMED_OUT, now, exitCode(), exception());
      case "CANCELED" -> new JobStatus(JobState.CANCELLED, now, exitCode(), exception());
      case "FAILED" -> new JobStatus(JobState.FAILED, now, exitCode(), whyItFailed());
      default -> without(JobState.UNKNOWN, "Flux calls its result \"" + result + "\"", now);
    };
  }

  private String whyItFailed() {
    if (!exception().isEmpty()) {
      return exception();
    }
    int code = json.path("returncode").asInt(-1);
    return code > SIGNALLED
        ? "the job script was killed by signal " + (code - SIGNALLED)
        : "the job script ended with exit code " + code;
  }

  /**
   * A job that never ran has none, though Flux then says 1 or -128; and a zero of a job that did
   * not end well, as when its last tasks were killed, would mislead.
   */
  private OptionalInt exitCode() {
    int code = json.path("returncode").asInt(0);
    return json.hasNonNull("t_run") && code >= 1 && code <= 255
        ? OptionalInt.of(code)
        : OptionalInt.empty();
  }

  /** Its type and note, as {@code alloc: unsatisfiable request: …}; empty if there was none. */
  private String exception() {
    JsonNode exception = json.path("exception");
    String type = exception.path("type").asText("");
    String note = exception.path("note").asText("").strip();
    return note.isEmpty() ? type : type + ": " + note;
  }

  private String text(String key) {
    return json.path(key).asText("");
  }

  private String list(String key) {
    List<String> words = new ArrayList<>();
    json.path(key).forEach(word -> words.add(word.asText()));
    return String.join(", ", words);
  }

  private static JobStatus without(JobState state, String reason, Instant now) {
    return new JobStatus(state, now, OptionalInt.empty(), reason);
  }
}
