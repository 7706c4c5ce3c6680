package dev.drover.site;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Replaces {@code ${env:NAME}} and {@code ${env:NAME:-default}} by the submitting process's
 * environment, and touches nothing else: {@code $PBS_NODEFILE} and {@code ${HOME}} belong to the
 * node. What is put in is not looked at again. {@code $${env:} stands for a plain {@code ${env:}.
 */
final class EnvironmentText {
  private static final String OPEN = "${env:";
  private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");

  private final Map<String, String> environment;
  private final List<String> unset = new ArrayList<>();

  private EnvironmentText(Map<String, String> environment) {
    this.environment = environment;
  }

  /** {@code text} with its references replaced, or a refusal that names every unset variable. */
  static String resolve(String text, Map<String, String> environment) {
    if (!text.contains(OPEN)) {
      return text;
    }
    var resolver = new EnvironmentText(environment);
    String resolved = resolver.replace(text);
    if (!resolver.unset.isEmpty()) {
      String names = String.join(", ", resolver.unset);
      throw new BadValueException(
          "needs %s, which the environment does not set; export it, or write ${env:%s:-default}"
              .formatted(names, resolver.unset.get(0)));
    }
    return resolved;
  }

  /** The text that {@link #resolve} turns back into {@code text}. */
  static String escape(String text) {
    return text.replace(OPEN, "$" + OPEN);
  }

  private String replace(String text) {
    var out = new StringBuilder();
    int done = 0;
    for (int open = text.indexOf(OPEN); open >= 0; open = text.indexOf(OPEN, done)) {
      boolean escaped = open > done && text.charAt(open - 1) == '$';
      if (escaped) {
        out.append(text, done, open - 1).append(OPEN);
        done = open + OPEN.length();
      } else {
        int close = closing(text, open);
        out.append(text, done, open).append(lookUp(text.substring(open + OPEN.length(), close)));
        done = close + 1;
      }
    }
    return out.append(text, done, text.length()).toString();
  }

  /**
   * The index of the brace that closes the reference at {@code open}; a default may nest others.
   */
  private static int closing(String text, int open) {
    int depth = 0;
    for (int at = open + 1; at < text.length(); at++) {
      char c = text.charAt(at);
      if (c == '{') {
        depth++;
      } else if (c == '}' && --depth == 0) {
        return at;
      }
    }
    throw new BadValueException("has a ${env: that no } closes");
  }

  private String lookUp(String reference) {
    Matcher name = NAME.matcher(reference);
    if (!name.lookingAt()) {
      throw new BadValueException("has ${env:" + reference + "}, which names no variable");
    }
    String value = environment.get(name.group());
    String rest = reference.substring(name.end());
    if (rest.startsWith(":-")) {
      return value == null || value.isEmpty() ? replace(rest.substring(2)) : value;
    }
    if (!rest.isEmpty()) {
      throw new BadValueException(
          "has ${env:%s}; write ${env:NAME} or ${env:NAME:-default}".formatted(reference));
    }
    if (value == null) {
      unset.add(name.group());
      return "";
    }
    return value;
  }
}
