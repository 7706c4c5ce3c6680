package dev.drover.cli.sites;

import dev.drover.site.Key;
import dev.drover.site.Origin;
import dev.drover.site.Site;
import dev.drover.site.SiteProblem;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * What a comparison of a site with its scheduler finds, gathered as it comes. Problems are what
 * would be refused, or what the site says wrongly; notes are worth knowing and break nothing.
 */
final class LiveFindings {
  private final Site site;
  private final List<SiteProblem> problems = new ArrayList<>();
  private final List<String> notes = new ArrayList<>();

  LiveFindings(Site site) {
    this.site = site;
  }

  /** By file, and then by line. */
  List<SiteProblem> problems() {
    return problems.stream()
        .sorted(
            Comparator.comparing((SiteProblem problem) -> problem.origin().source())
                .thenComparing(problem -> problem.origin().line()))
        .toList();
  }

  /** A line each, in the order found. */
  List<String> notes() {
    return List.copyOf(notes);
  }

  void note(String line) {
    notes.add(line);
  }

  void problem(Key<?> key, String problem) {
    problem(key, problem, Optional.empty());
  }

  void problem(Key<?> key, String problem, Optional<String> suggestion) {
    problems.add(new SiteProblem(origin(key), key.name(), problem, suggestion));
  }

  /** Where the key was set; for one of a queue that was not, where that queue was first named. */
  private Origin origin(Key<?> key) {
    if (site.keys().contains(key)) {
      return site.origin(key);
    }
    String queue = key.name().substring(0, key.name().lastIndexOf('.') + 1);
    return site.keys().stream()
        .filter(other -> other.name().startsWith(queue))
        .findFirst()
        .map(site::origin)
        .orElse(Origin.DEFAULT);
  }
}
