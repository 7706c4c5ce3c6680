package dev.drover.cli.sites;

import dev.drover.cli.engine.SiteChoice;
import dev.drover.headnode.HeadNode;
import dev.drover.provider.SchedulerFacts;
import dev.drover.provider.SchedulerSurvey;
import dev.drover.provider.StatusUnavailableException;
import dev.drover.site.InvalidSiteException;
import dev.drover.site.Site;
import dev.drover.site.SiteKeys;
import dev.drover.site.SiteProblem;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a site's scheduler says to it.
 *
 * @param asked in words, such as {@code Slurm 22.05.8 on login01}; empty if there is no answer
 * @param problems what no longer exists, fits, or is so
 * @param notes what is worth knowing beside, a line each
 * @param unasked why there is no answer, and the mend; empty if there is one
 */
public record LiveCheck(
    String asked, List<SiteProblem> problems, List<String> notes, Optional<String> unasked) {
  public LiveCheck {
    problems = List.copyOf(problems);
    notes = List.copyOf(notes);
  }

  /**
   * Asks the scheduler of a site, as the user has it here: with their account and all that is laid
   * over its files.
   */
  static LiveCheck of(String name, SiteChoice sites, Surveys surveys) {
    try {
      Site site = sites.toLookAt(Optional.of(name), Map.of());
      try (HeadNode headNode = surveys.sitesHeadNode().apply(site)) {
        return of(site, surveys.of(site, headNode));
      }
    } catch (InvalidSiteException faulty) {
      return new LiveCheck("", faulty.problems(), List.of(), Optional.empty());
    }
  }

  /** Asks the scheduler of a site on its head node. */
  public static LiveCheck of(Site site, HeadNode on) {
    return of(site, Surveys.REAL.of(site, on));
  }

  private static LiveCheck of(Site site, SchedulerSurvey survey) {
    if (!survey.isPossible()) {
      return unasked(
          "provider %s, of site '%s', cannot be asked about itself%n  fix: run one task: drover run --site %s -- true"
              .formatted(site.text(SiteKeys.PROVIDER_TYPE), site.name(), site.name()));
    }
    try {
      SchedulerFacts facts = survey.ask();
      LiveFindings findings = LiveComparison.of(site, survey.scheduler(), facts);
      String asked =
          survey.scheduler()
              + facts.version().map(version -> " " + version).orElse("")
              + " on "
              + survey.host();
      return new LiveCheck(asked, findings.problems(), findings.notes(), Optional.empty());
    } catch (StatusUnavailableException e) {
      return unasked(e.getMessage());
    }
  }

  private static LiveCheck unasked(String why) {
    return new LiveCheck("", List.of(), List.of(), Optional.of(why));
  }
}
