package dev.drover.cli.sites;

import dev.drover.cli.console.Console;
import dev.drover.cli.console.ExitCode;
import dev.drover.cli.console.StopException;
import dev.drover.cli.engine.SiteChoice;
import dev.drover.cli.inspect.JsonText;
import dev.drover.cli.run.SiteWords;
import dev.drover.site.InvalidSiteException;
import dev.drover.site.Key;
import dev.drover.site.Site;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code drover sites diff}. */
@Command(
    name = "diff",
    sortOptions = false,
    description = {
      "Print the keys that have other values on one site than on another, as they are here.",
      "",
      "What a file says of itself, such as its name and contact, is left out.",
      ""
    },
    footer = {"", "Exit codes: 0 no difference; 1 some; 2 usage or configuration."})
final class DiffSites implements Callable<Integer> {
  private static final int DIFFERENT = 1;

  private final Console console;
  private final SiteChoice sites;

  @Parameters(
      index = "0",
      paramLabel = "A",
      completionCandidates = SiteWords.class,
      description = "A site, by name or file.")
  private String one;

  @Parameters(
      index = "1",
      paramLabel = "B",
      completionCandidates = SiteWords.class,
      description = "The site that it is compared with.")
  private String other;

  @Option(names = "--json", description = "The same as one JSON object.")
  private boolean json;

  DiffSites(Console console, SiteChoice sites) {
    this.console = console;
    this.sites = sites;
  }

  /** A key whose values differ; empty = the site has no such queue. */
  private record Difference(String key, Optional<String> one, Optional<String> other) {}

  @Override
  public Integer call() {
    List<Difference> differences = differences(read(one), read(other));
    if (json) {
      console.out().println(object(differences));
    } else {
      for (Difference difference : differences) {
        difference.one().ifPresent(line -> console.out().println("- " + line));
        difference.other().ifPresent(line -> console.out().println("+ " + line));
      }
    }
    return differences.isEmpty() ? ExitCode.DONE.status() : DIFFERENT;
  }

  private Site read(String name) {
    try {
      return sites.toLookAt(Optional.of(name), Map.of());
    } catch (InvalidSiteException e) {
      throw StopException.usage(e.getMessage());
    }
  }

  private static List<Difference> differences(Site one, Site other) {
    Set<Key<?>> keys = new LinkedHashSet<>(one.keys());
    keys.addAll(other.keys());
    List<Difference> differences = new ArrayList<>();
    for (Key<?> key : keys) {
      Optional<String> here = line(one, key);
      Optional<String> there = line(other, key);
      if (!key.isAboutTheFile() && !here.equals(there)) {
        differences.add(new Difference(key.name(), here, there));
      }
    }
    return differences;
  }

  private static Optional<String> line(Site site, Key<?> key) {
    return site.keys().contains(key) ? Optional.of(site.line(key)) : Optional.empty();
  }

  private String object(List<Difference> differences) {
    return JsonText.object(
        out -> {
          out.writeStringField("command", "sites diff");
          out.writeStringField("a", one);
          out.writeStringField("b", other);
          out.writeArrayFieldStart("differences");
          for (Difference difference : differences) {
            out.writeStartObject();
            out.writeStringField("key", difference.key());
            if (difference.one().isPresent()) {
              out.writeStringField("a", difference.one().get());
            }
            if (difference.other().isPresent()) {
              out.writeStringField("b", difference.other().get());
            }
            out.writeEndObject();
          }
          out.writeEndArray();
        });
  }
}
