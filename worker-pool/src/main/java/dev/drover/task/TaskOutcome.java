package dev.drover.task;

import java.util.Objects;

/**
 * How one attempt of a task ended, as its manager saw it.
 *
 * @param exitCode 0..255, or -1 where there was none
 * @param signal number of the signal that ended the command, 0 = none
 * @param message the cause and the mend in one or more lines; empty when there is nothing to say
 * @param result the serialized value of a Java task, or its serialized throwable
 * @param startedMicros microseconds since the epoch by the node's clock; 0 = never started
 * @param endedMicros microseconds since the epoch by the node's clock
 * @param cpuMicros user and system time of the whole process tree that was waited for, in
 *     microseconds; -1 = unknown
 * @param peakMemoryBytes largest resident memory seen, in bytes; -1 = unknown
 * @param worker rank of the worker on its node, from 0; -1 = none
 * @param tail the last part of what the task wrote to stderr (or stdout), of failed tasks only
 */
public record TaskOutcome(
    TaskId id,
    int attempt,
    Ending ending,
    int exitCode,
    int signal,
    String message,
    Payload result,
    long startedMicros,
    long endedMicros,
    long cpuMicros,
    long peakMemoryBytes,
    int worker,
    OutputRange stdout,
    OutputRange stderr,
    String tail) {
  public TaskOutcome {
    Objects.requireNonNull(id);
    Objects.requireNonNull(ending);
    Objects.requireNonNull(message);
    Objects.requireNonNull(result);
    Objects.requireNonNull(stdout);
    Objects.requireNonNull(stderr);
    Objects.requireNonNull(tail);
  }

  /** An outcome without a process: the task was lost, refused, cancelled in the queue. */
  public static TaskOutcome without(
      TaskId id, int attempt, Ending ending, String message, long nowMicros) {
    return new TaskOutcome(
        id,
        attempt,
        ending,
        -1,
        0,
        message,
        Payload.EMPTY,
        0,
        nowMicros,
        -1,
        -1,
        -1,
        OutputRange.NOTHING,
        OutputRange.NOTHING,
        "");
  }

  /**
   * The same attempt, which ended because it was made to: what it returned or threw is left out.
   */
  public TaskOutcome withEnding(Ending cause, String words) {
    return new TaskOutcome(
        id,
        attempt,
        cause,
        exitCode,
        signal,
        words,
        Payload.EMPTY,
        startedMicros,
        endedMicros,
        cpuMicros,
        peakMemoryBytes,
        worker,
        stdout,
        stderr,
        tail);
  }

  /** Run time in microseconds; 0 when it never started. */
  public long durationMicros() {
    return startedMicros == 0 ? 0 : Math.max(0, endedMicros - startedMicros);
  }
}
