package dev.drover.site;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What each layer has for each key, laid one over the other. Used by one thread. */
final class LayerStack {
  private final Map<Key<?>, List<Entry>> entries = new LinkedHashMap<>();
  private final Set<String> forAllSites = new HashSet<>();
  private final List<SiteProblem> problems;

  LayerStack(List<SiteProblem> problems) {
    this.problems = problems;
  }

  /** Lays a file of the site's chain over what is known; only the site's own speaks of itself. */
  void layFile(List<Entry> file, boolean isHead) {
    for (Entry entry : file) {
      known(entry).filter(key -> isHead || !key.isAboutTheFile()).ifPresent(key -> lay(key, entry));
    }
  }

  /**
   * Lays over what is known what others say of the site.
   *
   * @param all whether they say it of all sites
   */
  void layOutside(List<Entry> others, boolean all) {
    for (Entry entry : others) {
      Optional<Key<?>> key = known(entry);
      if (key.isPresent() && key.get().isAboutTheFile()) {
        problems.add(
            new SiteProblem(entry.origin(), entry.key(), "can only be set in the site's own file"));
      } else if (key.isPresent()) {
        lay(key.get(), entry);
        if (all) {
          forAllSites.add(entry.origin().source());
        }
      }
    }
  }

  /** Lays beneath all that is known what the sites of one scheduler have in common. */
  void layBeneath(List<Entry> family) {
    for (int i = family.size() - 1; i >= 0; i--) {
      Entry entry = family.get(i);
      Optional<Key<?>> key = known(entry);
      if (key.isPresent() && (key.get().isAboutTheFile() || key.get() == SiteKeys.PROVIDER_TYPE)) {
        problems.add(
            new SiteProblem(
                entry.origin(), entry.key(), "cannot be set for all sites of a scheduler"));
      } else if (key.isPresent()) {
        entries.computeIfAbsent(key.get(), any -> new ArrayList<>()).add(0, entry);
      }
    }
  }

  private void lay(Key<?> key, Entry entry) {
    entries.computeIfAbsent(key, any -> new ArrayList<>()).add(entry);
  }

  private Optional<Key<?>> known(Entry entry) {
    Optional<Key<?>> key = SiteKeys.find(entry.key());
    if (key.isEmpty()) {
      Optional<String> suggestion =
          entry.key().equalsIgnoreCase("include")
              ? Optional.of(SiteKeys.SITE_EXTENDS.name())
              : Nearest.key(entry.key());
      String problem =
          suggestion.isPresent() ? "unknown key" : "unknown key; drover sites keys tells them all";
      problems.add(new SiteProblem(entry.origin(), entry.key(), problem, suggestion));
    }
    return key;
  }

  /** The strongest entry of a key. */
  Optional<Entry> winner(Key<?> key) {
    List<Entry> all = entries.getOrDefault(key, List.of());
    return all.isEmpty() ? Optional.empty() : Optional.of(all.get(all.size() - 1));
  }

  /** The keys that some layer has, in the order that they were first met. */
  Collection<Key<?>> keys() {
    return entries.keySet();
  }

  /** All entries of all keys, the strongest last. */
  Map<Key<?>, List<Entry>> all() {
    return entries;
  }

  /** Whether what stands there was said of all sites. */
  boolean isForAllSites(Origin origin) {
    return forAllSites.contains(origin.source());
  }
}
