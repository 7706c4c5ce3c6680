package dev.drover.journal;

import java.io.IOException;

/** A journal cannot be read or written; the message gives the file, the cause and the mend. */
public final class JournalException extends IOException {
  private static final long serialVersionUID = 1;

  JournalException(String what, String file, String fix, Throwable cause) {
    super(what + "\n  journal: " + file + "\n  fix:     " + fix, cause);
  }
}
