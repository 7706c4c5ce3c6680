package dev.drover.template;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Writes values so that a POSIX shell reads each one back as a single, literal word. */
public final class ShellQuoting {
  /**
   * Means itself wherever it stands: no {@code =}, since a first word with one is an assignment.
   */
  private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9_@%+:,./-]+");

  private static final Set<String> RESERVED =
      Set.of(
          "case",
          "coproc",
          "do",
          "done",
          "elif",
          "else",
          "esac",
          "fi",
          "for",
          "function",
          "if",
          "in",
          "select",
          "then",
          "time",
          "until",
          "while");

  private ShellQuoting() {}

  /**
   * The value as one word; plain words stay as they are.
   *
   * @throws IllegalArgumentException if the value holds a NUL, which no argv and no script can
   *     carry
   */
  public static String quote(String value) {
    if (value.indexOf('\0') >= 0) {
      throw new IllegalArgumentException(
          "a value for a shell line holds a NUL character, which no command can carry; remove it");
    }
    if (PLAIN.matcher(value).matches() && !RESERVED.contains(value)) {
      return value;
    }
    return "'" + value.replace("'", "'\\''") + "'";
  }

  /** The words as one command line. */
  public static String quoteAll(Collection<String> words) {
    return words.stream().map(ShellQuoting::quote).collect(Collectors.joining(" "));
  }

  /**
   * The words of a line, as a shell would take them apart by blanks, quotes and backslashes;
   * nothing is expanded. {@link #quoteAll} undoes it.
   *
   * @throws IllegalArgumentException if a quote is not closed
   */
  public static List<String> split(String line) {
    List<String> words = new ArrayList<>();
    StringBuilder word = new StringBuilder();
    boolean inWord = false;
    char quote = 0;
    for (int i = 0; i < line.length(); i++) {
      char c = line.charAt(i);
      boolean escapes = c == '\\' && quote != '\'' && i + 1 < line.length();
      if (escapes) {
        word.append(line.charAt(++i));
      } else if (quote != 0 ? c == quote : c == '\'' || c == '"') {
        quote = quote == 0 ? c : 0;
      } else if (quote == 0 && Character.isWhitespace(c)) {
        if (inWord) {
          words.add(word.toString());
        }
        word.setLength(0);
        inWord = false;
        continue;
      } else {
        word.append(c);
      }
      inWord = true;
    }
    if (quote != 0) {
      throw new IllegalArgumentException("a " + quote + " is not closed in: " + line);
    }
    if (inWord) {
      words.add(word.toString());
    }
    return List.copyOf(words);
  }
}
