package dev.drover.cli.sites;

import dev.drover.cli.console.Console;
import dev.drover.cli.console.ExitCode;
import dev.drover.cli.engine.SiteChoice;
import dev.drover.cli.inspect.JsonText;
import dev.drover.site.Entry;
import dev.drover.site.Key;
import dev.drover.site.Site;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code drover sites blame}. */
@Command(
    name = "blame",
    sortOptions = false,
    description = {
      "Print where each value of a site was set, and what it overrides.",
      "",
      "Keys that have their default are left out, unless a file says so, too.",
      ""
    })
final class BlameSite implements Callable<Integer> {
  private final Console console;
  private final SiteChoice sites;

  @Mixin private SiteArguments arguments = new SiteArguments();

  BlameSite(Console console, SiteChoice sites) {
    this.console = console;
    this.sites = sites;
  }

  @Override
  public Integer call() {
    Site site = arguments.read(sites);
    List<Key<?>> shown = arguments.keysOf(site);
    List<Key<?>> keys =
        site.keys().stream()
            .filter(key -> shown.contains(key) || !site.entries(key).isEmpty())
            .toList();
    if (arguments.json()) {
      console.out().println(object(site, keys));
    } else {
      keys.forEach(key -> print(site, key));
    }
    return ExitCode.DONE.status();
  }

  private void print(Site site, Key<?> key) {
    String note = site.note(key).isEmpty() ? "" : " (" + site.note(key) + ")";
    console.out().println(site.line(key));
    console.out().println("  from " + site.origin(key) + note);
    for (Entry entry : overridden(site, key)) {
      console.out().println("  over " + entry.text() + " from " + entry.origin());
    }
  }

  /** What the value overrides, the strongest first. */
  private static List<Entry> overridden(Site site, Key<?> key) {
    List<Entry> entries = new ArrayList<>(site.entries(key));
    if (!entries.isEmpty()) {
      entries.remove(entries.size() - 1);
    }
    Collections.reverse(entries);
    return entries;
  }

  private static String object(Site site, List<Key<?>> keys) {
    return JsonText.object(
        out -> {
          out.writeStringField("command", "sites blame");
          out.writeStringField("site", site.name());
          out.writeArrayFieldStart("keys");
          for (Key<?> key : keys) {
            out.writeStartObject();
            out.writeStringField("key", key.name());
            out.writeStringField("value", site.text(key));
            out.writeStringField("file", site.origin(key).source());
            out.writeNumberField("line", site.origin(key).line());
            out.writeStringField("note", site.note(key));
            out.writeArrayFieldStart("over");
            for (Entry entry : overridden(site, key)) {
              out.writeStartObject();
              out.writeStringField("text", entry.text());
              out.writeStringField("file", entry.origin().source());
              out.writeNumberField("line", entry.origin().line());
              out.writeEndObject();
            }
            out.writeEndArray();
            out.writeEndObject();
          }
          out.writeEndArray();
        });
  }
}
