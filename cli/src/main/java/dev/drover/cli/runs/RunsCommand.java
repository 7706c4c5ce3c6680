package dev.drover.cli.runs;

import dev.drover.cli.console.Console;
import dev.drover.cli.console.ExitCode;
import dev.drover.cli.console.Figures;
import dev.drover.cli.console.StopException;
import dev.drover.cli.engine.SiteChoice;
import dev.drover.cli.inspect.JsonText;
import dev.drover.cli.run.ChosenSite;
import dev.drover.headnode.ConsolePrompt;
import dev.drover.headnode.HeadNode;
import dev.drover.headnode.LocalHeadNode;
import dev.drover.headnode.SshHeadNode;
import dev.drover.journal.RunOverview;
import dev.drover.remote.RunFolder;
import dev.drover.site.InvalidSiteException;
import dev.drover.site.Site;
import dev.drover.site.SiteHeadNode;
import dev.drover.site.SiteKeys;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code drover runs}: lists the runs that there are, here or on a head node. */
@Command(
    name = "runs",
    sortOptions = false,
    description = {
      "List the runs in drover-runs/, or with --site or --head-node those in headnode.runs on that "
          + "site's head node; the one that began last first.",
      "",
      "STATE is live, with the process that has it; \"on HOST\", when that is a process of another "
          + "host, which cannot be seen from there; interrupted, when it did not end and nobody has it; "
          + "or how it ended: done, failed, broken (no block could be had, or a disk was full), "
          + "cancelled, stopped or abandoned. WRITTEN is how long ago its journal was.",
      ""
    },
    footer = {
      "",
      "Exit codes: 0 they are listed; 2 usage or configuration; 3 the head node or the folder cannot be "
          + "looked at.",
      "",
      "Examples:",
      "  drover runs",
      "  drover runs --site mysite.properties --head-node ssh://ada@login.cluster.example.org",
      "  drover runs --json"
    })
public final class RunsCommand implements Callable<Integer> {
  private final Console console;
  private final Path root;

  @Mixin private ChosenSite site = new ChosenSite();

  @Option(names = "--json", order = 12, description = "The same as one JSON object.")
  private boolean json;

  /**
   * A command that reads its options from picocli.
   *
   * @param root where runs are kept here
   */
  public RunsCommand(Console console, Path root) {
    this.console = console;
    this.root = root;
  }

  @Override
  public Integer call() {
    boolean there = site.name().isPresent() || !site.settings().isEmpty();
    try (HeadNode node = there ? headNode() : new LocalHeadNode()) {
      RunFolder.Listing listing =
          new RunFolder(
                  node,
                  there ? site().get(SiteKeys.HEADNODE_RUNS) : root.toAbsolutePath().toString())
              .list();
      Optional<String> seenOn = there ? Optional.of(node.host()) : Optional.empty();
      List<RunOverview> runs =
          listing.runs().stream()
              .sorted(
                  Comparator.comparing(
                          (RunOverview run) -> run.started().or(run::changed).orElse(Instant.EPOCH))
                      .reversed())
              .toList();
      console
          .out()
          .print(
              json
                  ? JsonText.object(out -> RunsJson.write(out, listing, runs)) + "\n"
                  : RunsTable.of(listing, runs));
      console.out().flush();
      long uncounted =
          runs.stream().filter(run -> run.changed().isPresent() && run.counts().isEmpty()).count();
      if (uncounted > 0) {
        console
            .err()
            .println(
                "drover: the tasks of "
                    + Figures.count(uncounted, "run")
                    + " were not counted: their journals are long, and time was up");
      }
      if (runs.isEmpty() && !json) {
        String where = listing.folder() + seenOn.map(host -> " on " + host).orElse("");
        console
            .err()
            .println(
                listing.exists()
                    ? "drover: no runs in " + where
                    : "drover: no runs: there is no folder " + where + "; drover run makes it");
      }
      return ExitCode.DONE.status();
    } catch (IOException e) {
      throw StopException.infrastructure(e.getMessage(), e);
    }
  }

  private HeadNode headNode() {
    Site chosen = site();
    Optional<SshHeadNode> node = SiteHeadNode.overSsh(chosen, new ConsolePrompt());
    if (node.isEmpty()
        || chosen.get(SiteKeys.HEADNODE_INTERCHANGE) == SiteKeys.InterchangePlace.HERE) {
      throw StopException.usage(
          "site '%s': %s, so its runs are where they were started%n  fix: drover runs in that directory%s"
              .formatted(
                  chosen.name(),
                  node.isEmpty() ? "it has no head node" : "headnode.interchange = here",
                  node.isEmpty() ? ", or name the head node by --head-node" : ""));
    }
    return node.get();
  }

  private Site site() {
    try {
      return SiteChoice.here(console.err()).toLookAt(site.name(), site.settings());
    } catch (InvalidSiteException e) {
      throw StopException.usage(e.getMessage());
    }
  }
}
