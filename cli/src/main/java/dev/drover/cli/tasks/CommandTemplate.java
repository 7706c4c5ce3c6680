package dev.drover.cli.tasks;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A command line with places for values, as GNU parallel writes them: {@code {}} and {@code {1}}
 * the value, {@code {.}} without its extension, {@code {/}} its last part, {@code {//}} its
 * directory, {@code {/.}} the last part without extension, {@code {#}} the number of the task.
 * Values are quoted for the shell, the command's own words are not.
 */
final class CommandTemplate {
  private static final Pattern PLACE = Pattern.compile("\\{(?:(\\d*)(\\.|//|/\\.|/|)|(#|%))}");
  private static final Pattern SAFE = Pattern.compile("[-_.+A-Za-z0-9/]+");

  private final List<Part> parts = new ArrayList<>();
  private final int sources;
  private final boolean quoting;

  private CommandTemplate(int sources, boolean quoting) {
    this.sources = sources;
    this.quoting = quoting;
  }

  /**
   * Compiles the words of a command, joined by blanks.
   *
   * @param words empty = the values are themselves the command, and are not quoted
   * @param sources number of values that each task gets, at least 1
   */
  static CommandTemplate of(List<String> words, int sources) throws InvalidTasksException {
    CommandTemplate template = new CommandTemplate(sources, !words.isEmpty());
    String text = String.join(" ", words);
    List<TaskProblem> problems = new ArrayList<>();
    Matcher place = PLACE.matcher(text);
    int from = 0;
    boolean any = false;
    while (place.find()) {
      template.parts.add(new Part(text.substring(from, place.start()), 0, null));
      from = place.end();
      any = true;
      template.parts.add(part(place, sources, problems));
    }
    template.parts.add(new Part(text.substring(from), 0, null));
    if (!any) {
      template.parts.add(new Part(text.isEmpty() ? "" : " ", 0, null));
      template.parts.add(new Part("", 0, ""));
    }
    if (!problems.isEmpty()) {
      throw new InvalidTasksException(problems, 0);
    }
    return template;
  }

  private static Part part(Matcher place, int sources, List<TaskProblem> problems) {
    if (place.group(3) != null) {
      if (place.group(3).equals("%")) {
        problems.add(
            new TaskProblem(
                "command",
                "{%} stands for a job slot, and which slot a task gets is known only when it starts",
                "use $PARSL_WORKER_RANK in the command: the task's worker on its node, from 0"));
      }
      return new Part("", -1, "");
    }
    String digits = place.group(1);
    int number =
        digits.isEmpty() ? 0 : digits.length() > 6 ? Integer.MAX_VALUE : Integer.parseInt(digits);
    if (!digits.isEmpty() && (number < 1 || number > sources)) {
      problems.add(
          new TaskProblem(
              "command",
              place.group() + " has no values",
              "there "
                  + (sources == 1 ? "is 1 list" : "are " + sources + " lists")
                  + " of values, counted from {1}"));
    }
    return new Part("", number, place.group(2));
  }

  /** The command line of the task with these values; {@code number} counts tasks from 1. */
  String fill(String[] values, long number) {
    StringBuilder line = new StringBuilder();
    for (Part part : parts) {
      if (part.form == null) {
        line.append(part.literal);
      } else if (part.source < 0) {
        line.append(number);
      } else if (part.source > 0) {
        line.append(value(values[part.source - 1], part.form));
      } else {
        for (int i = 0; i < sources; i++) {
          line.append(i == 0 ? "" : " ").append(value(values[i], part.form));
        }
      }
    }
    return line.toString();
  }

  private String value(String raw, String form) {
    String formed =
        switch (form) {
          case "." -> withoutExtension(raw);
          case "/" -> raw.substring(raw.lastIndexOf('/') + 1);
          case "//" -> directory(raw);
          case "/." -> withoutExtension(raw.substring(raw.lastIndexOf('/') + 1));
          default -> raw;
        };
    return quoting ? quoted(formed) : formed;
  }

  private static String withoutExtension(String path) {
    int dot = path.lastIndexOf('.');
    return dot > path.lastIndexOf('/') && dot < path.length() - 1 ? path.substring(0, dot) : path;
  }

  private static String directory(String path) {
    int end = path.length();
    while (end > 1 && path.charAt(end - 1) == '/') {
      end--;
    }
    int slash = path.lastIndexOf('/', end - 1);
    return slash < 0 ? "." : slash == 0 ? "/" : path.substring(0, slash);
  }

  /** The value as one word of a shell command line. */
  static String quoted(String value) {
    return SAFE.matcher(value).matches() ? value : "'" + value.replace("'", "'\"'\"'") + "'";
  }

  /**
   * A piece of the line.
   *
   * @param source which value, from 1; 0 = all of them; -1 = the task's number
   * @param form null = this is plain text
   */
  private record Part(String literal, int source, String form) {}
}
