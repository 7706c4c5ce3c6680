package dev.drover.task;

import java.util.Objects;

/** Names one classpath by the hash of its content, so that a node prepares each just once. */
public record ClasspathId(String hash) {
  /** No classes beyond the JDK's and Drover's own. */
  public static final ClasspathId NONE = new ClasspathId("");

  public ClasspathId {
    Objects.requireNonNull(hash);
  }
}
