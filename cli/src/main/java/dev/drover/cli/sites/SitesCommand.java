package dev.drover.cli.sites;

import dev.drover.cli.console.Console;
import dev.drover.cli.engine.SiteChoice;
import java.time.LocalDate;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;

/** {@code drover sites}: what it can be asked is in its subcommands. */
@Command(
    name = "sites",
    description = {
      "List, show, check, write and compare sites, and the keys that a site file may hold.",
      ""
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  drover sites list",
      "  drover sites show local --all",
      "  drover sites check mysite.properties",
      "  drover sites check --live",
      "  drover sites new mycluster --output mycluster.properties",
      "  drover sites blame local --set worker.max-per-node=2",
      "  drover sites keys provider."
    })
public final class SitesCommand {
  private SitesCommand() {}

  /** The command with its subcommands. */
  public static CommandSpec spec(Console console) {
    return spec(console, SiteChoice.here(console.err()), LocalDate.now(), Surveys.REAL);
  }

  static CommandSpec spec(Console console, SiteChoice sites, LocalDate today, Surveys surveys) {
    CommandSpec spec = CommandSpec.forAnnotatedObject(new SitesCommand());
    spec.addSubcommand("list", new CommandLine(new ListSites(console, sites, today)));
    spec.addSubcommand("show", new CommandLine(new ShowSite(console, sites, today)));
    spec.addSubcommand("check", new CommandLine(new CheckSites(console, sites, surveys)));
    spec.addSubcommand("new", new CommandLine(new NewSite(console, today, surveys)));
    spec.addSubcommand("blame", new CommandLine(new BlameSite(console, sites)));
    spec.addSubcommand("diff", new CommandLine(new DiffSites(console, sites)));
    spec.addSubcommand("keys", new CommandLine(new PrintKeys(console)));
    return spec;
  }
}
