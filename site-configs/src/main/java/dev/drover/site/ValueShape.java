package dev.drover.site;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * What a key's value looks like to a program, for schemas and listings: what {@link KeyType#parse}
 * takes has this shape, and it may refuse more.
 *
 * @param kind how a program writes the value
 * @param min the least number, included
 * @param max the greatest number, included
 * @param words the only texts that may stand here; empty = any
 * @param pattern a regular expression that is found in every text that may stand here; empty = any
 */
public record ValueShape(
    Kind kind,
    Optional<BigDecimal> min,
    Optional<BigDecimal> max,
    List<String> words,
    String pattern) {

  /** How a program writes a value. */
  public enum Kind {
    TEXT,
    WHOLE_NUMBER,
    NUMBER,
    BOOLEAN
  }

  /** Any text. */
  static final ValueShape TEXT = pattern("");

  public ValueShape {
    Objects.requireNonNull(kind);
    Objects.requireNonNull(min);
    Objects.requireNonNull(max);
    words = List.copyOf(words);
    Objects.requireNonNull(pattern);
  }

  static ValueShape pattern(String pattern) {
    return new ValueShape(Kind.TEXT, Optional.empty(), Optional.empty(), List.of(), pattern);
  }

  static ValueShape words(List<String> words) {
    return new ValueShape(Kind.TEXT, Optional.empty(), Optional.empty(), words, "");
  }

  static ValueShape number(Kind kind, Number min, Number max) {
    boolean open = max.equals(Integer.MAX_VALUE);
    return new ValueShape(
        kind,
        Optional.of(new BigDecimal(min.toString())),
        open ? Optional.empty() : Optional.of(new BigDecimal(max.toString())),
        List.of(),
        "");
  }

  /** The same, or no text at all. */
  ValueShape orNothing() {
    if (!words.isEmpty()) {
      List<String> more = new ArrayList<>(words);
      more.add("");
      return words(more);
    }
    return pattern.isEmpty() ? this : pattern("^$|" + pattern);
  }
}
