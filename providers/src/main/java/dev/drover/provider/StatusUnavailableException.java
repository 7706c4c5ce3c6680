package dev.drover.provider;

/**
 * The scheduler could not be asked, which says nothing about any job. The message names the cause
 * and the mend.
 */
public final class StatusUnavailableException extends Exception {
  private static final long serialVersionUID = 1L;

  /** What was asked of whom, why there is no answer, and the mend. */
  public StatusUnavailableException(String message, Throwable cause) {
    super(message, cause);
  }
}
