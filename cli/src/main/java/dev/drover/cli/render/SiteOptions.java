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
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options that name a site and change it, with the meaning that they have for a run. */
final class SiteOptions {
  @Mixin private ChosenSite site = new ChosenSite();

  @Option(
      names = "--template",
      paramLabel = "FILE",
      order = 12,
      description = "A job script template in place of the site's; as --set template.file.")
  private Path template;

  /**
   * The site, as a run with these options would have it.
   *
   * @param runDirectory which may hold a run, whose site is kept
   */
  Site read(Optional<Path> runDirectory) {
    Map<String, String> all = new TreeMap<>(site.settings());
    if (template != null) {
      all.put(SiteKeys.TEMPLATE_FILE.name(), template.toAbsolutePath().normalize().toString());
    }
    try {
      return SiteChoice.read(site.name(), all, runDirectory);
    } catch (InvalidSiteException e) {
      throw StopException.usage(e.getMessage());
    }
  }
}
