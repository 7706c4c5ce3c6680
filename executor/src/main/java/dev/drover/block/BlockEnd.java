package dev.drover.block;

/** How a block ended. */
public enum BlockEnd {
  /**
   * Its job was over after managers had worked in it: by itself, by walltime, by a signal, or since
   * somebody cancelled or the scheduler preempted it.
   */
  OVER,
  /** This executor gave it back. */
  SCALED_IN,
  /** Somebody else cancelled its job, or the scheduler preempted it, before a manager came. */
  TAKEN,
  /** Its job was over, or was ended, and no manager had ever registered. */
  MISSING,
  /** The scheduler did not take it. */
  NOT_SUBMITTED;

  /** Whether it counts as a failed block: nothing of the user's could run in it. */
  public boolean isFailure() {
    return switch (this) {
      case MISSING, NOT_SUBMITTED -> true;
      case OVER, SCALED_IN, TAKEN -> false;
    };
  }
}
