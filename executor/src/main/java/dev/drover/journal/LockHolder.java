package dev.drover.journal;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Objects;
import java.util.Optional;

/**
 * The process that uses a run directory.
 *
 * @param started when it took the directory
 * @param processStarted when the process itself began, which tells it from a later one of the same
 *     pid; the epoch = not known
 */
public record LockHolder(String host, long pid, Instant started, Instant processStarted) {
  /** The JDK computes a start time from clock ticks, so two readings may differ a little. */
  private static final Duration SAME = Duration.ofSeconds(2);

  public LockHolder {
    Objects.requireNonNull(host);
    Objects.requireNonNull(started);
    Objects.requireNonNull(processStarted);
  }

  /** This process, from now on. */
  static LockHolder self() {
    ProcessHandle self = ProcessHandle.current();
    return new LockHolder(
        HostName.local(),
        self.pid(),
        Instant.now(),
        self.info().startInstant().orElse(Instant.EPOCH));
  }

  boolean isOnThisHost() {
    return host.equals(HostName.local());
  }

  /** Whether the process lives, as seen from its own host. */
  boolean isAlive() {
    Optional<ProcessHandle> process = ProcessHandle.of(pid).filter(ProcessHandle::isAlive);
    if (process.isEmpty()) {
      return false;
    }
    return process.get().info().startInstant().map(this::began).orElse(true);
  }

  /** Whether the process of its pid is this one, and no later one, if that began at this time. */
  boolean began(Instant begin) {
    return processStarted.equals(Instant.EPOCH)
        || Duration.between(begin, processStarted).abs().compareTo(SAME) <= 0;
  }

  byte[] toJson() {
    JsonBytes json = new JsonBytes(256);
    json.raw(ascii("{\"host\":")).string(host);
    json.raw(ascii(",\"pid\":")).number(pid);
    json.raw(ascii(",\"started\":")).string(started.toString());
    json.raw(ascii(",\"processStarted\":")).string(processStarted.toString());
    json.raw(ascii("}\n"));
    return Arrays.copyOf(json.bytes(), json.length());
  }

  /** Reads what {@link #toJson} wrote; empty when there is nothing, or nothing readable. */
  static Optional<LockHolder> fromJson(byte[] bytes) {
    String host = null;
    long pid = 0;
    Instant started = Instant.EPOCH;
    Instant processStarted = Instant.EPOCH;
    try (JsonParser json = new JsonFactory().createParser(bytes)) {
      if (json.nextToken() != JsonToken.START_OBJECT) {
        return Optional.empty();
      }
      for (String key = json.nextFieldName(); key != null; key = json.nextFieldName()) {
        json.nextToken();
        switch (key) {
          case "host" -> host = json.getText();
          case "pid" -> pid = json.getLongValue();
          case "started" -> started = Instant.parse(json.getText());
          case "processStarted" -> processStarted = Instant.parse(json.getText());
          default -> json.skipChildren();
        }
      }
    } catch (IOException | DateTimeException e) {
      return Optional.empty();
    }
    return host == null
        ? Optional.empty()
        : Optional.of(new LockHolder(host, pid, started, processStarted));
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  @Override
  public String toString() {
    return "process " + pid + " on " + host + ", since " + started;
  }
}
