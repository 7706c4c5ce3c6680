package dev.drover.cli.engine;

import dev.drover.site.HostNames;
import dev.drover.site.Site;
import dev.drover.site.SiteCatalogue;
import dev.drover.site.SiteDetection;
import dev.drover.site.SiteFolders;
import dev.drover.site.SiteKeys;
import dev.drover.site.SiteReader;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * The site that a command line means: the one that it names, else the one that the run directory
 * keeps, else that of {@code DROVER_SITE}, else the one that this machine is found to be, else
 * {@code local}.
 *
 * @param folders that hold sites, and files that are laid over them
 * @param environment this process's variables
 * @param hostNames of this machine
 * @param notes told what the user should know of the choice, a line each
 */
public record SiteChoice(
    SiteFolders folders,
    Map<String, String> environment,
    Supplier<List<String>> hostNames,
    Consumer<String> notes) {
  /** The variable that names the site where no option does. */
  public static final String VARIABLE = "DROVER_SITE";

  public SiteChoice {
    environment = Map.copyOf(environment);
  }

  /** With what is around this process; notes go to {@code err}. */
  public static SiteChoice here(PrintStream err) {
    Map<String, String> environment = System.getenv();
    return new SiteChoice(
        SiteFolders.ofThisProcess(environment),
        environment,
        HostNames::ofThisMachine,
        note -> err.println("drover: " + note));
  }

  /**
   * The site for a run: what it says that each user must set is set. A run that is gone on with has
   * the site that it had, under the settings alone.
   *
   * @param named its name or file; empty = it was not named
   * @param settings by key, which win over all files
   * @param runDirectory which may hold a run already
   * @throws dev.drover.site.InvalidSiteException with all that is wrong
   */
  public Site forRun(
      Optional<String> named, Map<String, String> settings, Optional<Path> runDirectory) {
    Optional<Path> kept =
        runDirectory.map(directory -> directory.resolve("site.properties")).filter(Files::exists);
    if (named.isEmpty() && kept.isPresent()) {
      return new SiteReader(environment).readForRun(kept.get().toString(), texts(settings));
    }
    return told(reader().readForRun(name(named), texts(settings)));
  }

  /**
   * The site to look at, where what each user must set may be missing.
   *
   * @param named its name or file; empty = it was not named
   * @param settings by key, which win over all files
   * @throws dev.drover.site.InvalidSiteException with all that is wrong
   */
  public Site toLookAt(Optional<String> named, Map<String, String> settings) {
    return told(reader().read(name(named), List.of(), texts(settings)));
  }

  /** The name of the site that is meant where none is named; notes tell how it was found. */
  public String nameHere() {
    return name(Optional.empty());
  }

  /**
   * What a site's own files say, with nothing laid over them.
   *
   * @param name its name or file
   * @throws dev.drover.site.InvalidSiteException with all that is wrong
   */
  public Site published(String name) {
    return reader().readPublished(name);
  }

  /** The sites that can be named. */
  public SiteCatalogue catalogue() {
    return new SiteCatalogue(folders);
  }

  private String name(Optional<String> named) {
    Optional<String> given =
        named.or(() -> Optional.ofNullable(environment.get(VARIABLE)).filter(it -> !it.isBlank()));
    if (given.isPresent()) {
      return given.get();
    }
    SiteDetection.Finding found = new SiteDetection(folders, environment, hostNames).find();
    found.note().ifPresent(notes);
    return found.site().orElse("local");
  }

  private Site told(Site site) {
    site.notes().forEach(notes);
    if (site.get(SiteKeys.SITE_STATUS) == SiteKeys.Status.RETIRED) {
      notes.accept("site " + site.name() + " is retired: the machine is gone");
    }
    return site;
  }

  private SiteReader reader() {
    return new SiteReader(folders, environment);
  }

  private static List<String> texts(Map<String, String> settings) {
    List<String> texts = new ArrayList<>();
    settings.forEach((key, value) -> texts.add(key + "=" + value));
    return texts;
  }
}
