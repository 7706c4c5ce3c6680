package dev.drover.provider;

/** A job that can never be accepted as it is. The message names the cause and the mend. */
public final class InvalidJobException extends Exception {
  private static final long serialVersionUID = 1L;

  /** What no retry can make right, and the mend. */
  public InvalidJobException(String message, Throwable cause) {
    super(message, cause);
  }
}
