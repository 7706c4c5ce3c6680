package dev.drover.site;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The keys of {@code site.required}: what every user of a site must set. */
final class RequiredKeys {
  private RequiredKeys() {}

  /** Adds what is no key. */
  static void checkNames(Settings settings, List<SiteProblem> problems) {
    Setting<List<String>> required = settings.get(SiteKeys.SITE_REQUIRED);
    if (required != null) {
      for (String name : required.value()) {
        if (SiteKeys.find(name).isEmpty()) {
          problems.add(
              new SiteProblem(
                  required.origin(),
                  SiteKeys.SITE_REQUIRED.name(),
                  "'" + name + "' is no key",
                  Nearest.key(name)));
        }
      }
    }
  }

  /** What a run cannot do without, and nobody has set. */
  static List<SiteProblem> missing(Settings settings, String site) {
    Setting<List<String>> required = settings.get(SiteKeys.SITE_REQUIRED);
    List<SiteProblem> missing = new ArrayList<>();
    for (String name : required == null ? List.<String>of() : required.value()) {
      Optional<Key<?>> key = SiteKeys.find(name);
      if (key.isPresent() && settings.has(key.get()) && !settings.isSet(key.get())) {
        missing.add(
            new SiteProblem(
                required.origin(),
                name,
                "required here: set it, e.g. --set %s=..., for always in ~/.config/drover/%s.properties"
                    .formatted(name, site)));
      }
    }
    return missing;
  }
}
