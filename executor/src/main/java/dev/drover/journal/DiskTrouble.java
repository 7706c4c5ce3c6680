package dev.drover.journal;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.util.Locale;

/** What stands behind an I/O error, and what a user can do about it. */
enum DiskTrouble {
  FULL("free some space or inodes, or set another directory (df -h, df -i, and your quota tell)"),
  DENIED("choose a directory that you may write to, as on scratch"),
  OTHER("check that the file system is mounted and well");

  private final String mend;

  DiskTrouble(String mend) {
    this.mend = mend;
  }

  String mend() {
    return mend;
  }

  static DiskTrouble of(IOException cause) {
    if (cause instanceof AccessDeniedException) {
      return DENIED;
    }
    String words = words(cause).toLowerCase(Locale.ROOT);
    if (words.contains("no space left") || words.contains("quota exceeded")) {
      return FULL;
    }
    boolean denied =
        words.contains("read-only file system")
            || words.contains("permission denied")
            || words.contains("not permitted");
    return denied ? DENIED : OTHER;
  }

  /** The system's own words, without the path that the JDK puts before them. */
  static String words(IOException cause) {
    if (cause instanceof AccessDeniedException denied && denied.getReason() == null) {
      return "Permission denied";
    }
    if (cause instanceof FileSystemException e && e.getReason() != null) {
      return e.getReason();
    }
    String message = cause.getMessage();
    return message == null
        ? cause.getClass().getSimpleName()
        : cause.getClass() == IOException.class
                || cause instanceof JournalFile.PartialWriteException
            ? message
            : cause.getClass().getSimpleName() + ": " + message;
  }
}
