package dev.drover.process;

import java.io.IOException;

/** A command could not be started; nothing of it runs. */
public final class SpawnException extends IOException {
  /** What was in the way. */
  public enum Kind {
    /** The program, or the interpreter that its first line names, does not exist. */
    NOT_FOUND,
    /** The program exists but may not be executed: no permission, or a directory. */
    NOT_EXECUTABLE,
    /** The working directory is missing, no directory, or may not be entered. */
    BAD_DIRECTORY,
    /** The file for stdout or stderr cannot be opened for writing. */
    UNWRITABLE_OUTPUT,
    /**
     * Anything else: an unreadable stdin, a limit on processes or memory, arguments that are too
     * long.
     */
    OTHER
  }

  private final int errno;
  private final Kind kind;

  SpawnException(int errno, Kind kind, String message) {
    super(message);
    this.errno = errno;
    this.kind = kind;
  }

  /** The error number of the C library. */
  public int errno() {
    return errno;
  }

  /** What was in the way. */
  public Kind kind() {
    return kind;
  }
}
