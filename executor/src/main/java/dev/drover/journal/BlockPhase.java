package dev.drover.journal;

/** Where a block stands in its life, as the journal keeps it. */
public enum BlockPhase {
  /** The scheduler is being asked; a crash now leaves a job that only its unique name finds. */
  SUBMITTING,
  /** The scheduler has the job and gave its id. */
  QUEUED,
  /** The job runs, and no manager has come yet. */
  STARTING,
  /** At least one manager is connected. */
  LIVE,
  /** It takes no new task. */
  DRAINING,
  /** Its job is over, or was never accepted. */
  ENDED;

  /** Whether no job can be left of it. */
  public boolean isTerminal() {
    return this == ENDED;
  }
}
