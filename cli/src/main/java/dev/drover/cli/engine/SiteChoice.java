package dev.drover.cli.engine;

import dev.drover.site.Site;
import dev.drover.site.SiteReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The site that a command line means. */
public final class SiteChoice {
  private SiteChoice() {}

  /**
   * The site, under the user's own {@code ~/.config/drover/site.properties} and the settings.
   *
   * @param named its name or file; empty = the one that the run directory keeps, else this machine
   * @param settings by key, which win over all files
   * @param runDirectory which may hold a run already
   * @throws dev.drover.site.InvalidSiteException with all that is wrong
   */
  public static Site read(
      Optional<String> named, Map<String, String> settings, Optional<Path> runDirectory) {
    List<Path> overlays = new ArrayList<>();
    Path own = Path.of(System.getProperty("user.home"), ".config", "drover", "site.properties");
    if (Files.exists(own)) {
      overlays.add(own);
    }
    List<String> texts = new ArrayList<>();
    settings.forEach((key, value) -> texts.add(key + "=" + value));
    Optional<Path> kept =
        runDirectory.map(directory -> directory.resolve("site.properties")).filter(Files::exists);
    String name = named.or(() -> kept.map(Path::toString)).orElse("local");
    return new SiteReader(System.getenv()).read(name, overlays, texts);
  }
}
