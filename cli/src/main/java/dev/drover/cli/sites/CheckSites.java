package dev.drover.cli.sites;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.drover.cli.console.Console;
import dev.drover.cli.console.ExitCode;
import dev.drover.cli.console.Figures;
import dev.drover.cli.engine.SiteChoice;
import dev.drover.cli.inspect.JsonText;
import dev.drover.cli.run.SiteWords;
import dev.drover.site.InvalidSiteException;
import dev.drover.site.SiteProblem;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code drover sites check}. */
@Command(
    name = "check",
    sortOptions = false,
    description = {
      "Check site files as they are published: every key, every value, and what one makes of another.",
      "",
      "What users lay over them is left aside, and what each user must set may be missing. The advice is "
          + "about what a file does not say of itself; it breaks nothing.",
      "",
      "With --live the scheduler is asked, too, on the site's head node: for queues that are gone or closed, "
          + "limits and nodes that are others than the file says, and for your account. That is about the "
          + "site as you have it here. What a scheduler does not tell is not counted.",
      ""
    },
    footer = {
      "",
      "Exit codes: 0 all are sound; 2 some are not; 3 with --live: a scheduler could not be asked."
    })
final class CheckSites implements Callable<Integer> {
  private final Console console;
  private final SiteChoice sites;
  private final Surveys surveys;

  @Parameters(
      arity = "0..*",
      paramLabel = "NAME|FILE",
      completionCandidates = SiteWords.class,
      description = "The sites (default: all that drover sites list has).")
  private List<String> names = new ArrayList<>();

  @Option(
      names = "--live",
      description = "Also ask the scheduler; without names, of this machine's site.")
  private boolean live;

  @Option(names = "--json", description = "The same as one JSON object.")
  private boolean json;

  CheckSites(Console console, SiteChoice sites, Surveys surveys) {
    this.console = console;
    this.sites = sites;
    this.surveys = surveys;
  }

  /**
   * What was found of one site.
   *
   * @param live what its scheduler says; empty = it was not to be asked, or the files are faulty
   */
  private record Finding(
      String site, List<SiteProblem> problems, List<SiteProblem> advice, Optional<LiveCheck> live) {
    boolean isSound() {
      return problems.isEmpty() && live.map(check -> check.problems().isEmpty()).orElse(true);
    }

    boolean isUnasked() {
      return live.flatMap(LiveCheck::unasked).isPresent();
    }
  }

  @Override
  public Integer call() {
    List<Finding> findings = asked().stream().map(this::check).toList();
    if (json) {
      console.out().println(object(findings));
    } else {
      findings.forEach(this::print);
    }
    if (!findings.stream().allMatch(Finding::isSound)) {
      return ExitCode.USAGE.status();
    }
    boolean unasked = findings.stream().anyMatch(Finding::isUnasked);
    return (unasked ? ExitCode.INFRASTRUCTURE : ExitCode.DONE).status();
  }

  private List<String> asked() {
    if (!names.isEmpty()) {
      return names;
    }
    return live ? List.of(sites.nameHere()) : sites.catalogue().names();
  }

  private Finding check(String name) {
    try {
      List<SiteProblem> advice = sites.published(name).gaps();
      Optional<LiveCheck> check =
          live ? Optional.of(LiveCheck.of(name, sites, surveys)) : Optional.empty();
      return new Finding(name, List.of(), advice, check);
    } catch (InvalidSiteException faulty) {
      return new Finding(name, faulty.problems(), List.of(), Optional.empty());
    }
  }

  private void print(Finding finding) {
    finding.problems().forEach(console.out()::println);
    finding.advice().forEach(advice -> console.out().println(advice + " (advice)"));
    List<SiteProblem> found = new ArrayList<>(finding.problems());
    finding.live().ifPresent(check -> print(check, found));
    console
        .out()
        .println(
            finding.site()
                + ": "
                + (found.isEmpty() ? "sound" : Figures.count(found.size(), "problem"))
                + finding.live().map(CheckSites::toWhom).orElse(""));
  }

  private void print(LiveCheck check, List<SiteProblem> found) {
    check.problems().forEach(console.out()::println);
    check.notes().forEach(note -> console.out().println(note + " (note)"));
    check.unasked().ifPresent(reason -> console.err().println("drover: " + reason));
    found.addAll(check.problems());
  }

  private static String toWhom(LiveCheck check) {
    return check.unasked().isPresent()
        ? "; its scheduler was not asked"
        : check.asked().isEmpty() ? "" : ", says " + check.asked();
  }

  private static String object(List<Finding> findings) {
    return JsonText.object(
        out -> {
          out.writeStringField("command", "sites check");
          out.writeArrayFieldStart("sites");
          for (Finding finding : findings) {
            out.writeStartObject();
            out.writeStringField("site", finding.site());
            out.writeBooleanField("sound", finding.isSound());
            write(out, "problems", finding.problems());
            write(out, "advice", finding.advice());
            if (finding.live().isPresent()) {
              write(out, finding.live().get());
            }
            out.writeEndObject();
          }
          out.writeEndArray();
        });
  }

  private static void write(JsonGenerator out, LiveCheck check) throws IOException {
    out.writeObjectFieldStart("live");
    out.writeBooleanField("asked", check.unasked().isEmpty());
    out.writeStringField("scheduler", check.asked());
    write(out, "problems", check.problems());
    out.writeArrayFieldStart("notes");
    for (String note : check.notes()) {
      out.writeString(note);
    }
    out.writeEndArray();
    if (check.unasked().isPresent()) {
      out.writeStringField("reason", check.unasked().get());
    }
    out.writeEndObject();
  }

  private static void write(JsonGenerator out, String name, List<SiteProblem> problems)
      throws IOException {
    out.writeArrayFieldStart(name);
    for (SiteProblem each : problems) {
      out.writeStartObject();
      out.writeStringField("file", each.origin().source());
      out.writeNumberField("line", each.origin().line());
      out.writeStringField("key", each.key());
      out.writeStringField("problem", each.problem());
      if (each.suggestion().isPresent()) {
        out.writeStringField("suggestion", each.suggestion().get());
      }
      out.writeEndObject();
    }
    out.writeEndArray();
  }
}
