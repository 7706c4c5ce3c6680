package dev.drover.job;

import static java.util.Objects.requireNonNull;

import java.time.Instant;
import java.util.OptionalInt;

/**
 * What is known of a job.
 *
 * @param state where the job stands
 * @param since when the provider first saw it there
 * @param exitCode of the job's script, once it is known; 0 to 255
 * @param reason why, in the scheduler's or Drover's words; empty when the state says it all
 */
public record JobStatus(JobState state, Instant since, OptionalInt exitCode, String reason) {
  /** What a shell reports for a command that SIGTERM ended: 128 + 15. */
  private static final int ENDED_BY_TERM = 143;

  public JobStatus {
    requireNonNull(state, "state");
    requireNonNull(since, "since");
    requireNonNull(exitCode, "exitCode");
    requireNonNull(reason, "reason");
  }

  /** A status that needs no reason. */
  public static JobStatus of(JobState state, Instant since) {
    return new JobStatus(state, since, OptionalInt.empty(), "");
  }

  /** The status of a job of which only the exit code that its script wrote is known. */
  public static JobStatus ofExitCode(int exitCode, Instant since) {
    OptionalInt code = OptionalInt.of(exitCode);
    return switch (exitCode) {
      case 0 -> new JobStatus(JobState.COMPLETED, since, code, "");
      case ENDED_BY_TERM -> new JobStatus(JobState.CANCELLED, since, code, "ended by SIGTERM");
      default ->
          new JobStatus(
              JobState.FAILED, since, code, "the job script ended with exit code " + exitCode);
    };
  }
}
