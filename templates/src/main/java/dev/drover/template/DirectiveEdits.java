package dev.drover.template;

import java.util.ArrayList;
import java.util.List;

/**
 * A site's own hand in a job script's directives: which of the template's lines to leave out, and
 * which to add below the last one.
 *
 * @param prefix that begins each directive of the scheduler, as {@code #SBATCH}; empty for a
 *     scheduler without directives, where nothing can be skipped or added
 * @param skip beginnings of directives, without the prefix, that end at a word's end: {@code --mem}
 *     leaves out {@code --mem=4g} and keeps {@code --mem-per-cpu=1g}
 * @param add whole directives, with or without the prefix
 */
public record DirectiveEdits(String prefix, List<String> skip, List<String> add) {
  /** Characters that may follow a directive's name. */
  private static final String ENDS = " =:,\t";

  public DirectiveEdits {
    skip = List.copyOf(skip);
    add = List.copyOf(add);
    if (prefix.isEmpty() && !(skip.isEmpty() && add.isEmpty())) {
      throw new IllegalArgumentException(
          "this provider's job script has no directives, so none can be skipped or added; remove"
              + " directives.skip and directives.add");
    }
  }

  /** The script with the edits made; the same text when there are none. */
  public String apply(String script) {
    if (skip.isEmpty() && add.isEmpty()) {
      return script;
    }
    List<String> lines = new ArrayList<>(List.of(script.split("\n", -1)));
    int end = endOfDirectives(lines);
    List<String> edited = new ArrayList<>();
    int insertAt = Math.min(1, lines.size());
    for (String line : lines.subList(0, end)) {
      if (!skips(line)) {
        edited.add(line);
        insertAt = isDirective(line) ? edited.size() : insertAt;
      }
    }
    edited.addAll(insertAt, add.stream().map(this::asLine).toList());
    edited.addAll(lines.subList(end, lines.size()));
    return String.join("\n", edited);
  }

  /** Those entries of {@link #skip} that leave out nothing of this script. */
  public List<String> idleSkips(String script) {
    return skip.stream()
        .filter(
            entry -> script.lines().noneMatch(line -> isDirective(line) && matches(line, entry)))
        .toList();
  }

  /** Schedulers read directives down to the first command. */
  private static int endOfDirectives(List<String> lines) {
    int line = 0;
    while (line < lines.size() && (lines.get(line).isBlank() || lines.get(line).startsWith("#"))) {
      line++;
    }
    return line;
  }

  private boolean isDirective(String line) {
    return line.startsWith(prefix + " ");
  }

  private boolean skips(String line) {
    return isDirective(line) && skip.stream().anyMatch(entry -> matches(line, entry));
  }

  private boolean matches(String line, String entry) {
    String directive = line.substring(prefix.length()).strip();
    return directive.startsWith(entry)
        && (directive.length() == entry.length()
            || ENDS.indexOf(directive.charAt(entry.length())) >= 0);
  }

  private String asLine(String directive) {
    return directive.startsWith("#") ? directive : prefix + " " + directive.strip();
  }
}
