package dev.drover.launcher;

/** A block that a launcher cannot serve, however often it is tried; the message names the mend. */
public final class LaunchImpossibleException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  LaunchImpossibleException(String message) {
    super(message);
  }
}
