package dev.drover.protocol;

/** The version of the wire protocol, the first byte of every frame. */
public final class ProtocolVersion {
  /** What this build speaks. Both ends must speak the same: all come from one jar. */
  public static final int CURRENT = 4;

  private ProtocolVersion() {}
}
