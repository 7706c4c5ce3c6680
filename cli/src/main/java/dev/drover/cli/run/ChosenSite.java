package dev.drover.cli.run;

import dev.drover.site.SiteKeys;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import picocli.CommandLine.Option;

/** The options that name a site and change it. */
public final class ChosenSite {
  @Option(
      names = "--site",
      paramLabel = "NAME|FILE",
      order = 10,
      completionCandidates = SiteWords.class,
      description = "The machine (default: found by host name and environment, else this one).")
  private String name;

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      order = 11,
      completionCandidates = KeyWords.class,
      description = "Override one key of the site; repeatable.")
  private Map<String, String> settings = new TreeMap<>();

  @Option(
      names = "--head-node",
      paramLabel = "URL",
      order = 11,
      description =
          "The login node that has the scheduler, ssh://[USER@]HOST[:PORT]; as --set headnode.url.")
  private String headNode;

  /** The site's name or file; empty = it was not named. */
  public Optional<String> name() {
    return Optional.ofNullable(name);
  }

  /** What overrides the site's files, by key. */
  public Map<String, String> settings() {
    Map<String, String> all = new TreeMap<>(settings);
    if (headNode != null) {
      all.put(SiteKeys.HEADNODE_URL.name(), headNode);
    }
    return all;
  }
}
