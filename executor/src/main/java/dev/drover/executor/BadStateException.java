package dev.drover.executor;

/**
 * The executor takes no more tasks: no block could be started, the disk is full, its loop broke.
 */
public final class BadStateException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public BadStateException(String message) {
    super(message);
  }

  public BadStateException(String message, Throwable cause) {
    super(message, cause);
  }
}
