package dev.drover.site;

import dev.drover.site.SiteChain.SiteFile;
import dev.drover.spelling.NearestName;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Reads a site by name or from a file into a checked {@link Site}.
 *
 * <p>Layers, each stronger than the one before: the registry's defaults, what all sites of its
 * scheduler have in common, the site's file over the files it extends, the files in the {@link
 * SiteFolders}, variables such as {@code DROVER_PROVIDER_ACCOUNT}, overlay files in the order
 * given, {@code key=value} settings. Text reaches the nodes as written, save {@code ${env:NAME}},
 * {@code ${env:NAME:-default}} and {@code ${some.key}}. Thread-safe; a read touches only the site's
 * files and those laid over it.
 */
public final class SiteReader {
  private final SiteFolders folders;
  private final Map<String, String> environment;
  private final boolean variablesSetKeys;

  /** A reader of shipped sites and named files, with nothing around that is laid over them. */
  public SiteReader(Map<String, String> environment) {
    this(SiteFolders.NONE, environment, false);
  }

  /** A reader that also looks into folders, and at variables that set keys. */
  public SiteReader(SiteFolders folders, Map<String, String> environment) {
    this(folders, environment, true);
  }

  private SiteReader(
      SiteFolders folders, Map<String, String> environment, boolean variablesSetKeys) {
    this.folders = folders;
    this.environment = Map.copyOf(environment);
    this.variablesSetKeys = variablesSetKeys;
  }

  /** A reader for runs of this process. */
  public static SiteReader ofThisProcess() {
    return new SiteReader(SiteFolders.ofThisProcess(System.getenv()), System.getenv());
  }

  /** Reads a site to look at it: what each user must set may be missing. */
  public Site read(String site) {
    return read(site, List.of(), List.of());
  }

  /**
   * Reads a site to look at it, with more layers over it.
   *
   * @param site a site's name, or the path of a file
   * @param overlays files whose values override the site's, the strongest last; each must exist
   * @param settings {@code key=value}, which override all files, the strongest last
   * @throws InvalidSiteException with every problem of every layer
   */
  public Site read(String site, List<Path> overlays, List<String> settings) {
    return new Reading(site, false).read(overlays, settings);
  }

  /**
   * Reads a site for a run on it: what it says that each user must set is set.
   *
   * @param site a site's name, or the path of a file
   * @param settings {@code key=value}, which override all files, the strongest last
   * @throws InvalidSiteException with every problem of every layer
   */
  public Site readForRun(String site, List<String> settings) {
    return new Reading(site, true).read(List.of(), settings);
  }

  /**
   * Reads what a site's own files say, with nothing laid over them: what each user must set may be
   * missing.
   *
   * @param site a site's name, or the path of a file
   * @throws InvalidSiteException with every problem of these files
   */
  public Site readPublished(String site) {
    return new Reading(site, false).read();
  }

  /** One use of the reader: gathers the layers, and problems as they come. */
  private final class Reading {
    private final String site;
    private final boolean forRun;
    private final List<SiteProblem> problems = new ArrayList<>();
    private final SiteChain chain =
        new SiteChain(
            folders,
            problems,
            entry -> parse(SiteKeys.SITE_EXTENDS, entry).flatMap(Setting::value));
    private List<SiteProblem> missing = List.of();
    private final LayerStack layers = new LayerStack(problems);
    private final Interpolation interpolation = new Interpolation(environment, this::textOf);

    Reading(String site, boolean forRun) {
      this.site = site;
      this.forRun = forRun;
    }

    Site read() {
      List<SiteFile> files = readFiles();
      return site(files, files.isEmpty() ? null : nameOf(files.get(0)));
    }

    Site read(List<Path> overlays, List<String> given) {
      List<SiteFile> files = readFiles();
      Setting<String> name = files.isEmpty() ? null : nameOf(files.get(0));
      layAround(name == null ? site : name.value());
      overlays.forEach(overlay -> layFile(overlay, false));
      for (String setting : given) {
        parseSetting(setting).ifPresent(entry -> layers.layOutside(List.of(entry), false));
      }
      return site(files, name);
    }

    private List<SiteFile> readFiles() {
      List<SiteFile> files = chain.read(site);
      for (int i = files.size() - 1; i >= 0; i--) {
        layers.layFile(files.get(i).entries(), i == 0);
      }
      return files;
    }

    /** What the layers make together; {@code name} is null when there is no file. */
    private Site site(List<SiteFile> files, Setting<String> name) {
      layFamily();
      Settings settings = resolveAll();
      if (name != null && layers.winner(SiteKeys.SITE_NAME).isEmpty()) {
        settings.put(SiteKeys.SITE_NAME, name);
      }
      Optional<QueueLimits> queue = CrossRules.check(settings, layers::isForAllSites, problems);
      RequiredKeys.checkNames(settings, problems);
      if (name != null) {
        missing = RequiredKeys.missing(settings, name.value());
      }
      if (forRun) {
        problems.addAll(missing);
      }
      List<SiteProblem> gaps = gaps(files, settings);
      if (!problems.isEmpty()) {
        throw new InvalidSiteException(site, sorted());
      }
      return new Site(settings, layers.all(), queue, chain.notes(), gaps, missing);
    }

