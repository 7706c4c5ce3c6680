package dev.drover.site;

import java.util.Collection;
import java.util.Locale;
import java.util.Optional;

/** Finds the known word that a misspelt one was meant to be. */
final class Nearest {
  private Nearest() {}

  /**
   * The known word within a few slips of {@code word}: a letter added, lost, changed or swapped.
   */
  static Optional<String> word(String word, Collection<String> known) {
    String sought = kebab(word);
    int best = Math.max(1, Math.min(3, sought.length() / 4)) + 1;
    String nearest = null;
    for (String candidate : known) {
      int distance = distance(sought, kebab(candidate));
      if (distance < best) {
        best = distance;
        nearest = candidate;
      }
    }
    return Optional.ofNullable(nearest);
  }

  /** The key that {@code name} was meant to be, also when its section is wrong or missing. */
  static Optional<String> key(String name) {
    Optional<String> nearest = word(name, SiteKeys.all().stream().map(Key::name).toList());
    if (nearest.isPresent()) {
      return nearest;
    }
    var lastWords = SiteKeys.all().stream().map(key -> lastWord(key.name())).toList();
    return word(lastWord(name), lastWords)
        .flatMap(
            word ->
                SiteKeys.all().stream()
                    .map(Key::name)
                    .filter(known -> lastWord(known).equals(word))
                    .findFirst());
  }

  private static String lastWord(String name) {
    return name.substring(name.lastIndexOf('.') + 1);
  }

  /**
   * {@code maxBlocks}, {@code max_blocks} and {@code MAX-BLOCKS} all read as {@code max-blocks}.
   */
  private static String kebab(String word) {
    return word.replaceAll("([a-z0-9])([A-Z])", "$1-$2").replace('_', '-').toLowerCase(Locale.ROOT);
  }

  /** The Damerau-Levenshtein distance, no letter moved twice. */
  static int distance(String from, String to) {
    int[][] slips = new int[from.length() + 1][to.length() + 1];
    for (int i = 0; i <= from.length(); i++) {
      for (int j = 0; j <= to.length(); j++) {
        slips[i][j] = i == 0 || j == 0 ? i + j : cheapest(slips, from, to, i, j);
      }
    }
    return slips[from.length()][to.length()];
  }

  private static int cheapest(int[][] slips, String from, String to, int i, int j) {
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
