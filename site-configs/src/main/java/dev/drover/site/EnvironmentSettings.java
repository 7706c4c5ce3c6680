package dev.drover.site;

import dev.drover.spelling.NearestName;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Keys that variables set: {@code DROVER_PROVIDER_ACCOUNT} is {@code provider.account}. */
final class EnvironmentSettings {
  /** The variable that names the site where no option does. */
  static final String SITE = "DROVER_SITE";

  private static final String PREFIX = "DROVER_";

  /** What starts Drover's own variables, which are no keys. */
  private static final List<String> OWN =
      List.of(
          SITE,
          "DROVER_JAVA_OPTS",
          "DROVER_TASK_",
          "DROVER_BLOCK_",
          "DROVER_LAUNCH",
          "DROVER_POOL");

  private EnvironmentSettings() {}

  /**
   * An entry for each variable of a key, in the order of their names. A variable that was meant for
   * one is added to {@code problems}; others are nobody's business here.
   */
  static List<Entry> of(Map<String, String> environment, List<SiteProblem> problems) {
    List<Entry> entries = new ArrayList<>();
    Map<String, Key<?>> keys = null;
    for (var variable : new TreeMap<>(environment).entrySet()) {
      String name = variable.getKey();
      if (name.startsWith(PREFIX) && OWN.stream().noneMatch(own -> isOwn(name, own))) {
        keys = keys == null ? keys() : keys;
        if (keys.containsKey(name)) {
          entries.add(new Entry(keys.get(name).name(), variable.getValue(), new Origin(name, 0)));
        } else {
          unknown(name, keys).ifPresent(problems::add);
        }
      }
    }
    return entries;
  }

  /** The variable that sets a key. */
  static String variable(Key<?> key) {
    return PREFIX + key.name().toUpperCase(Locale.ROOT).replace('.', '_').replace('-', '_');
  }

  private static boolean isOwn(String name, String own) {
    return own.equals(SITE) ? name.equals(own) : name.startsWith(own);
  }

  private static Map<String, Key<?>> keys() {
    Map<String, Key<?>> keys = new HashMap<>();
    for (Key<?> key : SiteKeys.all()) {
      keys.put(variable(key), key);
    }
    return keys;
  }

  private static Optional<SiteProblem> unknown(String name, Map<String, Key<?>> keys) {
    Optional<String> meant = NearestName.among(name, keys.keySet());
    String section = name.substring(PREFIX.length()).replaceFirst("_.*", "");
    boolean ofASection =
        keys.keySet().stream().anyMatch(known -> known.startsWith(PREFIX + section + "_"));
    return meant.isPresent() || ofASection
        ? Optional.of(new SiteProblem(new Origin(name, 0), "", "sets no key", meant))
        : Optional.empty();
  }
}
