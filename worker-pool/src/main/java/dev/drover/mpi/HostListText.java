package dev.drover.mpi;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Slurm's and Flux's short spelling of many hosts, such as {@code n[01-03,7],login1}. Widths are
 * kept: {@code [08-10]} is 08, 09, 10.
 */
final class HostListText {
  /** More hosts than any machine has; a list that spells more is a mistake. */
  private static final int MOST = 1_000_000;

  private static final Pattern RANGE = Pattern.compile("([0-9]{1,9})(?:-([0-9]{1,9}))?");

  private HostListText() {}

  /**
   * The hosts, in the order of the text.
   *
   * @throws IllegalArgumentException when it is spelt wrongly
   */
  static List<String> expand(String text) {
    List<String> hosts = new ArrayList<>();
    int start = 0;
    int depth = 0;
    for (int i = 0; i <= text.length(); i++) {
      char c = i < text.length() ? text.charAt(i) : ',';
      depth += c == '[' ? 1 : c == ']' ? -1 : 0;
      if (depth < 0 || depth > 1) {
        throw wrong(text);
      }
      if (c == ',' && (depth == 0 || i == text.length())) {
        if (depth != 0 || i == start) {
          throw wrong(text);
        }
        add(text.substring(start, i).strip(), hosts, text);
        start = i + 1;
      }
    }
    return hosts;
  }

  /** One word, with any number of brackets: the last ones count fastest. */
  private static void add(String word, List<String> hosts, String text) {
    List<String> made = List.of("");
    int from = 0;
    for (int open = word.indexOf('['); open >= 0; open = word.indexOf('[', from)) {
      int close = word.indexOf(']', open);
      String before = word.substring(from, open);
      List<String> longer = new ArrayList<>();
      List<String> numbers = numbers(word.substring(open + 1, close), text);
      if ((long) made.size() * numbers.size() > MOST) {
        throw wrong(text);
      }
      for (String beginning : made) {
        numbers.forEach(number -> longer.add(beginning + before + number));
      }
      made = longer;
      from = close + 1;
    }
    String end = word.substring(from);
    made.forEach(beginning -> hosts.add(beginning + end));
    if (hosts.size() > MOST) {
      throw wrong(text);
    }
  }

  private static List<String> numbers(String list, String text) {
    List<String> numbers = new ArrayList<>();
    for (String part : list.split(",", -1)) {
      Matcher range = RANGE.matcher(part.strip());
      if (!range.matches()) {
        throw wrong(text);
      }
      int first = Integer.parseInt(range.group(1));
      int last = range.group(2) == null ? first : Integer.parseInt(range.group(2));
      if (last < first || last - first >= MOST - numbers.size()) {
        throw wrong(text);
      }
      for (int number = first; number <= last; number++) {
        numbers.add(("%0" + range.group(1).length() + "d").formatted(number));
      }
    }
    return numbers;
  }

  private static IllegalArgumentException wrong(String text) {
    return new IllegalArgumentException(
        "'" + text + "' is no list of hosts; one looks like n[01-03,7],login1");
  }
}
