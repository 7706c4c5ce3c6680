package dev.drover.task;

import java.util.Arrays;
import java.util.Objects;

/**
 * The serialized bytes of a Java task's function or of its result; opaque to everything between the
 * submitter and the worker.
 *
 * <p>The array is not copied: who makes a payload gives the array away.
 */
public final class Payload {
  public static final Payload EMPTY = new Payload(new byte[0]);

  private final byte[] bytes;

  private Payload(byte[] bytes) {
    this.bytes = Objects.requireNonNull(bytes);
  }

  /** Takes over {@code bytes}, which the caller no longer changes. */
  public static Payload of(byte[] bytes) {
    return bytes.length == 0 ? EMPTY : new Payload(bytes);
  }

  /** The bytes themselves, not a copy; do not change them. */
  public byte[] bytes() {
    return bytes;
  }

  public int size() {
    return bytes.length;
  }

  public boolean isEmpty() {
    return bytes.length == 0;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Payload p && Arrays.equals(bytes, p.bytes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }

  @Override
  public String toString() {
    return bytes.length + " bytes";
  }
}
