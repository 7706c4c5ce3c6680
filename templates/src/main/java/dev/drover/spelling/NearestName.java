package dev.drover.spelling;

import java.util.Collection;
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

  /** {@code did you mean 'x'?}, or the list of what there is. */
  public static String hint(String name, Collection<String> known) {
    return among(name, known)
        .map(nearest -> "did you mean '" + nearest + "'?")
        .orElseGet(() -> "there are: " + String.join(", ", known));
  }

  /**
   * The nearest of the known names, if it is near: one slip in a short name, in longer ones a slip
   * in each three letters, three at the most.
   */
  public static Optional<String> among(String name, Collection<String> known) {
    String sought = kebab(name);
    int allowed = Math.max(1, Math.min(3, sought.length() / 3));
    int best = Math.min(sought.length(), allowed + 1);
    String nearest = null;
    for (String candidate : known) {
      int slips = slips(sought, kebab(candidate));
      if (slips < best) {
        best = slips;
        nearest = candidate;
      }
    }
    return Optional.ofNullable(nearest);
  }

  /**
   * {@code maxBlocks}, {@code max_blocks} and {@code MAX-BLOCKS} all read as {@code max-blocks}.
   */
  private static String kebab(String name) {
    return name.replaceAll("([a-z0-9])([A-Z])", "$1-$2").replace('_', '-').toLowerCase(Locale.ROOT);
  }

  /**
   * How many letters were added, lost, changed or swapped with their neighbour (Damerau and
   * Levenshtein), no letter moved twice.
   */
  static int slips(String from, String to) {
    int[][] slips = new int[from.length() + 1][to.length() + 1];
    for (int i = 0; i <= from.length(); i++) {
      for (int j = 0; j <= to.length(); j++) {
        slips[i][j] = i == 0 || j == 0 ? i + j : fewest(slips, from, to, i, j);
      }
    }
    return slips[from.length()][to.length()];
  }

  private static int fewest(int[][] slips, String from, String to, int i, int j) {
    int changed = slips[i - 1][j - 1] + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
    int best = Math.min(changed, Math.min(slips[i - 1][j], slips[i][j - 1]) + 1);
    boolean swapped =
        i > 1
            && j > 1
            && from.charAt(i - 1) == to.charAt(j - 2)
            && from.charAt(i - 2) == to.charAt(j - 1);
    return swapped ? Math.min(best, slips[i - 2][j - 2] + 1) : best;
  }
}
