package dev.drover.site;

import dev.drover.spelling.NearestName;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Finds the key that a misspelt one was meant to be. */
final class Nearest {
  private Nearest() {}

  /** The key that {@code name} was meant to be, also when its section is wrong or missing. */
  static Optional<String> key(String name) {
    List<String> names = SiteKeys.all().stream().map(Key::name).toList();
    return NearestName.among(name, names)
        .or(() -> queueKey(name))
        .or(() -> withLastWordOf(name, names))
        .or(() -> withLastWordOf(name, QueueKeys.all().stream().map(Key::name).toList()))
        .or(() -> withPartsOf(name, names));
  }

  /** The key whose last word has most parts in common with the name's: two, and half of both's. */
  private static Optional<String> withPartsOf(String name, List<String> names) {
    return names.stream()
        .max(Comparator.comparingDouble(known -> likeness(name, known)))
        .filter(known -> likeness(name, known) >= 0.5);
  }

  private static double likeness(String name, String known) {
    Set<String> all = partsOf(name);
    Set<String> common = partsOf(known);
    int parts = all.size() + common.size();
    common.retainAll(all);
    return common.size() < 2 ? 0 : (double) common.size() / (parts - common.size());
  }

  private static Set<String> partsOf(String name) {
    return new HashSet<>(List.of(lastWord(name).split("[-_]")));
  }

  /** The key of the queue that {@code queue.<its name>.<something>} names. */
  private static Optional<String> queueKey(String name) {
    int first = name.indexOf('.');
    int last = name.lastIndexOf('.');
    if (first < 0
        || first == last
        || NearestName.among(name.substring(0, first), List.of("queue")).isEmpty()) {
      return Optional.empty();
    }
    List<String> attributes = QueueKeys.all().stream().map(key -> lastWord(key.name())).toList();
    return NearestName.among(lastWord(name), attributes)
        .map(attribute -> "queue" + name.substring(first, last + 1) + attribute);
  }

  private static Optional<String> withLastWordOf(String name, List<String> names) {
    return NearestName.among(lastWord(name), names.stream().map(Nearest::lastWord).toList())
        .flatMap(word -> names.stream().filter(known -> lastWord(known).equals(word)).findFirst());
  }

  private static String lastWord(String name) {
    return name.substring(name.lastIndexOf('.') + 1);
  }
}
