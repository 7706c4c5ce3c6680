package dev.drover.journal;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * What a look at a run directory tells of its run, without reading the whole journal.
 *
 * @param name of the directory
 * @param holder who has its lock; empty = nobody who lives
 * @param started when it began; empty = not known
 * @param site name of its site; empty = not known
 * @param headNode the head node that it is on, as seen from its directory, a URL; empty = it is
 *     here
 * @param end how its last process ended; empty = it was killed, or still runs
 * @param changed when its journal was written last; empty = it has none
 * @param counts empty = nothing was counted
 * @param problem what cannot be read of it; empty = nothing
 */
public record RunOverview(
    String name,
    State state,
    Optional<LockHolder> holder,
    Optional<Instant> started,
    String site,
    String headNode,
    Optional<JournalEntry.RunEnded> end,
    Optional<Instant> changed,
    Optional<Counts> counts,
    String problem) {
  /** How it stands with a run. */
  public enum State {
    /** A process on the host that was looked on has it. */
    LIVE,
    /** A process on another host has it, which cannot be seen from there. */
    ELSEWHERE,
    /** It did not end, and nobody has it: it can be resumed. */
    INTERRUPTED,
    /** It ended by itself. */
    ENDED,
    /** It cannot be told. */
    UNREADABLE
  }

  /**
   * Tasks in its journal.
   *
   * @param ended for good, in whichever way
   * @param failed of these, otherwise than SUCCEEDED
   */
  public record Counts(long accepted, long ended, long failed) {}

  public RunOverview {
    Objects.requireNonNull(name);
    Objects.requireNonNull(state);
    Objects.requireNonNull(holder);
    Objects.requireNonNull(started);
    Objects.requireNonNull(site);
    Objects.requireNonNull(headNode);
    Objects.requireNonNull(end);
    Objects.requireNonNull(changed);
    Objects.requireNonNull(counts);
    Objects.requireNonNull(problem);
  }

  /**
   * Understands what {@code runs.sh} tells of a run directory.
   *
   * @param facts its texts by their words
   * @param host that it was told on
   */
  public static RunOverview of(String name, Map<String, String> facts, String host) {
    StringBuilder problem = new StringBuilder();
    if (facts.containsKey("denied")) {
      problem.append("permission denied");
    }
    Optional<RunHeader> header = header(facts.get("header"), problem);
    Optional<JournalEntry> first = entry(facts.get("first"));
    boolean isBegun = facts.containsKey("first") && !isTornFirst(facts);
    if (isBegun && !(first.orElse(null) instanceof JournalEntry.RunStarted)) {
      problem.append(problem.isEmpty() ? "" : "; ");
      problem.append("its journal.jsonl cannot be read: the first line does not start a run");
    }
    Optional<LockHolder> holder =
        Optional.ofNullable(facts.get("lock"))
            .flatMap(lock -> LockHolder.fromJson(lock.getBytes(StandardCharsets.UTF_8)))
            .filter(it -> !it.host().equals(host) || lives(it, facts.get("process")));
    Optional<JournalEntry.RunEnded> end =
        entry(facts.get("last"))
            .filter(JournalEntry.RunEnded.class::isInstance)
            .map(JournalEntry.RunEnded.class::cast);
    State state =
        !problem.isEmpty()
            ? State.UNREADABLE
            : holder.isPresent()
                ? holder.get().host().equals(host) ? State.LIVE : State.ELSEWHERE
                : end.isPresent() ? State.ENDED : State.INTERRUPTED;
    return new RunOverview(
        name,
        state,
        holder,
        header
            .map(RunHeader::started)
            .or(
                () ->
                    first
                        .filter(JournalEntry.RunStarted.class::isInstance)
                        .map(it -> ((JournalEntry.RunStarted) it).time())),
        header.map(RunHeader::site).orElse(""),
        facts.getOrDefault("url", ""),
        end,
        Optional.ofNullable(facts.get("journal")).flatMap(RunOverview::changed),
        Optional.ofNullable(facts.get("counts")).map(RunOverview::counts),
        problem.toString());
  }

  /** Whether not even the first line of the journal was written whole. */
  private static boolean isTornFirst(Map<String, String> facts) {
    String begin = new String(JournalEncoder.RUN_STARTED, StandardCharsets.US_ASCII);
    String first = facts.get("first");
    return facts.containsKey("torn")
        && facts.getOrDefault("last", "").isBlank()
        && begin.startsWith(first.substring(0, Math.min(first.length(), begin.length())));
  }

  private static boolean lives(LockHolder holder, String processStart) {
    return processStart != null
        && holder.began(Instant.ofEpochSecond(Long.parseLong(processStart)));
  }

  private static Optional<RunHeader> header(String json, StringBuilder problem) {
    if (json == null) {
      return Optional.empty();
    }
    try {
      return Optional.of(RunHeader.fromJson(json.getBytes(StandardCharsets.UTF_8)));
    } catch (IOException | DateTimeException e) {
      problem.append("its run.json cannot be read: ");
      problem.append(String.valueOf(e.getMessage()).lines().findFirst().orElse(""));
      return Optional.empty();
    }
  }

  /** Empty = there is none, or none that this program knows. */
  private static Optional<JournalEntry> entry(String line) {
    if (line == null) {
      return Optional.empty();
    }
    byte[] bytes = line.getBytes(StandardCharsets.UTF_8);
    try {
      return new JournalDecoder().decode(bytes, 0, bytes.length);
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private static Optional<Instant> changed(String changedAndBytes) {
    String seconds = changedAndBytes.split(" ")[0];
    return seconds.isEmpty()
        ? Optional.empty()
        : Optional.of(Instant.ofEpochSecond(Long.parseLong(seconds)));
  }

  private static Counts counts(String text) {
    String[] numbers = text.split(" ");
    long ended = Long.parseLong(numbers[1]);
    return new Counts(Long.parseLong(numbers[0]), ended, ended - Long.parseLong(numbers[2]));
  }
}
