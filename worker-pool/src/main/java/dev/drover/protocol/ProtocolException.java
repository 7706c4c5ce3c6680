package dev.drover.protocol;

/**
 * A frame that cannot be read: garbage, truncated, of another version, or not sealed by the peer.
 */
public class ProtocolException extends Exception {
  private static final long serialVersionUID = 1L;

  public ProtocolException(String message) {
    super(message);
  }

  public ProtocolException(String message, Throwable cause) {
    super(message, cause);
  }
}
