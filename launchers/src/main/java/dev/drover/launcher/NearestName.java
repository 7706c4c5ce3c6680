package dev.drover.launcher;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;

/** Finds the known name that a misspelt one most likely means. */
public final class NearestName {
  private NearestName() {}

  /** The message for a name that is not known: what was meant, perhaps, and what there is. */
  public static String unknown(String kind, String name, Collection<String> known) {
    return "unknown "
        + kind
        + " \""
        + name
        + "\""
        + among(name, known).map(nearest -> " (did you mean " + nearest + "?)").orElse("")
        + "; known: "
        + String.join(", ", known);
  }

  /**
   * The nearest of the known names, if it is near: at most a third of the letters differ, at least
   * one may.
   */
  public static Optional<String> among(String name, Collection<String> known) {
    String wanted = name.toLowerCase(Locale.ROOT);
    return known.stream()
        .min(
            Comparator.comparingInt(candidate -> edits(wanted, candidate.toLowerCase(Locale.ROOT))))
        .filter(
            nearest ->
                edits(wanted, nearest.toLowerCase(Locale.ROOT))
                    <= Math.max(1, Math.max(wanted.length(), nearest.length()) / 3));
  }

  /** How many letters must be put in, taken out or changed (Levenshtein), row by row. */
  private static int edits(String from, String to) {
    int[] row = new int[to.length() + 1];
    for (int column = 0; column <= to.length(); column++) {
      row[column] = column;
    }
    for (int line = 1; line <= from.length(); line++) {
      int diagonal = row[0];
      row[0] = line;
      for (int column = 1; column <= to.length(); column++) {
        int changed = diagonal + (from.charAt(line - 1) == to.charAt(column - 1) ? 0 : 1);
        diagonal = row[column];
        row[column] = Math.min(changed, Math.min(row[column], row[column - 1]) + 1);
      }
    }
    return row[to.length()];
  }
}
