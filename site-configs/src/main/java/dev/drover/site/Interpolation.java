package dev.drover.site;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Replaces {@code ${env:NAME}} and {@code ${env:NAME:-default}} by the submitting process's
 * environment and {@code ${some.key}} by that key's own text, and touches nothing else: {@code
 * $PBS_NODEFILE} and {@code ${HOME}} belong to the node, and no shell has a name with a point in
 * it. What is put in is not looked at again. {@code $${} in front of a reference stands for the
 * plain text of one.
 */
final class Interpolation {
  private static final String OPEN = "${";
  private static final String ENVIRONMENT = "${env:";
  private static final Pattern VARIABLE = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");
  private static final Pattern KEY = Pattern.compile("\\$\\{([a-z]+(?:\\.[A-Za-z0-9_-]+)+)(.?)");
  private static final Pattern REFERENCE = Pattern.compile("\\$\\{(?=env:|[a-z]+\\.[A-Za-z0-9_-])");

  private final Map<String, String> environment;
  private final Function<Key<?>, Optional<String>> texts;
  private final Deque<String> path = new ArrayDeque<>();
  private List<String> unset = new ArrayList<>();

  /**
   * @param texts the text of another key as it was written, or its default; empty = it has none
   */
  Interpolation(Map<String, String> environment, Function<Key<?>, Optional<String>> texts) {
    this.environment = environment;
    this.texts = texts;
  }

  /**
   * The text of {@code key} with its references replaced.
   *
   * @throws BadValueException that names every unset variable, an unset or unknown key, or the
   *     whole circle
   */
  String resolve(String key, String text) {
    if (!text.contains(OPEN)) {
      return text;
    }
    List<String> outer = unset;
    unset = new ArrayList<>();
    path.addLast(key);
    try {
      String resolved = replace(text);
      if (!unset.isEmpty()) {
        throw new BadValueException(
            "needs %s, which the environment does not set; export it, or write ${env:%s:-default}"
                .formatted(String.join(", ", unset), unset.get(0)));
      }
      return resolved;
    } finally {
      path.removeLast();
      unset = outer;
    }
  }

  /** The text that {@link #resolve} turns back into {@code text}. */
  static String escape(String text) {
    return REFERENCE.matcher(text).replaceAll("\\$\\${");
  }

  private String replace(String text) {
    var out = new StringBuilder();
    int done = 0;
    for (int open = text.indexOf(OPEN); open >= 0; open = text.indexOf(OPEN, open)) {
      Matcher key = KEY.matcher(text).region(open, text.length());
      boolean isVariable = text.startsWith(ENVIRONMENT, open);
      if (!isVariable && !key.lookingAt()) {
        open += OPEN.length();
      } else if (open > done && text.charAt(open - 1) == '$') {
        out.append(text, done, open - 1).append(OPEN);
        done = open + OPEN.length();
        open = done;
      } else if (isVariable) {
        int close = closing(text, open);
        out.append(text, done, open).append(variable(text.substring(open + 6, close)));
        done = close + 1;
        open = done;
      } else {
        Optional<String> other = key(key.group(1), key.group(2));
        int end = open + key.group().length();
        out.append(text, done, other.isPresent() ? open : end).append(other.orElse(""));
        done = end;
        open = done;
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

  private String variable(String reference) {
    Matcher name = VARIABLE.matcher(reference);
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

  /** The text of another key; empty = the reference stays as it is written. */
  private Optional<String> key(String name, String next) {
    Optional<Key<?>> key = SiteKeys.find(name);
    if (key.isEmpty() || !next.equals("}")) {
      String meant = key.isPresent() ? name : Nearest.key(name).orElse("");
      if (meant.isEmpty()) {
        return Optional.empty();
      }
      throw new BadValueException(
          "has ${%s%s, which is no key; write ${%s}".formatted(name, next, meant));
    }
    if (path.contains(name)) {
      List<String> circle = new ArrayList<>(path);
      circle = circle.subList(circle.indexOf(name), circle.size());
      throw new BadValueException(
          "goes in a circle: " + String.join(" -> ", circle) + " -> " + name);
    }
    String text =
        texts
            .apply(key.get())
            .filter(found -> !found.isEmpty())
            .orElseThrow(() -> new BadValueException("needs " + name + ", which is not set"));
    return text.equals(OPEN + name + "}") ? Optional.empty() : Optional.of(resolve(name, text));
  }
}
