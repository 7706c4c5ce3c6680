package dev.drover.journal;

import java.io.IOException;

/** A run directory cannot be had; the message gives the path, the cause and the mend. */
public final class RunDirectoryException extends IOException {
  private static final long serialVersionUID = 1;

  /** What stands in the way. */
  public enum Kind {
    /** A live run holds it. */
    IN_USE,
    /** It, or the folder it should lie in, may not be written. */
    NOT_WRITABLE,
    /** A file lies in its place. */
    NOT_A_DIRECTORY,
    /** It is a directory with something else in it. */
    NOT_A_RUN,
    /** There is nothing at the path. */
    MISSING,
    /** The disk, its inodes or a quota are used up. */
    NO_SPACE,
    /** Another I/O error. */
    OTHER
  }

  private final Kind kind;

  RunDirectoryException(Kind kind, String what, String path, String fix, Throwable cause) {
    super(what + "\n  path: " + path + "\n  fix:  " + fix, cause);
    this.kind = kind;
  }

  public Kind kind() {
    return kind;
  }
}
