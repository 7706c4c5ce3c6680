package dev.drover.site;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/** A part of the registry: it makes keys, and remembers them in their order. */
final class KeySection {
  /** No upper limit. */
  static final int MANY = Integer.MAX_VALUE;

  private final List<Key<?>> keys = new ArrayList<>();

  /** The keys made so far. */
  List<Key<?>> keys() {
    return Collections.unmodifiableList(keys);
  }

  /** One line of free text that may be left out. */
  Key<Optional<String>> words(String name, String doc) {
    return key(name, new KeyType.OrNone<>(KeyType.TEXT), Optional.empty(), "", doc);
  }

  Key<Integer> number(String name, int min, int max, int defaultValue, String unit, String doc) {
    return key(name, new NumberTypes.WholeNumber(min, max), defaultValue, unit, doc);
  }

  <T> Key<T> key(String name, KeyType<T> type, T defaultValue, String unit, String doc) {
    var key = new Key<>(name, type, defaultValue, unit, doc, "0.1.0", false);
    keys.add(key);
    return key;
  }
}
