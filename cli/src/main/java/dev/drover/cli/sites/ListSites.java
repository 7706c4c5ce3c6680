package dev.drover.cli.sites;

import dev.drover.cli.console.Columns;
import dev.drover.cli.console.Console;
import dev.drover.cli.console.ExitCode;
import dev.drover.cli.engine.SiteChoice;
import dev.drover.cli.inspect.JsonText;
import dev.drover.site.InvalidSiteException;
import dev.drover.site.Site;
import dev.drover.site.SiteCatalogue;
import dev.drover.site.SiteKeys;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code drover sites list}. */
@Command(
    name = "list",
    description = {
      "List the sites that --site can name: Drover's own, and those of the folders around.",
      "",
      "AS OF is how old the file's facts are, by their source or a check on the machine. Of an unverified "
          + "site some are not the machine's own word, a retired machine is gone; what is wrong with a faulty "
          + "file drover sites check tells.",
      ""
    })
final class ListSites implements Callable<Integer> {
  private final Console console;
  private final SiteChoice sites;
  private final LocalDate today;

  @Option(names = "--json", description = "The same as one JSON object.")
  private boolean json;

  ListSites(Console console, SiteChoice sites, LocalDate today) {
    this.console = console;
    this.sites = sites;
    this.today = today;
  }

  @Override
  public Integer call() {
    SiteCatalogue catalogue = sites.catalogue();
    Map<String, Optional<Site>> all = new LinkedHashMap<>();
    for (String name : catalogue.names()) {
      all.put(name, read(name));
    }
    if (json) {
      console.out().println(object(catalogue, all));
    } else {
      List<List<String>> rows = new ArrayList<>();
      rows.add(List.of("SITE", "STATUS", "AS OF", "DESCRIPTION"));
      all.forEach((name, site) -> rows.add(row(name, site)));
      Columns.of(rows).forEach(console.out()::println);
    }
    return ExitCode.DONE.status();
  }

  private Optional<Site> read(String name) {
    try {
      return Optional.of(sites.published(name));
    } catch (InvalidSiteException faulty) {
      return Optional.empty();
    }
  }

  private List<String> row(String name, Optional<Site> site) {
    return List.of(
        name,
        status(site),
        site.map(read -> SiteAge.text(read, today)).orElse("-"),
        site.map(read -> read.get(SiteKeys.SITE_DESCRIPTION)).orElse("-"));
  }

  private static String status(Optional<Site> site) {
    return site.map(read -> read.text(SiteKeys.SITE_STATUS)).orElse("faulty");
  }

  private String object(SiteCatalogue catalogue, Map<String, Optional<Site>> all) {
    return JsonText.object(
        out -> {
          out.writeStringField("command", "sites list");
          out.writeArrayFieldStart("sites");
          for (Map.Entry<String, Optional<Site>> entry : all.entrySet()) {
            out.writeStartObject();
            out.writeStringField("name", entry.getKey());
            out.writeStringField("place", catalogue.place(entry.getKey()));
            out.writeStringField("status", status(entry.getValue()));
            if (entry.getValue().isPresent()) {
              Site site = entry.getValue().get();
              out.writeStringField("verified", site.text(SiteKeys.SITE_VERIFIED));
              OptionalLong days = SiteAge.days(site, today);
              if (days.isPresent()) {
                out.writeNumberField("age_days", days.getAsLong());
              }
              out.writeStringField("description", site.text(SiteKeys.SITE_DESCRIPTION));
              out.writeStringField("contact", site.text(SiteKeys.SITE_CONTACT));
              out.writeStringField("url", site.text(SiteKeys.SITE_URL));
              out.writeStringField("source", site.text(SiteKeys.SITE_SOURCE));
            }
            out.writeEndObject();
          }
          out.writeEndArray();
        });
  }
}
