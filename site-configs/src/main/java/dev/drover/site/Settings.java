package dev.drover.site;

import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/** The values that a site is made of, by key, in the order to be shown. Used by one thread. */
final class Settings {
  private final Map<Key<?>, Setting<?>> byKey = new LinkedHashMap<>();

  /** The only way in, so that a setting holds a value of its key's type. */
  <T> void put(Key<T> key, Setting<T> setting) {
    byKey.put(key, setting);
  }

  /** Null when the key has no sound value. */
  @SuppressWarnings("unchecked") // see put
  <T> Setting<T> get(Key<T> key) {
    return (Setting<T>) byKey.get(key);
  }

  boolean has(Key<?> key) {
    return byKey.containsKey(key);
  }

  /** Whether all of the keys have sound values. */
  boolean haveAll(Key<?>... keys) {
    for (Key<?> key : keys) {
      if (!has(key)) {
        return false;
      }
    }
    return true;
  }

  /** Whether the key has a sound value other than its default. */
  boolean isSet(Key<?> key) {
    return has(key) && !get(key).value().equals(key.defaultValue());
  }

  Collection<Key<?>> keys() {
    return Collections.unmodifiableSet(byKey.keySet());
  }

  Settings copy() {
    var copy = new Settings();
    copy.byKey.putAll(byKey);
    return copy;
  }
}
