package dev.drover.cli.sites;

import dev.drover.cli.console.Console;
import dev.drover.cli.console.ExitCode;
import dev.drover.cli.console.StopException;
import dev.drover.node.NodeCapacity;
import dev.drover.node.NodeProbe;
import dev.drover.pinning.NodeAccelerators;
import dev.drover.provider.SchedulerFacts;
import dev.drover.provider.SchedulerSurvey;
import dev.drover.provider.StatusUnavailableException;
import dev.drover.site.SiteKeys;
import dev.drover.spelling.NearestName;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code drover sites new}. */
@Command(
    name = "new",
    sortOptions = false,
    description = {
      "Write a site file from what the scheduler of this machine tells, and this node.",
      "",
      "Queues with their limits, nodes, the launcher that fits: all with comments. What only a person knows "
          + "says FILL IN. The file is sound as it is, and of status unverified.",
      ""
    },
    footer = {
      "",
      "Exit codes: 0 it is written; 2 usage, or the file is there; 3 no scheduler could be asked.",
      "",
      "Examples:",
      "  drover sites new mycluster",
      "  drover sites new mycluster --from-scheduler slurm --output mycluster.properties"
    })
final class NewSite implements Callable<Integer> {
  private static final String AUTO = "auto";

  private final Console console;
  private final LocalDate today;
  private final Surveys surveys;

  @Parameters(arity = "1", paramLabel = "NAME", description = "The site's name.")
  private String name;

  @Option(
      names = "--from-scheduler",
      paramLabel = "slurm|pbspro|flux|auto",
      order = 1,
      description = "Which scheduler is asked (default: auto, the one that is here).")
  private String from = AUTO;

  @Option(
      names = "--output",
      paramLabel = "FILE",
      order = 2,
      description = "Write a new file (default: to stdout). One that is there is left alone.")
  private Path output;

  NewSite(Console console, LocalDate today, Surveys surveys) {
    this.console = console;
    this.today = today;
    this.surveys = surveys;
  }

  /** A scheduler that answered. */
  private record Answered(String provider, SchedulerSurvey survey, SchedulerFacts facts) {}

  @Override
  public Integer call() {
    try {
      SiteKeys.SITE_NAME.type().parse(name);
    } catch (IllegalArgumentException refused) {
      throw StopException.usage("site name " + refused.getMessage());
    }
    if (output != null && Files.exists(output)) {
      throw isThere();
    }
    Answered answered = ask();
    NodeCapacity node = NodeProbe.ofThisNode().capacity();
    String text =
        new SiteDraft(
                name,
                answered.provider(),
                answered.survey().scheduler(),
                answered.facts(),
                answered.survey().host(),
                node,
                NodeAccelerators.ofThisNode().devices().size(),
                today)
            .text();
    if (output == null) {
      console.out().print(text);
    } else {
      write(text);
    }
    return ExitCode.DONE.status();
  }

  private void write(String text) {
    try {
      Files.writeString(output, text, StandardOpenOption.CREATE_NEW);
    } catch (FileAlreadyExistsException e) {
      throw isThere();
    } catch (IOException e) {
      throw StopException.infrastructure(
          "cannot write " + output + ": " + e + "\n  fix: name another place by --output", e);
    }
    console
        .err()
        .println(
            "drover: wrote "
                + output
                + "; mend the lines that say "
                + SiteDraft.FILL_IN
                + ", then drover sites check --live "
                + output);
  }

  private StopException isThere() {
    return StopException.usage(
        output + " is there already and was left alone\n  fix: name another file, or remove it");
  }

  private Answered ask() {
    List<String> candidates = candidates();
    List<String> reasons = new ArrayList<>();
    for (String provider : candidates) {
      SchedulerSurvey survey = surveys.of(provider);
      try {
        return new Answered(provider, survey, survey.ask());
      } catch (StatusUnavailableException e) {
        reasons.add(e.getMessage());
      }
    }
    throw StopException.infrastructure(String.join("\n", reasons), null);
  }

  private List<String> candidates() {
    if (!from.equals(AUTO)) {
      if (!Surveys.askable().contains(from)) {
        List<String> words = new ArrayList<>(Surveys.askable());
        words.add(AUTO);
        throw StopException.usage(
            NearestName.unknown("scheduler to ask", from, words)
                + "\n  fix: for others start from a site that is like yours, which drover sites list names");
      }
      return List.of(from);
    }
    try {
      List<String> installed = surveys.installed();
      if (!installed.isEmpty()) {
        return installed;
      }
    } catch (IOException e) {
      throw StopException.infrastructure(
          "cannot look for a scheduler on " + surveys.headNode().host() + ": " + e, e);
    }
    throw StopException.infrastructure(
        "no scheduler that can be asked is on "
            + surveys.headNode().host()
            + ": its PATH has none of scontrol, pbsnodes, flux\n"
            + "  fix: run this on a login node; or start from a site that is like yours, which drover sites"
            + " list names",
        null);
  }
}
