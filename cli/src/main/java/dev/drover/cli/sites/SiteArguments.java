package dev.drover.cli.sites;

import dev.drover.cli.console.StopException;
import dev.drover.cli.engine.SiteChoice;
import dev.drover.cli.run.KeyWords;
import dev.drover.cli.run.SiteWords;
import dev.drover.site.InvalidSiteException;
import dev.drover.site.Key;
import dev.drover.site.Site;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The site that a command is about, as a user has it: with all that is laid over it. */
final class SiteArguments {
  @Parameters(
      arity = "0..1",
      paramLabel = "NAME|FILE",
      completionCandidates = SiteWords.class,
      description = "The site (default: found by host name and environment, else local).")
  private String name;

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      order = 10,
      completionCandidates = KeyWords.class,
      description = "Override one key of the site; repeatable.")
  private Map<String, String> settings = new TreeMap<>();

  @Option(names = "--all", order = 11, description = "Also keys that have their default.")
  private boolean all;

  @Option(names = "--json", order = 12, description = "The same as one JSON object.")
  private boolean json;

  /**
   * The site.
   *
   * @throws StopException with all that is wrong with it
   */
  Site read(SiteChoice sites) {
    try {
      return sites.toLookAt(Optional.ofNullable(name), settings);
    } catch (InvalidSiteException e) {
      throw StopException.usage(e.getMessage());
    }
  }

  /** The keys to be shown. */
  List<Key<?>> keysOf(Site site) {
    return site.keys().stream().filter(key -> all || differs(site, key)).toList();
  }

  /** Whether the value is another than every site has that says nothing. */
  static <T> boolean differs(Site site, Key<T> key) {
    return !site.get(key).equals(key.defaultValue());
  }

  boolean json() {
    return json;
  }
}
