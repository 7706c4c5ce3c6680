package dev.drover.site;

import dev.drover.spelling.NearestName;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Reads a site by name or from a file into a checked {@link Site}.
 *
 * <p>Layers, each stronger than the one before: the registry's defaults, the site's file over the
 * files it extends, overlay files in the order given, {@code key=value} settings. Text reaches the
 * nodes as written, save {@code ${env:NAME}} and {@code ${env:NAME:-default}}, which take the
 * environment given here. Thread-safe; a read touches only the files named.
 */
public final class SiteReader {
  private final Map<String, String> environment;

  /** A reader whose {@code ${env:…}} are taken from {@code environment}. */
  public SiteReader(Map<String, String> environment) {
    this.environment = Map.copyOf(environment);
  }

  /** Reads a site with nothing laid over it. */
  public Site read(String site) {
    return read(site, List.of(), List.of());
  }

  /**
   * Reads a site with layers over it.
   *
   * @param site a shipped site's name, or the path of a file
   * @param overlays files whose values override the site's, the strongest last; each must exist
   * @param settings {@code key=value}, which override all files, the strongest last
   * @throws InvalidSiteException with every problem of every layer
   */
  public Site read(String site, List<Path> overlays, List<String> settings) {
    return new Reading(site).read(overlays, settings);
  }

  /** One use of the reader: gathers the layers, and problems as they come. */
  private final class Reading {
    private final String site;
    private final List<SiteProblem> problems = new ArrayList<>();
    private final Map<String, Integer> sourceOrder = new HashMap<>();
    private final Map<Key<?>, Entry> winners = new LinkedHashMap<>();

    Reading(String site) {
      this.site = site;
    }

    Site read(List<Path> overlays, List<String> given) {
      List<SiteFile> chain = readChain();
      for (int i = chain.size() - 1; i >= 0; i--) {
        apply(chain.get(i).entries(), i == 0);
      }
      for (Path overlay : overlays) {
        readFile(SiteSource.at(overlay), new Origin(overlay.toString(), 0), "")
            .ifPresent(file -> applyOutside(file.entries()));
      }
      for (String setting : given) {
        parseSetting(setting).ifPresent(entry -> applyOutside(List.of(entry)));
      }
      Map<Key<?>, Setting<?>> settings = new LinkedHashMap<>();
      for (Key<?> key : SiteKeys.all()) {
        resolve(key).ifPresent(setting -> settings.put(key, setting));
      }
      if (!chain.isEmpty() && !winners.containsKey(SiteKeys.SITE_NAME)) {
        settings.put(SiteKeys.SITE_NAME, nameOf(chain.get(0).source()));
      }
      problems.addAll(CrossRules.check(settings));
      if (!problems.isEmpty()) {
        throw new InvalidSiteException(site, sorted());
      }
      return new Site(settings);
    }

    /** The site's file, then each file it extends; shorter when one cannot be read. */
    private List<SiteFile> readChain() {
      var chain = new ArrayList<SiteFile>();
      Optional<SiteSource> next = find(site, Optional.empty(), new Origin(site, 0), "");
      var origin = new Origin(next.map(SiteSource::shownAs).orElse(site), 0);
      String key = "";
      while (next.isPresent()) {
        Optional<SiteFile> file = readFile(next.get(), origin, key);
        if (file.isEmpty()) {
          break;
        }
        chain.add(file.get());
        Optional<Entry> base = file.get().last(SiteKeys.SITE_EXTENDS.name());
        if (base.isEmpty()) {
          break;
        }
        origin = base.get().origin();
        key = base.get().key();
        next = findBase(base.get(), chain);
      }
      return chain;
    }

    private Optional<SiteSource> findBase(Entry base, List<SiteFile> chain) {
      Optional<String> target = parse(SiteKeys.SITE_EXTENDS, base).flatMap(Setting::value);
      SiteSource from = chain.get(chain.size() - 1).source();
      Optional<SiteSource> found =
          target.flatMap(text -> find(text, Optional.of(from), base.origin(), base.key()));
      if (found.isPresent()) {
        List<SiteSource> sources = chain.stream().map(SiteFile::source).toList();
        List<Object> seen = sources.stream().map(SiteSource::identity).toList();
        int start = seen.indexOf(found.get().identity());
        if (start >= 0) {
          var cycle = new ArrayList<String>();
          sources.subList(start, sources.size()).forEach(source -> cycle.add(source.shownAs()));
          cycle.add(found.get().shownAs());
          problem(base.origin(), base.key(), "goes in a circle: " + String.join(" -> ", cycle));
          return Optional.empty();
        }
      }
      return found;
    }

