package dev.drover.provider.ssh;

import dev.drover.job.JobId;
import dev.drover.job.JobState;
import dev.drover.job.JobStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What is known of a block: its parts and how each ended. It is over when all of them are. No I/O
 * and no clock: time is told. For one thread at a time.
 */
final class SshBlock {
  private final List<BlockPart> parts;
  private final Instant started;
  private final Optional<Duration> walltime;
  private final Map<BlockPart, JobStatus> ends = new HashMap<>();
  private final Map<BlockPart, Instant> told = new HashMap<>();
  private Optional<String> stop = Optional.empty();
  private boolean overdue;
  private JobStatus status;

  /**
   * @param parts one or more
   * @param started when it was, or when this process first heard of it
   * @param walltime after which it is to be ended; empty = never, or not known
   */
  SshBlock(List<BlockPart> parts, Instant started, Optional<Duration> walltime) {
    this.parts = List.copyOf(parts);
    this.started = started;
    this.walltime = walltime;
    this.status = JobStatus.of(JobState.RUNNING, started);
  }

  JobId id() {
    return BlockPart.blockId(parts);
  }

  /** The latest that is known; RUNNING until every part was seen to have ended. */
  JobStatus status() {
    return status;
  }

  boolean isOver() {
    return status.state().isTerminal();
  }

  /** Its hosts, those of ended parts, too, until it is over. */
  Set<String> hosts() {
    return isOver()
        ? Set.of()
        : parts.stream().map(BlockPart::host).collect(Collectors.toUnmodifiableSet());
  }

  /** The parts that were not seen to have ended. */
  List<BlockPart> open() {
    return parts.stream().filter(part -> !ends.containsKey(part)).toList();
  }

  /** From now on it is to end. */
  void stop(String why) {
    stop = stop.or(() -> Optional.of(why));
  }

  /** A part was asked to end. */
  void told(BlockPart part, Instant now) {
    told.put(part, now);
  }

  /**
   * The parts to be asked to end, since the block is to end: those that never were, and those that
   * still run a while after it, as when the word was lost.
   *
   * @param patience how long a part that was asked may still run
   */
  Set<BlockPart> toBeTold(Instant now, Duration patience) {
    if (stop.isEmpty() || isOver()) {
      return Set.of();
    }
    Set<BlockPart> parts = new HashSet<>(open());
    parts.removeIf(part -> told.containsKey(part) && now.isBefore(told.get(part).plus(patience)));
    return parts;
  }

  /** Takes in how a part stands; one that has ended never runs again. */
  void seen(BlockPart part, JobStatus seen) {
    if (seen.state().isTerminal()) {
      ends.putIfAbsent(part, seen);
    }
  }

  /** Draws the conclusion from what was seen, and from the time. */
  void judge(Instant now) {
    if (isOver()) {
      return;
    }
    if (ends.size() == parts.size()) {
      status = end(now);
    } else if (walltime.isPresent() && !now.isBefore(started.plus(walltime.get()))) {
      overdue |= stop.isEmpty();
      stop("it reached its walltime");
    }
  }

  private JobStatus end(Instant now) {
    if (overdue) {
      String reason = "ended by Drover at its walltime of " + walltime.get().toSeconds() + " s";
      return new JobStatus(JobState.TIMED_OUT, now, OptionalInt.empty(), reason);
    }
    if (parts.size() == 1) {
      return ends.get(parts.get(0));
    }
    for (JobState worst : List.of(JobState.FAILED, JobState.CANCELLED)) {
      List<BlockPart> such =
          parts.stream().filter(part -> ends.get(part).state() == worst).toList();
      if (!such.isEmpty() && !(worst == JobState.FAILED && stop.isPresent() && anyCancelled())) {
        return new JobStatus(worst, now, ends.get(such.get(0)).exitCode(), reasons(such));
      }
    }
    return JobStatus.ofExitCode(0, now);
  }

  /** In a block that was asked to end, a failure is how some part took it. */
  private boolean anyCancelled() {
    return ends.values().stream().anyMatch(end -> end.state() == JobState.CANCELLED);
  }

  private String reasons(List<BlockPart> such) {
    return such.stream()
        .map(
            part ->
                "on "
                    + part.host()
                    + ": "
                    + ends.get(part).reason()
                    + part.directory()
                        .map(files -> " (see " + files.resolve("stderr") + ")")
                        .orElse(""))
        .collect(Collectors.joining("; "));
  }
}
