package dev.drover.protocol;

import java.util.Objects;

/** Names one manager for its whole life, over all its sessions. */
public record ManagerId(String value) {
  public ManagerId {
    Objects.requireNonNull(value);
    if (value.isEmpty() || value.length() > 64) {
      throw new IllegalArgumentException("not a manager id: '" + value + "'");
    }
  }

  @Override
  public String toString() {
    return value;
  }
}