    private Optional<SiteSource> find(
        String text, Optional<SiteSource> from, Origin origin, String key) {
      if (ShippedSites.has(text)) {
        return Optional.of(SiteSource.shipped(text));
      }
      boolean isPath = text.indexOf('/') >= 0 || text.endsWith(ShippedSites.SUFFIX);
      if (isPath && from.isPresent() && from.get().file().isEmpty()) {
        problem(origin, key, "a shipped site extends only shipped sites, by name");
        return Optional.empty();
      }
      if (isPath) {
        Optional<Path> folder = from.flatMap(SiteSource::file).map(Path::getParent);
        Path file = Path.of(text);
        return Optional.of(
            SiteSource.at(folder.map(parent -> parent.resolve(file).normalize()).orElse(file)));
      }
      List<String> names = ShippedSites.names();
      problems.add(
          new SiteProblem(
              origin,
              key,
              (key.isEmpty() ? "unknown site" : "unknown site '" + text + "'")
                  + "; known: "
                  + String.join(", ", names)
                  + "; a file is named with its folder or .properties",
              NearestName.among(text, names)));
      return Optional.empty();
    }

    /** Reads a file; blames {@code key} at {@code origin} when there is none to read. */
    private Optional<SiteFile> readFile(SiteSource source, Origin origin, String key) {
      sourceOrder.putIfAbsent(source.shownAs(), sourceOrder.size());
      try {
        List<Entry> entries = SiteFileParser.parse(source.shownAs(), source.read(), problems);
        return Optional.of(new SiteFile(source, entries));
      } catch (BadValueException unreadable) {
        String what = key.isEmpty() ? "" : source.shownAs() + " ";
        Optional<String> suggestion =
            Optional.of(source.stem()).filter(stem -> ShippedSites.has(stem));
        problems.add(new SiteProblem(origin, key, what + unreadable.getMessage(), suggestion));
        return Optional.empty();
      }
    }

    private Optional<Entry> parseSetting(String setting) {
      int equals = setting.indexOf('=');
      if (equals < 0) {
        problem(Origin.SET, setting, "has no '='; write --set key=value");
        return Optional.empty();
      }
      return Optional.of(
          new Entry(
              setting.substring(0, equals).trim(),
              setting.substring(equals + 1).trim(),
              Origin.SET));
    }

    /** Lays a file of the chain over what is known; only the site's own speaks of itself. */
    private void apply(List<Entry> entries, boolean isHead) {
      for (Entry entry : entries) {
        known(entry)
            .filter(key -> isHead || !key.isAboutTheFile())
            .ifPresent(key -> winners.put(key, entry));
      }
    }

    private void applyOutside(List<Entry> entries) {
      for (Entry entry : entries) {
        known(entry)
            .ifPresent(
                key -> {
                  if (key.isAboutTheFile()) {
                    problem(entry.origin(), entry.key(), "can only be set in the site's own file");
                  } else {
                    winners.put(key, entry);
                  }
                });
      }
    }

    private Optional<Key<?>> known(Entry entry) {
      Optional<Key<?>> key = SiteKeys.find(entry.key());
      if (key.isEmpty()) {
        Optional<String> suggestion =
            entry.key().equalsIgnoreCase("include")
                ? Optional.of(SiteKeys.SITE_EXTENDS.name())
                : Nearest.key(entry.key());
        problems.add(new SiteProblem(entry.origin(), entry.key(), "unknown key", suggestion));
      }
      return key;
    }

    private <T> Optional<Setting<T>> resolve(Key<T> key) {
      Entry winner = winners.get(key);
      return winner == null
          ? Optional.of(new Setting<>(key.defaultValue(), Origin.DEFAULT))
          : parse(key, winner);
    }

    private <T> Optional<Setting<T>> parse(Key<T> key, Entry entry) {
      String text = entry.text();
      try {
        text = EnvironmentText.resolve(text, environment);
        return Optional.of(new Setting<>(key.type().parse(text), entry.origin()));
      } catch (BadValueException refused) {
        // A refusal quotes the text, which a secret's must not.
        problems.add(
            key.secret()
                ? new SiteProblem(entry.origin(), entry.key(), "is not " + key.type().allowed())
                : new SiteProblem(
                    entry.origin(),
                    entry.key(),
                    refused.getMessage(),
                    NearestName.among(text, key.type().choices())));
        return Optional.empty();
      }
    }

    private static Setting<String> nameOf(SiteSource source) {
      String name = source.stem().replaceAll("[^A-Za-z0-9._-]", "-").replaceAll("^[._-]+", "");
      String fitting = name.isEmpty() ? "unnamed" : name.substring(0, Math.min(64, name.length()));
      return new Setting<>(fitting, Origin.DEFAULT);
    }

    private void problem(Origin origin, String key, String problem) {
      problems.add(new SiteProblem(origin, key, problem));
    }

    /** By file in the order read, then by line; a problem seen twice is told once. */
    private List<SiteProblem> sorted() {
      Comparator<SiteProblem> bySource =
          Comparator.comparing(
              problem -> sourceOrder.getOrDefault(problem.origin().source(), Integer.MAX_VALUE));
      return problems.stream()
          .distinct()
          .sorted(bySource.thenComparing(problem -> problem.origin().line()))
          .toList();
    }
  }

  /** A file that was read. */
  private record SiteFile(SiteSource source, List<Entry> entries) {
    Optional<Entry> last(String key) {
      Optional<Entry> last = Optional.empty();
      for (Entry entry : entries) {
        last = entry.key().equals(key) ? Optional.of(entry) : last;
      }
      return last;
    }
  }
}
