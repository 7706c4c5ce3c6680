package dev.drover.headnode;

/** A head node behind SSH was not reached; the message tells cause and mend. */
final class SshConnectException extends HeadNodeException {
  private static final long serialVersionUID = 1L;

  private final boolean lasting;

  /**
   * @param lasting whether it stays so until somebody mends it, as with a key that is refused
   */
  SshConnectException(String message, boolean lasting, Throwable cause) {
    super(message, cause);
    this.lasting = lasting;
  }

  boolean isLasting() {
    return lasting;
  }
}
