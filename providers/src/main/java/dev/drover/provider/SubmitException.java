package dev.drover.provider;

/**
 * A job that was not accepted this time, or of which nobody knows. The message names the cause and
 * the mend.
 */
public final class SubmitException extends Exception {
  private static final long serialVersionUID = 1L;

  SubmitException(String message, Throwable cause) {
    super(message, cause);
  }
}
