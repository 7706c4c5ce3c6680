package dev.drover.worker;

import java.util.Collection;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Function;

/**
 * System properties that know whether anyone may have changed them, so that {@link #restore()}
 * costs one read of a flag after the tasks that did not.
 *
 * <p>Asking for a live view (keys, values, entries) counts as a change, since one can remove
 * through it.
 */
final class TrackedProperties extends Properties {
  private static final long serialVersionUID = 1;

  private final transient Properties original = new Properties();
  private transient volatile boolean touched;

  TrackedProperties(Properties initial) {
    for (String name : initial.stringPropertyNames()) {
      original.setProperty(name, initial.getProperty(name));
    }
    super.putAll(original);
    touched = false;
  }

  /** Puts back what was there at first. */
  void restore() {
    if (touched) {
      if (!super.equals(original)) {
        super.clear();
        super.putAll(original);
      }
      touched = false;
    }
  }

  boolean isTouched() {
    return touched;
  }

  @Override
  public synchronized Object put(Object key, Object value) {
    touched = true;
    return super.put(key, value);
  }

  @Override
  public synchronized void putAll(Map<?, ?> values) {
    touched = true;
    super.putAll(values);
  }

  @Override
  public synchronized Object putIfAbsent(Object key, Object value) {
    touched = true;
    return super.putIfAbsent(key, value);
  }

  @Override
  public synchronized Object remove(Object key) {
    touched = true;
    return super.remove(key);
  }

  @Override
  public synchronized boolean remove(Object key, Object value) {
    touched = true;
    return super.remove(key, value);
  }

  @Override
  public synchronized Object replace(Object key, Object value) {
    touched = true;
    return super.replace(key, value);
  }

  @Override
  public synchronized boolean replace(Object key, Object oldValue, Object newValue) {
    touched = true;
    return super.replace(key, oldValue, newValue);
  }

  @Override
  public synchronized void replaceAll(BiFunction<? super Object, ? super Object, ?> function) {
    touched = true;
    super.replaceAll(function);
  }

  @Override
  public synchronized Object computeIfAbsent(Object key, Function<? super Object, ?> function) {
    touched = true;
    return super.computeIfAbsent(key, function);
  }

  @Override
  public synchronized Object computeIfPresent(
      Object key, BiFunction<? super Object, ? super Object, ?> function) {
    touched = true;
    return super.computeIfPresent(key, function);
  }

  @Override
  public synchronized Object compute(
      Object key, BiFunction<? super Object, ? super Object, ?> function) {
    touched = true;
    return super.compute(key, function);
  }

  @Override
  public synchronized Object merge(
      Object key, Object value, BiFunction<? super Object, ? super Object, ?> function) {
    touched = true;
    return super.merge(key, value, function);
  }

  @Override
  public synchronized void clear() {
    touched = true;
    super.clear();
  }

  @Override
  public Set<Object> keySet() {
    touched = true;
    return super.keySet();
  }

  @Override
  public Collection<Object> values() {
    touched = true;
    return super.values();
  }

  @Override
  public Set<Map.Entry<Object, Object>> entrySet() {
    touched = true;
    return super.entrySet();
  }

  @Override
  public synchronized boolean equals(Object other) {
    return super.equals(other);
  }

  @Override
  public synchronized int hashCode() {
    return super.hashCode();
  }
}
