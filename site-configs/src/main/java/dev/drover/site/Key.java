package dev.drover.site;

import java.util.Objects;

/**
 * One key that a site file may hold, and all that is known of it.
 *
 * @param name the key as written in a file, such as {@code provider.walltime}
 * @param type what its text may be and what it yields
 * @param defaultValue its value when no layer sets it
 * @param unit what a bare number counts, such as {@code blocks}; empty when the text names its own
 *     unit or there is none
 * @param doc one line for people, with the meaning of zero or of an empty value
 * @param since the first version that knows the key
 * @param secret whether its value is masked wherever it is shown
 */
public record Key<T>(
    String name,
    KeyType<T> type,
    T defaultValue,
    String unit,
    String doc,
    String since,
    boolean secret) {

  public Key {
    Objects.requireNonNull(name);
    Objects.requireNonNull(type);
    Objects.requireNonNull(defaultValue);
    Objects.requireNonNull(unit);
    Objects.requireNonNull(doc);
    Objects.requireNonNull(since);
  }

  /**
   * Whether the key speaks of its own file (who vouches for it, what it extends, where it is
   * chosen) and not of the machine; such a key is neither inherited nor set from outside the file.
   */
  public boolean isAboutTheFile() {
    return name.startsWith("site.") && !name.equals("site.required");
  }

  /** The same key under a name of its own. */
  Key<T> named(String other) {
    return new Key<>(other, type, defaultValue, unit, doc, since, secret);
  }

  /** Keys are equal by name: the registry holds each name once. */
  @Override
  public boolean equals(Object other) {
    return other instanceof Key<?> key && name.equals(key.name);
  }

  @Override
  public int hashCode() {
    return name.hashCode();
  }

  /** The key's name. */
  @Override
  public String toString() {
    return name;
  }
}
