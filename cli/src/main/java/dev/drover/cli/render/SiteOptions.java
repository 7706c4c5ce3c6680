package dev.drover.cli.render;

import dev.drover.cli.console.StopException;
import dev.drover.cli.engine.SiteChoice;
import dev.drover.site.InvalidSiteException;
import dev.drover.site.Site;
import dev.drover.site.SiteKeys;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import picocli.CommandLine.Option;

/** The options that name a site and change it, with the meaning that they have for a run. */
final class SiteOptions {
  @Option(
      names = "--site",
      paramLabel = "NAME|FILE",
      order = 1,
      description = "The machine (default: this one).")
  String site;

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      order = 2,
      description = "Override one key of the site; repeatable.")
  Map<String, String> settings = new TreeMap<>();

  @Option(
      names = "--template",
      paramLabel = "FILE",
      order = 3,
      description = "A job script template in place of the site's; as --set template.file.")
  Path template;

  /**
   * The site, as a run with these options would have it.
   *
   * @param runDirectory which may hold a run, whose site is kept
   */
  Site read(Optional<Path> runDirectory) {
    Map<String, String> all = new TreeMap<>(settings);
    if (template != null) {
      all.put(SiteKeys.TEMPLATE_FILE.name(), template.toAbsolutePath().normalize().toString());
    }
    try {
      return SiteChoice.read(Optional.ofNullable(site), all, runDirectory);
    } catch (InvalidSiteException e) {
      throw StopException.usage(e.getMessage());
    }
  }
}
