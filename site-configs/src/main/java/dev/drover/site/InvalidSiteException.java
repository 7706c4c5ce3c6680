package dev.drover.site;

import java.util.List;
import java.util.stream.Collectors;

/**
 * A site could not be read; carries every problem found, not only the first. Reading again without
 * a change fails again.
 */
public final class InvalidSiteException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient List<SiteProblem> problems;

  InvalidSiteException(String site, List<SiteProblem> problems) {
    super(message(site, problems));
    this.problems = List.copyOf(problems);
  }

  /** All problems: file by file in the order read, then by line. Never empty. */
  public List<SiteProblem> problems() {
    return problems;
  }

  private static String message(String site, List<SiteProblem> problems) {
    String count = problems.size() == 1 ? "1 problem" : problems.size() + " problems";
    return problems.stream()
        .map(problem -> "\n  " + problem)
        .collect(Collectors.joining("", "site '" + site + "' has " + count + ":", ""));
  }
}
