package dev.drover.job;

/** Where a job stands in its life. */
public enum JobState {
  /** The scheduler holds the job in its queue and means to run it. */
  PENDING,
  /** The job is kept from starting, or was suspended, until somebody releases it. */
  HELD,
  /** The job's script runs, or its nodes are being made ready or cleaned up. */
  RUNNING,
  /** The job's script ended with exit code zero. */
  COMPLETED,
  /** The job's script ended with another exit code, or the job was lost with its node. */
  FAILED,
  /** The scheduler ended the job at its walltime, which is how a pilot is meant to end. */
  TIMED_OUT,
  /** The scheduler took the job's nodes back for another job. */
  PREEMPTED,
  /** A user, an admin or Drover ended the job. */
  CANCELLED,
  /** The scheduler answered with something that says neither alive nor ended: ask again. */
  UNKNOWN;

  /** Whether the job has ended; such a state is never left. */
  public boolean isTerminal() {
    return switch (this) {
      case COMPLETED, FAILED, TIMED_OUT, PREEMPTED, CANCELLED -> true;
      case PENDING, HELD, RUNNING, UNKNOWN -> false;
    };
  }
}
