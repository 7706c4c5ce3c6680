package dev.drover.headnode;

import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * Lists of host patterns as ssh_config(5) has them: {@code *}, {@code ?}, and {@code !} for not.
 */
final class HostPatterns {
  private HostPatterns() {}

  /** Whether one of the patterns fits and none with a {@code !} does; case does not matter. */
  static boolean match(List<String> patterns, String host) {
    boolean matched = false;
    for (String pattern : patterns) {
      boolean negated = pattern.startsWith("!");
      if (fits(negated ? pattern.substring(1) : pattern, host)) {
        if (negated) {
          return false;
        }
        matched = true;
      }
    }
    return matched;
  }

  private static boolean fits(String pattern, String host) {
    StringBuilder regex = new StringBuilder();
    for (char c : pattern.toLowerCase(Locale.ROOT).toCharArray()) {
      regex.append(
          switch (c) {
            case '*' -> ".*";
            case '?' -> ".";
            default -> Pattern.quote(String.valueOf(c));
          });
    }
    return host.toLowerCase(Locale.ROOT).matches(regex.toString());
  }
}
