package dev.drover.protocol;

/** Frames before this one never came: the session is broken and both ends must start a new one. */
public final class LostFramesException extends ProtocolException {
  private static final long serialVersionUID = 1L;

  public LostFramesException(String message) {
    super(message);
  }
}
