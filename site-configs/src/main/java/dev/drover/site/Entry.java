package dev.drover.site;

import java.util.Objects;

/**
 * One text for a key as a layer has it, and where.
 *
 * @param key the key as it was written, known or not
 * @param text before references are replaced
 */
public record Entry(String key, String text, Origin origin) {
  public Entry {
    Objects.requireNonNull(key);
    Objects.requireNonNull(text);
    Objects.requireNonNull(origin);
  }
}
