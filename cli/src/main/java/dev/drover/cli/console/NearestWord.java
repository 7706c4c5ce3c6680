package dev.drover.cli.console;

import java.util.Collection;
import java.util.Locale;
import java.util.Optional;

/** Finds the word that was probably meant by a mistyped one. */
public final class NearestWord {
  private NearestWord() {}

  /**
   * The candidate that needs the fewest edits (a letter added, dropped, changed, or two neighbours
   * swapped); empty when none is near.
   */
  public static Optional<String> to(String typed, Collection<String> candidates) {
    String best = null;
    int bestDistance = Math.min(typed.length(), Math.max(1, typed.length() / 3) + 1);
    for (String candidate : candidates) {
      int distance = distance(typed.toLowerCase(Locale.ROOT), candidate.toLowerCase(Locale.ROOT));
      if (distance < bestDistance) {
        best = candidate;
        bestDistance = distance;
      }
    }
    return Optional.ofNullable(best);
  }

  /** {@code did you mean 'x'?}, or the list of what there is. */
  public static String hint(String typed, Collection<String> candidates) {
    return to(typed, candidates)
        .map(nearest -> "did you mean '" + nearest + "'?")
        .orElseGet(() -> "there are: " + String.join(", ", candidates));
  }

  private static int distance(String a, String b) {
    int[][] d = new int[a.length() + 1][b.length() + 1];
    for (int i = 0; i <= a.length(); i++) {
      for (int j = 0; j <= b.length(); j++) {
        if (i == 0 || j == 0) {
          d[i][j] = i + j;
          continue;
        }
        boolean same = a.charAt(i - 1) == b.charAt(j - 1);
        d[i][j] =
            Math.min(Math.min(d[i - 1][j], d[i][j - 1]) + 1, d[i - 1][j - 1] + (same ? 0 : 1));
        if (i > 1
            && j > 1
            && a.charAt(i - 1) == b.charAt(j - 2)
            && a.charAt(i - 2) == b.charAt(j - 1)) {
          d[i][j] = Math.min(d[i][j], d[i - 2][j - 2] + 1);
        }
      }
    }
    return d[a.length()][b.length()];
  }
}
