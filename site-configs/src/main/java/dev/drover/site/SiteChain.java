package dev.drover.site;

import dev.drover.spelling.NearestName;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/** Finds and reads a site's file and those that it extends; gathers problems as they come. */
final class SiteChain {
  private final SiteFolders folders;
  private final SiteCatalogue catalogue;
  private final List<SiteProblem> problems;
  private final Function<Entry, Optional<String>> values;
  private final List<String> notes = new ArrayList<>();
  private final Map<String, Integer> order = new HashMap<>();

  /**
   * @param values what an entry of {@code site.extends} comes to; empty = its text is faulty, or
   *     there is none
   */
  SiteChain(
      SiteFolders folders, List<SiteProblem> problems, Function<Entry, Optional<String>> values) {
    this.folders = folders;
    this.catalogue = new SiteCatalogue(folders);
    this.problems = problems;
    this.values = values;
  }

  /** A file that was read. */
  record SiteFile(SiteSource source, List<Entry> entries) {
    Optional<Entry> last(Key<?> key) {
      Optional<Entry> last = Optional.empty();
      for (Entry entry : entries) {
        last = entry.key().equals(key.name()) ? Optional.of(entry) : last;
      }
      return last;
    }
  }

  /** What users should know of the way to the site. */
  List<String> notes() {
    return notes;
  }

  /** In which place a source was read, from 0; those never read come last. */
  int order(String source) {
    return order.getOrDefault(source, Integer.MAX_VALUE);
  }

  /** Says that what follows is read next. */
  void next(String source) {
    order.putIfAbsent(source, order.size());
  }

  /** The site's file, then each file it extends; shorter when one cannot be read. */
  List<SiteFile> read(String site) {
    var chain = new ArrayList<SiteFile>();
    Optional<SiteSource> next = find(site, List.of(), new Origin(site, 0), "");
    var origin = new Origin(next.isPresent() ? next.get().shownAs() : site, 0);
    String key = "";
    while (next.isPresent()) {
      Optional<SiteFile> file = readFile(next.get(), origin, key);
      if (file.isEmpty()) {
        break;
      }
      chain.add(file.get());
      Optional<Entry> base = file.get().last(SiteKeys.SITE_EXTENDS);
      Optional<String> name = base.flatMap(values);
      if (name.isEmpty()) {
        break;
      }
      origin = base.get().origin();
      key = base.get().key();
      next = findBase(name.get(), base.get(), chain);
    }
    return chain;
  }

  private Optional<SiteSource> findBase(String name, Entry base, List<SiteFile> chain) {
    List<SiteSource> sources = chain.stream().map(SiteFile::source).toList();
    Optional<SiteSource> found = find(name, sources, base.origin(), base.key());
    if (found.isPresent()) {
      int start =
          sources.stream().map(SiteSource::identity).toList().indexOf(found.get().identity());
      if (start >= 0) {
        var circle = new ArrayList<String>();
        sources.subList(start, sources.size()).forEach(source -> circle.add(source.shownAs()));
        circle.add(found.get().shownAs());
        problem(base.origin(), base.key(), "goes in a circle: " + String.join(" -> ", circle));
        return Optional.empty();
      }
    }
    return found;
  }

  /**
   * What a text means.
   *
   * @param chain what was read so far; a site that extends its own name means the next of that name
   */
  private Optional<SiteSource> find(
      String text, List<SiteSource> chain, Origin origin, String key) {
    Optional<SiteSource> from =
        chain.isEmpty() ? Optional.empty() : Optional.of(chain.get(chain.size() - 1));
    boolean fromShipped = from.isPresent() && from.get().file().isEmpty();
    List<SiteSource> named = catalogue.sources(text);
    if (fromShipped) {
      named.removeIf(source -> source.file().isPresent());
    }
    if (!named.isEmpty()) {
      return Optional.of(from.isPresent() ? firstNotIn(chain, named) : chosen(text, named));
    }
    boolean isPath = text.indexOf('/') >= 0 || text.endsWith(ShippedSites.SUFFIX);
    if (isPath && fromShipped) {
      problem(origin, key, "a shipped site extends only shipped sites, by name");
      return Optional.empty();
    }
    if (isPath) {
      Optional<Path> folder = from.flatMap(SiteSource::file).map(Path::getParent);
      Path file = Path.of(text);
      return Optional.of(
          SiteSource.at(folder.map(parent -> parent.resolve(file).normalize()).orElse(file)));
    }
    List<String> names = catalogue.names();
    problems.add(
        new SiteProblem(
            origin,
            key,
            (key.isEmpty() ? "unknown site" : "unknown site '" + text + "'")
                + "; known: "
                + String.join(", ", names)
                + "; a file is named with its folder or .properties",
            NearestName.among(text, names).or(() -> withWord(text, names))));
    return Optional.empty();
  }

  /** The first site with a word that is meant: of {@code polaris} or {@code slurm} in its name. */
  private static Optional<String> withWord(String text, List<String> names) {
    List<String> words = names.stream().flatMap(name -> Stream.of(name.split("-"))).toList();
    return NearestName.among(text, words)
        .flatMap(
            word ->
                names.stream().filter(name -> List.of(name.split("-")).contains(word)).findFirst());
  }

  private static SiteSource firstNotIn(List<SiteSource> chain, List<SiteSource> named) {
    List<Object> seen = chain.stream().map(SiteSource::identity).toList();
    return named.stream()
        .filter(source -> !seen.contains(source.identity()))
        .findFirst()
        .orElse(named.get(0));
  }

  private SiteSource chosen(String name, List<SiteSource> named) {
    if (named.size() > 1) {
      notes.add(
          "site %s is read from %s, which stands before %s"
              .formatted(name, named.get(0).shownAs(), named.get(1).shownAs()));
    }
    return named.get(0);
  }

  /** Reads a file; blames {@code key} at {@code origin} when there is none to read. */
  Optional<SiteFile> readFile(SiteSource source, Origin origin, String key) {
    next(source.shownAs());
    try {
      Optional<String> distrust = source.file().flatMap(this::distrust);
      if (distrust.isPresent()) {
        throw new BadValueException(distrust.get());
      }
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

  /** Only of what lies in the project, which nobody named. */
  private Optional<String> distrust(Path file) {
    boolean found =
        folders.project().isPresent()
            && (file.equals(folders.project().get().resolve("drover.properties"))
                || file.startsWith(folders.project().get().resolve("drover-sites")));
    return found ? folders.distrust(file) : Optional.empty();
  }

  private void problem(Origin origin, String key, String problem) {
    problems.add(new SiteProblem(origin, key, problem));
  }
}
