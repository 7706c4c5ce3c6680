package dev.drover.interchange;

import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What the nodes' systems refused of the workers' pinning. Nodes of a site are alike, so each text
 * is told once, however many managers say it. The loop's thread only.
 */
final class PinningProblems {
  private final Set<String> told = new HashSet<>();

  /** A manager registered for the first time; what there is to tell the user of it. */
  Optional<String> joined(Manager manager) {
    String problem = manager.facts.pinningProblem();
    return problem.isEmpty() || !told.add(problem)
        ? Optional.empty()
        : Optional.of(
            "on %s, and maybe on others, which are not told of again: %s"
                .formatted(manager.facts.host(), problem));
  }

  /** What is refused on the nodes of these managers, and on how many. */
  static List<String> of(Collection<Manager> managers) {
    Map<String, Integer> counts = new LinkedHashMap<>();
    for (Manager manager : managers) {
      if (!manager.facts.pinningProblem().isEmpty()) {
        counts.merge(manager.facts.pinningProblem(), 1, Integer::sum);
      }
    }
    return counts.entrySet().stream()
        .map(each -> "at %d managers %s".formatted(each.getValue(), each.getKey()))
        .toList();
  }
}
