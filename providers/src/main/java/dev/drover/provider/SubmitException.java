package dev.drover.provider;

/**
 * A job that was not accepted this time, or of which nobody knows. The message names the cause and
 * the mend.
 */
public final class SubmitException extends Exception {
  private static final long serialVersionUID = 1L;

  private final boolean unanswered;

  private SubmitException(String message, Throwable cause, boolean unanswered) {
    super(message, cause);
    this.unanswered = unanswered;
  }

  /** The scheduler said no, or was never asked: there is no job. */
  public static SubmitException refused(String message, Throwable cause) {
    return new SubmitException(message, cause, false);
  }

  /** The scheduler may or may not have taken the job. */
  public static SubmitException unanswered(String message, Throwable cause) {
    return new SubmitException(message, cause, true);
  }

  /** Whether the scheduler may have taken the job. */
  public boolean isUnanswered() {
    return unanswered;
  }
}
