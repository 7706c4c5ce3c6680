package dev.drover.headnode;

import java.io.IOException;

/**
 * A head node did not do what it was asked, for a reason that the message tells with its mend, so
 * that others need add none.
 */
public class HeadNodeException extends IOException {
  private static final long serialVersionUID = 1L;

  HeadNodeException(String message, Throwable cause) {
    super(message, cause);
  }

  HeadNodeException(String message) {
    super(message);
  }

  /** The message alone: it was written to be read. */
  @Override
  public String toString() {
    return getMessage();
  }
}
