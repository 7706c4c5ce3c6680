package dev.drover.cli.doctor;

import java.util.List;
import java.util.Locale;
import java.util.Objects;

/**
 * One step of the path, and what came of it.
 *
 * @param name in a word or two
 * @param found figures, or what is wrong, in one line or more; or why it was not tried
 * @param fix what mends it; empty where there is nothing to mend
 */
record Step(Standing standing, String name, String found, String fix) {
  /** How a step ended. */
  enum Standing {
    /** As it should be. */
    OK("ok"),
    /** It works, and something is odd. */
    WARN("warn"),
    /** It does not work. */
    FAILED("FAIL"),
    /** It needs one that failed, or nobody asked for it. */
    NOT_TRIED("--");

    private final String mark;

    Standing(String mark) {
      this.mark = mark;
    }

    /** As JSON has it. */
    String word() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  private static final String INDENT = " ".repeat(6);
  private static final String FIX = "fix:";

  Step {
    Objects.requireNonNull(standing);
    Objects.requireNonNull(name);
    found = found.strip();
    fix = fix.strip();
  }

  static Step ok(String name, String found) {
    return new Step(Standing.OK, name, found, "");
  }

  static Step warn(String name, String found, String fix) {
    return new Step(Standing.WARN, name, found, fix);
  }

  static Step failed(String name, String found, String fix) {
    return new Step(Standing.FAILED, name, found, fix);
  }

  /** A failure in words that may hold the mend, from a line on that begins with {@code fix:}. */
  static Step failed(String name, String words) {
    List<String> lines = words.lines().toList();
    for (int i = 0; i < lines.size(); i++) {
      if (lines.get(i).strip().startsWith(FIX)) {
        String mend = String.join("\n", lines.subList(i, lines.size())).strip();
        return failed(
            name, String.join("\n", lines.subList(0, i)), mend.substring(FIX.length()).strip());
      }
    }
    return failed(name, words, "");
  }

  static Step untried(String name, String why) {
    return new Step(Standing.NOT_TRIED, name, "not tried: " + why, "");
  }

  boolean isFailed() {
    return standing == Standing.FAILED;
  }

  /** One line, and under it what does not fit there. */
  String text() {
    StringBuilder text = new StringBuilder();
    text.append(String.format(Locale.ROOT, "%-4s  %-13s  ", standing.mark, name));
    List<String> lines = found.lines().map(String::strip).toList();
    text.append(lines.isEmpty() ? "" : lines.get(0));
    lines.stream().skip(1).forEach(line -> text.append('\n').append(INDENT).append(line));
    if (!fix.isEmpty()) {
      List<String> mend = fix.lines().map(String::strip).toList();
      text.append('\n').append(INDENT).append(FIX).append(' ').append(mend.get(0));
      mend.stream()
          .skip(1)
          .forEach(line -> text.append('\n').append(INDENT).append("     ").append(line));
    }
    return text.toString().stripTrailing();
  }
}
