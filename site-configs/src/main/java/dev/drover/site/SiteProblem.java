package dev.drover.site;

import java.util.Objects;
import java.util.Optional;

/**
 * One mistake in a site's configuration, where it stands and how to mend it.
 *
 * @param origin where the mistake stands
 * @param key the key concerned as it was written; empty when the problem is the file's
 * @param problem what is wrong and what would be right
 * @param suggestion the known word that was probably meant
 */
public record SiteProblem(Origin origin, String key, String problem, Optional<String> suggestion) {

  public SiteProblem {
    Objects.requireNonNull(origin);
    Objects.requireNonNull(key);
    Objects.requireNonNull(problem);
    Objects.requireNonNull(suggestion);
  }

  SiteProblem(Origin origin, String key, String problem) {
    this(origin, key, problem, Optional.empty());
  }

  /** {@code file:line: key: problem; did you mean 'x'?} */
  @Override
  public String toString() {
    var text = new StringBuilder(origin.toString()).append(": ");
    if (!key.isEmpty()) {
      text.append(key).append(": ");
    }
    text.append(problem);
    suggestion.ifPresent(word -> text.append("; did you mean '").append(word).append("'?"));
    return text.toString();
  }
}
