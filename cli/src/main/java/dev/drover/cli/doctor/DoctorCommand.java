package dev.drover.cli.doctor;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.drover.cli.console.Console;
import dev.drover.cli.console.ExitCode;
import dev.drover.cli.console.StopException;
import dev.drover.cli.engine.SiteChoice;
import dev.drover.cli.inspect.JsonText;
import dev.drover.cli.run.ChosenSite;
import dev.drover.cli.run.Engine;
import dev.drover.cli.tasks.Quantities;
import dev.drover.executor.WorkersOfSite;
import dev.drover.headnode.LocalHeadNode;
import dev.drover.provider.local.Allocation;
import dev.drover.site.InvalidSiteException;
import dev.drover.site.Site;
import dev.drover.site.SiteKeys;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code drover doctor}: the path to a site's nodes, and this node where it is one of them. */
@Command(
    name = "doctor",
    sortOptions = false,
    description = {
      "Try the whole path to a site's nodes, and show what the site gives to workers on this one.",
      "",
      "On a login node, or with a head node behind SSH: connect, host key, login, the shell, clocks, the "
          + "scheduler, Java, the directories of runs; each step is printed as it ends, with what is wrong "
          + "and what mends it. With --block one node is asked for, too, and looked at from inside.",
      "",
      "In a batch job, with provider local, or with --node: which cpus and accelerators each worker would "
          + "have on this node. What counts is what this process may use; each mask is tried on a thread "
          + "that ends.",
      ""
    },
    footer = {
      "",
      "Exit codes: 0 nothing failed; 2 the site is wrong, or its managers would not start on this node; "
          + "3 a step failed; 130 interrupted.",
      "",
      "Examples:",
      "  drover doctor --site mysite.properties --head-node ssh://ada@login.example.org",
      "  drover doctor --site mysite.properties --block",
      "  srun --nodes=1 drover doctor --site mysite.properties --json"
    })
public final class DoctorCommand implements Callable<Integer> {
  private final Console console;
  private final Optional<Engine> engine;
  private final Supplier<ThisNode> node;

  @Mixin private ChosenSite site = new ChosenSite();

  @Option(
      names = "--block",
      order = 12,
      description =
          "Also ask for one node and run one task there; it costs that node for a minute.")
  private boolean block;

  @Option(
      names = "--wait",
      paramLabel = "TIME",
      order = 13,
      description = "How long the node of --block is waited for (default: ${DEFAULT-VALUE}).")
  private String patience = "10m";

  @Option(names = "--node", order = 14, description = "Show this node alone, wherever it is.")
  private boolean nodeAlone;

  @Option(names = "--json", order = 15, description = "The same as one JSON object.")
  private boolean json;

  /**
   * A command that reads its options from picocli.
   *
   * @param engine starts the run of {@code --block}; empty = not in this build
   */
  public DoctorCommand(Console console, Optional<Engine> engine) {
    this(console, engine, ThisNode::real);
  }

  DoctorCommand(Console console, Optional<Engine> engine, Supplier<ThisNode> node) {
    this.console = console;
    this.engine = engine;
    this.node = node;
  }

  @Override
  public Integer call() {
    if (nodeAlone && block) {
      throw StopException.usage("--node is about this node alone\n  fix: leave out --block");
    }
    Optional<PathTrial.Block> trial = trial();
    Site read = read();
    boolean isOneOfItsNodes = nodeAlone || isOneOfItsNodes(read);
    Optional<NodeReportText> report =
        isOneOfItsNodes ? Optional.of(new NodeReportText(read, report(read))) : Optional.empty();
    Checkup checkup = new Checkup(step -> console.out().println(step.text()));
    if (json) {
      checkup = new Checkup(step -> {});
    } else {
      report.ifPresent(text -> text.print(console));
    }
    ExitCode code = ExitCode.DONE;
    if (block || !isOneOfItsNodes) {
      code = new PathTrial(read, site, console, checkup, trial).run();
    }
    if (json) {
      console.out().println(object(read, report, checkup.steps()));
    }
    return code.status();
  }

  private Site read() {
    try {
      return SiteChoice.here(console.err()).toLookAt(site.name(), site.settings());
    } catch (InvalidSiteException e) {
      throw StopException.usage(e.getMessage());
    }
  }

  /** Where jobs are processes of this machine, or this is one. */
  private static boolean isOneOfItsNodes(Site site) {
    if (site.get(SiteKeys.HEADNODE_URL).isPresent()) {
      return false;
    }
    try {
      return site.text(SiteKeys.PROVIDER_TYPE).equals("local")
          || Allocation.of(System.getenv(), new LocalHeadNode()).isPresent();
    } catch (IOException e) {
      return true; // in a job that does not tell its nodes
    }
  }

  private NodeReport report(Site read) {
    try {
      return NodeReport.of(node.get(), WorkersOfSite.of(read));
    } catch (IllegalArgumentException e) {
      throw StopException.usage("site '" + read.name() + "' on this node: " + e.getMessage());
    }
  }

  private Optional<PathTrial.Block> trial() {
    if (!block) {
      return Optional.empty();
    }
    Duration wait;
    try {
      wait = Quantities.time(patience);
    } catch (IllegalArgumentException e) {
      throw StopException.usage("--wait " + e.getMessage().replace("; ", "\n  fix: "));
    }
    return engine.map(starting -> new PathTrial.Block(starting, wait));
  }

  private static String object(Site read, Optional<NodeReportText> report, List<Step> steps) {
    return JsonText.object(
        out -> {
          out.writeStringField("command", "doctor");
          if (report.isPresent()) {
            report.get().write(out);
          } else {
            out.writeStringField("site", read.name());
          }
          out.writeArrayFieldStart("steps");
          for (Step step : steps) {
            write(out, step);
          }
          out.writeEndArray();
        });
  }

  private static void write(JsonGenerator out, Step step) throws IOException {
    out.writeStartObject();
    out.writeStringField("step", step.name());
    out.writeStringField("standing", step.standing().word());
    out.writeStringField("found", step.found());
    if (!step.fix().isEmpty()) {
      out.writeStringField("fix", step.fix());
    }
    out.writeEndObject();
  }
}
