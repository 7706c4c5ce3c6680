package dev.drover.cli.run;

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
      description = "The machine to run on (default: this one).")
  private String name;

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      order = 11,
      description = "Override one key of the site; repeatable.")
  private Map<String, String> settings = new TreeMap<>();

  /** The site's name or file; empty = it was not named. */
  public Optional<String> name() {
    return Optional.ofNullable(name);
  }

  /** What overrides the site's files, by key. */
  public Map<String, String> settings() {
    return settings;
  }
}
