package dev.drover.cli.render;

import dev.drover.cli.console.StopException;
import dev.drover.cli.engine.SiteChoice;
import dev.drover.cli.run.ChosenSite;
import dev.drover.site.InvalidSiteException;
import dev.drover.site.Site;
import dev.drover.site.SiteKeys;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options that name a site and change it, with the meaning that they have for a run. */
final class SiteOptions {
  private final SiteChoice sites;

  @Mixin private ChosenSite site = new ChosenSite();

  @Option(
      names = "--template",
      paramLabel = "FILE",
      order = 12,
      description = "A job script template in place of the site's; as --set template.file.")
  private Path template;

  SiteOptions(SiteChoice sites) {
    this.sites = sites;
  }

  /**
   * The site, as a run with these options would have it.
   *
   * @param runDirectory which may hold a run, whose site is kept
   */
  Site forRun(Optional<Path> runDirectory) {
    return told(() -> sites.forRun(site.name(), settings(), runDirectory));
  }

  /** The site with these options, where what each user must set may be missing. */
  Site toLookAt() {
    return told(() -> sites.toLookAt(site.name(), settings()));
  }

  private Map<String, String> settings() {
    Map<String, String> all = new TreeMap<>(site.settings());
    if (template != null) {
      all.put(SiteKeys.TEMPLATE_FILE.name(), template.toAbsolutePath().normalize().toString());
    }
    return all;
  }

  private static Site told(Supplier<Site> reading) {
    try {
      return reading.get();
    } catch (InvalidSiteException e) {
      throw StopException.usage(e.getMessage());
    }
  }
}
