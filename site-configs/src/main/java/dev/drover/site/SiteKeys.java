package dev.drover.site;

import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The registry of every key that a site file may hold: the one place that names a key, its type,
 * its default and its meaning. What is not here is an unknown key, and a problem.
 *
 * <p>Its parts lie in files of their own, by what they are about; whoever needs a key asks here.
 */
public final class SiteKeys
    implements FileKeys, ExecutorKeys, WorkerKeys, ProviderKeys, HeadNodeKeys, ScriptKeys {
  private static final Map<String, Key<?>> BY_NAME = new LinkedHashMap<>();

  static {
    for (KeySection section : List.of(SITE, EXECUTOR, WORKER, PROVIDER, HEADNODE, SCRIPT)) {
      for (Key<?> key : section.keys()) {
        if (BY_NAME.put(key.name(), key) != null) {
          throw new IllegalStateException(key + " is registered twice");
        }
      }
    }
  }

  private SiteKeys() {}

  /**
   * Every key with a name of its own, in the order that files, pages and listings show them. Those
   * of queues have the queue's name in theirs: {@link QueueKeys#all()}.
   */
  public static Collection<Key<?>> all() {
    return Collections.unmodifiableCollection(BY_NAME.values());
  }

  /** Every key that pages and listings show: {@link #all()}, then those of queues. */
  public static List<Key<?>> listed() {
    return Stream.concat(BY_NAME.values().stream(), QueueKeys.all().stream()).toList();
  }

  /** The variable that sets a key; empty = it can only be set in a file. */
  public static Optional<String> variable(Key<?> key) {
    return key.isAboutTheFile() || !BY_NAME.containsKey(key.name())
        ? Optional.empty()
        : Optional.of(EnvironmentSettings.variable(key));
  }

  /** The key of that exact name; for {@code queue.debug.max-nodes} that of this one queue. */
  public static Optional<Key<?>> find(String name) {
    return Optional.<Key<?>>ofNullable(BY_NAME.get(name)).or(() -> QueueKeys.find(name));
  }

  /** Whether the key is not of {@link #all()} itself, but one queue's. */
  static boolean isOfAQueue(Key<?> key) {
    return !BY_NAME.containsKey(key.name());
  }
}
