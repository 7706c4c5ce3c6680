package dev.drover.site;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** Types of text: what a line, a name, a path or a list of words may be. */
final class TextTypes {
  private TextTypes() {}

  /**
   * Free text without control characters.
   *
   * @param manyLines whether it may hold line ends
   * @param mustHold what it must contain, such as {@code {command}}; empty = nothing
   */
  record Text(boolean manyLines, String mustHold) implements KeyType<String> {
    @Override
    public String parse(String text) {
      if (!text.contains(mustHold)) {
        throw BadValueException.not(text, this);
      }
      for (int i = 0; i < text.length(); i++) {
        char character = text.charAt(i);
        boolean welcome = character == '\t' || (manyLines && character == '\n');
        if (Character.isISOControl(character) && !welcome) {
          throw new BadValueException(
              character == '\n'
                  ? "holds a line end, but must be one line"
                  : "holds the control character U+%04X".formatted((int) character));
        }
      }
      return text;
    }

    @Override
    public String print(String value) {
      return value;
    }

    @Override
    public String allowed() {
      return (manyLines ? "text, \\n between lines" : "text")
          + (mustHold.isEmpty() ? "" : " that holds " + mustHold);
    }

    @Override
    public ValueShape shape() {
      return ValueShape.pattern(mustHold.replaceAll("[{}]", "\\\\$0"));
    }
  }

  /** A name fit for a directory and a job: letters, digits, {@code . _ -}, at most 64. */
  record Name() implements KeyType<String> {
    private static final Pattern SYNTAX = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");

    @Override
    public String parse(String text) {
      if (!isSound(text)) {
        throw BadValueException.not(text, this);
      }
      return text;
    }

    static boolean isSound(String text) {
      return SYNTAX.matcher(text).matches();
    }

    @Override
    public String print(String value) {
      return value;
    }

    @Override
    public String allowed() {
      return "a name of letters, digits, '.', '_' and '-', at most 64";
    }

    @Override
    public ValueShape shape() {
      return ValueShape.pattern("^" + SYNTAX.pattern() + "$");
    }
  }

  /**
   * Text of one shape.
   *
   * @param pattern the shape, a regular expression that the whole text matches
   * @param noun what such a text is, for people
   */
  record Shaped(String pattern, String noun) implements KeyType<String> {
    @Override
    public String parse(String text) {
      if (!text.matches(pattern)) {
        throw BadValueException.not(text, this);
      }
      return text;
    }

    @Override
    public String print(String value) {
      return value;
    }

    @Override
    public String allowed() {
      return noun;
    }

    @Override
    public ValueShape shape() {
      return ValueShape.pattern("^(?:" + pattern + ")$");
    }
  }

  /**
   * A path on a compute node, kept as text because only the node can resolve it: absolute, or
   * starting with {@code ~/} or a shell variable.
   *
   * @param bareName whether a name without any {@code /} will do
   */
  record NodePath(boolean bareName) implements KeyType<String> {
    @Override
    public String parse(String text) {
      boolean rooted = text.startsWith("/") || text.startsWith("~/") || text.startsWith("$");
      boolean named = bareName && !text.isEmpty() && text.indexOf('/') < 0;
      boolean plain = text.chars().noneMatch(Character::isISOControl);
      if (!plain || !(rooted || named)) {
        throw BadValueException.not(text, this);
      }
      return text;
    }

    @Override
    public String print(String value) {
      return value;
    }

    @Override
    public String allowed() {
      return "a path that starts with /, ~/ or $" + (bareName ? ", or a program's name" : "");
    }

    @Override
    public ValueShape shape() {
      return ValueShape.pattern("^[/$]|^~/" + (bareName ? "|^[^/]+$" : ""));
    }
  }

  /**
   * Words with commas between, none twice; no text is the empty list.
   *
   * @param spaces whether an entry may hold spaces
   */
  record Words(boolean spaces) implements KeyType<List<String>> {
    @Override
    public List<String> parse(String text) {
      if (text.isEmpty()) {
        return List.of();
      }
      var words = new ArrayList<String>();
      for (String word : text.split(",", -1)) {
        String trimmed = word.trim();
        if (trimmed.isEmpty()) {
          throw new BadValueException("'" + text + "' has an empty place between its commas");
        }
        if (!spaces && trimmed.indexOf(' ') >= 0) {
          throw new BadValueException("'" + trimmed + "' holds a space; put commas between words");
        }
        if (words.contains(trimmed)) {
          throw new BadValueException("'" + text + "' holds '" + trimmed + "' twice");
        }
        words.add(trimmed);
      }
      return List.copyOf(words);
    }

    @Override
    public String print(List<String> value) {
      return String.join(", ", value);
    }

    @Override
    public String allowed() {
      return "a list with commas between its words";
    }
  }

  /**
   * Entries of one type with commas between, none twice; no text is the empty list.
   *
   * @param entry the type of each
   */
  record ListOf(Shaped entry) implements KeyType<List<String>> {
    @Override
    public List<String> parse(String text) {
      List<String> entries = KeyType.PHRASES.parse(text);
      for (String each : entries) {
        entry.parse(each);
      }
      return entries;
    }

    @Override
    public String print(List<String> value) {
      return KeyType.PHRASES.print(value);
    }

    @Override
    public String allowed() {
      return entry.allowed() + ", or more of them with commas between";
    }
  }
}
