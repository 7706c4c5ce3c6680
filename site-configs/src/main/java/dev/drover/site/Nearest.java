package dev.drover.site;

import dev.drover.spelling.NearestName;
import java.util.Optional;

/** Finds the key that a misspelt one was meant to be. */
final class Nearest {
  private Nearest() {}

  /** The key that {@code name} was meant to be, also when its section is wrong or missing. */
  static Optional<String> key(String name) {
    Optional<String> nearest =
        NearestName.among(name, SiteKeys.all().stream().map(Key::name).toList());
    if (nearest.isPresent()) {
      return nearest;
    }
    var lastWords = SiteKeys.all().stream().map(key -> lastWord(key.name())).toList();
    return NearestName.among(lastWord(name), lastWords)
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
}
