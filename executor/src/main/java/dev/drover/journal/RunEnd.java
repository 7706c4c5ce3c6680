package dev.drover.journal;

/** How a run ended. */
public enum RunEnd {
  /** Every task succeeded. */
  ALL_SUCCEEDED,
  /** Every task ended, some otherwise than SUCCEEDED. */
  SOME_FAILED,
  /** No block could be had, or the submitting side itself failed. */
  INFRASTRUCTURE,
  /** The user cancelled it. */
  CANCELLED,
  /** It was stopped, by its user or a signal; it can be resumed. */
  INTERRUPTED,
  /** Nobody came back to its interchange on a head node; it can be resumed. */
  ABANDONED
}
