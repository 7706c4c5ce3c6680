package dev.drover.cli.sites;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.drover.cli.console.Console;
import dev.drover.cli.console.ExitCode;
import dev.drover.cli.engine.SiteChoice;
import dev.drover.cli.inspect.JsonText;
import dev.drover.site.Key;
import dev.drover.site.Site;
import dev.drover.site.SiteKeys;
import dev.drover.site.SiteProblem;
import dev.drover.site.ValueShape;
import java.io.IOException;
import java.time.LocalDate;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code drover sites show}. */
@Command(
    name = "show",
    sortOptions = false,
    description = {
      "Print the values that a site has here, with what you and this machine lay over it.",
      "",
      "The text is a site file. Keys that have their default are left out.",
      ""
    })
final class ShowSite implements Callable<Integer> {
  private final Console console;
  private final SiteChoice sites;
  private final LocalDate today;

  @Mixin private SiteArguments arguments = new SiteArguments();

  ShowSite(Console console, SiteChoice sites, LocalDate today) {
    this.console = console;
    this.sites = sites;
    this.today = today;
  }

  @Override
  public Integer call() {
    Site site = arguments.read(sites);
    if (arguments.json()) {
      console.out().println(object(site));
    } else {
      print(site);
    }
    return ExitCode.DONE.status();
  }

  private void print(Site site) {
    console
        .out()
        .printf("# %s, as of %s%n", site.text(SiteKeys.SITE_STATUS), SiteAge.text(site, today));
    for (SiteProblem missing : site.missing()) {
      console.out().println("# " + missing.key() + ": to be set before a run");
    }
    for (Key<?> key : arguments.keysOf(site)) {
      String note = site.note(key);
      if (!note.isEmpty()) {
        console.out().println("# " + note);
      }
      console.out().println(site.line(key));
    }
  }

  private String object(Site site) {
    return JsonText.object(
        out -> {
          out.writeStringField("command", "sites show");
          out.writeStringField("site", site.name());
          out.writeObjectFieldStart("values");
          for (Key<?> key : arguments.keysOf(site)) {
            out.writeFieldName(key.name());
            value(out, site, key);
          }
          out.writeEndObject();
          out.writeArrayFieldStart("missing");
          for (SiteProblem missing : site.missing()) {
            out.writeString(missing.key());
          }
          out.writeEndArray();
        });
  }

  /** Numbers and truth values as such, and all else as a site file has it. */
  private static void value(JsonGenerator out, Site site, Key<?> key) throws IOException {
    String text = site.text(key);
    switch (key.secret() ? ValueShape.Kind.TEXT : key.type().shape().kind()) {
      case TEXT -> out.writeString(text);
      case WHOLE_NUMBER, NUMBER -> out.writeNumber(text);
      case BOOLEAN -> out.writeBoolean(text.equals("true"));
    }
  }
}