    /** Lays over the site what folders and variables have. */
    private void layAround(String name) {
      for (SiteFolders.Layer layer : folders.over(name)) {
        layFile(layer.file(), layer.forAllSites());
      }
      if (variablesSetKeys) {
        List<Entry> variables = EnvironmentSettings.of(environment, problems);
        for (Entry entry : variables) {
          chain.next(entry.origin().source());
        }
        layers.layOutside(variables, true);
      }
    }

    /** Lays beneath the site what all of its scheduler have in common, the strongest first. */
    private void layFamily() {
      Optional<SchedulerFamily> family =
          layers
              .winner(SiteKeys.PROVIDER_TYPE)
              .flatMap(entry -> parse(SiteKeys.PROVIDER_TYPE, entry))
              .map(setting -> new SchedulerFamily(setting.value()));
      if (family.isPresent()) {
        for (SiteSource source : family.get().files(folders)) {
          chain
              .readFile(source, new Origin(source.shownAs(), 0), "")
              .ifPresent(read -> layers.layBeneath(read.entries()));
        }
      }
    }

    private void layFile(Path file, boolean forAllSites) {
      chain
          .readFile(SiteSource.at(file), new Origin(file.toString(), 0), "")
          .ifPresent(read -> layers.layOutside(read.entries(), forAllSites));
    }

    private Settings resolveAll() {
      var settings = new Settings();
      SiteKeys.all().forEach(key -> resolve(key, settings));
      layers.keys().stream().filter(SiteKeys::isOfAQueue).forEach(key -> resolve(key, settings));
      return settings;
    }

    private <T> void resolve(Key<T> key, Settings settings) {
      Optional<Entry> winner = layers.winner(key);
      if (winner.isEmpty()) {
        settings.put(key, new Setting<>(key.defaultValue(), Origin.DEFAULT));
      } else {
        parse(key, winner.get()).ifPresent(setting -> settings.put(key, setting));
      }
    }

    private <T> Optional<Setting<T>> parse(Key<T> key, Entry entry) {
      String text = entry.text();
      try {
        text = interpolation.resolve(key.name(), text);
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

    /** What a reference to a key stands for. */
    private Optional<String> textOf(Key<?> key) {
      return layers
          .winner(key)
          .map(Entry::text)
          .or(() -> Optional.of(defaultOf(key)).filter(text -> !text.isEmpty()))
          .or(() -> isLeftToUsers(key) ? Optional.of("${" + key.name() + "}") : Optional.empty());
    }

    private static <T> String defaultOf(Key<T> key) {
      return key.type().print(key.defaultValue());
    }

    private boolean isLeftToUsers(Key<?> key) {
      return !forRun
          && layers.winner(SiteKeys.SITE_REQUIRED).stream()
              .flatMap(entry -> Stream.of(entry.text().split(",")))
              .anyMatch(name -> name.trim().equals(key.name()));
    }

    private Optional<Entry> parseSetting(String setting) {
      int equals = setting.indexOf('=');
      if (equals < 0) {
        problems.add(new SiteProblem(Origin.SET, setting, "has no '='; write --set key=value"));
        return Optional.empty();
      }
      return Optional.of(
          new Entry(
              setting.substring(0, equals).trim(),
              setting.substring(equals + 1).trim(),
              Origin.SET));
    }

    /** What the file calls itself, or what its own name makes of it. */
    private static Setting<String> nameOf(SiteFile file) {
      Optional<Entry> written = file.last(SiteKeys.SITE_NAME);
      if (written.isPresent() && TextTypes.Name.isSound(written.get().text())) {
        return new Setting<>(written.get().text(), written.get().origin());
      }
      String stem = file.source().stem();
      String name = stem.replaceAll("[^A-Za-z0-9._-]", "-").replaceAll("^[._-]+", "");
      String fitting = name.isEmpty() ? "unnamed" : name.substring(0, Math.min(64, name.length()));
      return new Setting<>(fitting, Origin.DEFAULT);
    }

    /** What the site's file does not say of itself: a problem of a shipped one. */
    private List<SiteProblem> gaps(List<SiteFile> files, Settings settings) {
      if (files.isEmpty()) {
        return List.of();
      }
      SiteSource head = files.get(0).source();
      List<SiteProblem> gaps = SiteMetadata.gaps(settings, new Origin(head.shownAs(), 0));
      if (head.file().isEmpty()) {
        problems.addAll(gaps);
      }
      return gaps;
    }

    /** By file in the order read, then by line; a problem seen twice is told once. */
    private List<SiteProblem> sorted() {
      Comparator<SiteProblem> bySource =
          Comparator.comparing(problem -> chain.order(problem.origin().source()));
      return problems.stream()
          .distinct()
          .sorted(bySource.thenComparing(problem -> problem.origin().line()))
          .toList();
    }
  }
}
