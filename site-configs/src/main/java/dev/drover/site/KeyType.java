package dev.drover.site;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * What the text of a key may be, and the value it yields. Each type is a record whose components
 * are its limits, so that a check, a docs page and a schema read the same ones.
 */
public sealed interface KeyType<T> {
  /** One line of free text; may be empty. */
  KeyType<String> TEXT = new Text(false, "");

  /** Free text of one or more lines; {@code \n} in a file starts the next one. */
  KeyType<String> LINES = new Text(true, "");

  KeyType<String> NAME = new Name();
  KeyType<Boolean> BOOLEAN = new Flag();

  /** Any duration, zero included. */
  KeyType<Duration> DURATION = new Time(Duration.ZERO);

  /** Any duration above zero, from 1 ms. */
  KeyType<Duration> POSITIVE_DURATION = new Time(Duration.ofMillis(1));

  /** A size in bytes, zero included. */
  KeyType<Long> BYTES = new Bytes(0, Long.MAX_VALUE);

  KeyType<List<String>> LIST = new Words(false);

  /** A list whose entries may hold spaces. */
  KeyType<List<String>> PHRASES = new Words(true);

  KeyType<List<String>> ACCELERATORS = new Accelerators();
  KeyType<String> CPU_AFFINITY = new CpuAffinity();
  KeyType<PortRange> PORT_RANGE = new Ports();
  KeyType<String> PATH = new NodePath(false);

  /** A {@link #PATH}, or a bare name that the node's {@code PATH} resolves. */
  KeyType<String> PROGRAM = new NodePath(true);

  KeyType<LocalDate> DATE = new Day();

  /** The value of {@code text}, or an {@link IllegalArgumentException} that says the mend. */
  T parse(String text);

  /** The text that {@link #parse} reads back as {@code value}. */
  String print(T value);

  /** What is allowed, as a noun phrase: {@code a whole number from 0 to 65535}. */
  String allowed();

  /** The words that may stand here, for completion and suggestions; empty when not a fixed set. */
  default List<String> choices() {
    return List.of();
  }

  /** The refusal of {@code text}, in the words that all types share. */
  private static BadValueException not(String text, KeyType<?> type) {
    if (text.isEmpty()) {
      return new BadValueException("has no value; give " + type.allowed() + ", or drop the line");
    }
    String hint = text.contains(" #") ? " (a comment needs a line of its own)" : "";
    return new BadValueException("'" + text + "' is not " + type.allowed() + hint);
  }

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
        throw not(text, this);
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
  }

  /** A name fit for a directory and a job: letters, digits, {@code . _ -}, at most 64. */
  record Name() implements KeyType<String> {
    private static final Pattern SYNTAX = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");

    @Override
    public String parse(String text) {
      if (!SYNTAX.matcher(text).matches()) {
        throw not(text, this);
      }
      return text;
    }

    @Override
    public String print(String value) {
      return value;
    }

    @Override
    public String allowed() {
      return "a name of letters, digits, '.', '_' and '-', at most 64";
    }
  }

  /** {@code true} or {@code false}, nothing else. */
  record Flag() implements KeyType<Boolean> {
    @Override
    public Boolean parse(String text) {
      if (!choices().contains(text)) {
        throw not(text, this);
      }
      return text.equals("true");
    }

    @Override
    public String print(Boolean value) {
      return value.toString();
    }

    @Override
    public String allowed() {
      return "true or false";
    }

    @Override
    public List<String> choices() {
      return List.of("true", "false");
    }
  }

  /**
   * A whole number.
   *
   * @param min the least, included
   * @param max the greatest, included
   */
  record WholeNumber(int min, int max) implements KeyType<Integer> {
    private static final Pattern SYNTAX = Pattern.compile("-?\\d{1,10}");

    @Override
    public Integer parse(String text) {
      long number = SYNTAX.matcher(text).matches() ? Long.parseLong(text) : Long.MIN_VALUE;
      if (number < min || number > max) {
        throw not(text, this);
      }
      return (int) number;
    }

    @Override
    public String print(Integer value) {
      return value.toString();
    }

    @Override
    public String allowed() {
      return max == Integer.MAX_VALUE
          ? "a whole number, " + min + " or more"
          : "a whole number from " + min + " to " + max;
    }
  }

  /** {@code auto}, which yields empty, or a number. */
  record AutoOr(WholeNumber number) implements KeyType<OptionalInt> {
    @Override
    public OptionalInt parse(String text) {
      if (text.equals("auto")) {
        return OptionalInt.empty();
      }
      try {
        return OptionalInt.of(number.parse(text));
      } catch (BadValueException notTheNumber) {
        throw not(text, this);
      }
    }

    @Override
    public String print(OptionalInt value) {
      return value.isPresent() ? Integer.toString(value.getAsInt()) : "auto";
    }

    @Override
    public String allowed() {
      return "auto or " + number.allowed();
    }

    @Override
    public List<String> choices() {
      return List.of("auto");
    }
  }

  /**
   * A decimal number with a point, no exponent.
   *
   * @param min the least, included
   * @param max the greatest, included
   */
  record Decimal(double min, double max) implements KeyType<Double> {
    private static final Pattern SYNTAX = Pattern.compile("\\d{1,12}(\\.\\d{1,12})?");

    @Override
    public Double parse(String text) {
      double number = SYNTAX.matcher(text).matches() ? Double.parseDouble(text) : Double.NaN;
      if (!(number >= min && number <= max)) {
        throw not(text, this);
      }
      return number;
    }

    @Override
    public String print(Double value) {
      return java.math.BigDecimal.valueOf(value).toPlainString();
    }

    @Override
    public String allowed() {
      return "a decimal number from " + print(min) + " to " + print(max);
    }
  }

  /**
   * A duration.
   *
   * @param min the least, included
   */
  record Time(Duration min) implements KeyType<Duration> {
    @Override
    public Duration parse(String text) {
      if (text.isEmpty()) {
        throw not(text, this);
      }
      Duration value = DurationText.parse(text);
      if (value.compareTo(min) < 0) {
        throw new BadValueException("'" + text + "' is too short; give " + print(min) + " or more");
      }
      return value;
    }

    @Override
    public String print(Duration value) {
      return DurationText.print(value);
    }

    @Override
    public String allowed() {
      return DurationText.SYNTAX;
    }
  }

  /**
   * A size.
   *
   * @param min the least, in bytes, included
   * @param max the greatest, in bytes, included
   */
  record Bytes(long min, long max) implements KeyType<Long> {
    @Override
    public Long parse(String text) {
      if (text.isEmpty()) {
        throw not(text, this);
      }
      long value = BytesText.parse(text);
      if (value < min || value > max) {
        throw not(text, this);
      }
      return value;
    }

    @Override
    public String print(Long value) {
      return BytesText.print(value);
    }

    @Override
    public String allowed() {
      return max == Long.MAX_VALUE
          ? BytesText.SYNTAX
          : "a size from " + print(min) + " to " + print(max);
    }
  }

  /** One of an enum's constants, written in lower case with {@code -} for {@code _}. */
  record Choice<E extends Enum<E>>(Class<E> constants) implements KeyType<E> {
    @Override
    public E parse(String text) {
      for (E constant : constants.getEnumConstants()) {
        if (print(constant).equals(text)) {
          return constant;
        }
      }
      throw not(text, this);
    }

    @Override
    public String print(E value) {
      return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    @Override
    public String allowed() {
      List<String> words = choices();
      return words.size() == 1 ? words.get(0) : "one of " + String.join(", ", words);
    }

    @Override
    public List<String> choices() {
      return Stream.of(constants.getEnumConstants()).map(this::print).toList();
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
   * A number n, which names the devices 0 to n-1, or one entry for each worker: names with commas
   * between, or, where a worker has several devices, with semicolons between ({@code 0,1; 2,3}).
   */
  record Accelerators() implements KeyType<List<String>> {
    private static final WholeNumber COUNT = new WholeNumber(0, 1024);
    private static final Pattern DIGITS = Pattern.compile("\\d+");

    @Override
    public List<String> parse(String text) {
      if (text.indexOf(';') >= 0) {
        return severalEach(text);
      }
      if (!DIGITS.matcher(text).matches()) {
        return LIST.parse(text);
      }
      try {
        return IntStream.range(0, COUNT.parse(text)).mapToObj(Integer::toString).toList();
      } catch (BadValueException outOfRange) {
        throw not(text, this);
      }
    }

    @Override
    public String print(List<String> value) {
      boolean counted = value.equals(parse(Integer.toString(value.size())));
      if (counted && !value.isEmpty()) {
        return Integer.toString(value.size());
      }
      boolean several = value.stream().anyMatch(entry -> entry.indexOf(',') >= 0);
      boolean oneNumber = value.size() == 1 && DIGITS.matcher(value.get(0)).matches();
      if (several || oneNumber) {
        return String.join("; ", value) + (value.size() == 1 ? ";" : "");
      }
      return LIST.print(value);
    }

    /** Entries with semicolons; one behind the last is allowed, and tells a single entry apart. */
    private static List<String> severalEach(String text) {
      String entries = text.strip();
      if (entries.endsWith(";")) {
        entries = entries.substring(0, entries.length() - 1);
      }
      var all = new ArrayList<String>();
      for (String entry : entries.split(";", -1)) {
        List<String> devices = LIST.parse(entry.strip());
        if (devices.isEmpty()) {
          throw new BadValueException("'" + text + "' has an empty place between its semicolons");
        }
        String joined = String.join(",", devices);
        if (all.contains(joined)) {
          throw new BadValueException("'" + text + "' holds '" + joined + "' twice");
        }
        all.add(joined);
      }
      return List.copyOf(all);
    }

    @Override
    public String allowed() {
      return "a number of devices up to 1024, or a list of their names; with semicolons between"
          + " where a worker has several";
    }
  }

  /**
   * How cpus are given to workers: a word, or {@code list:} and a group of cpus for each worker,
   * with colons between.
   */
  record CpuAffinity() implements KeyType<String> {
    /** The cpus that a kernel of today can number. */
    private static final int MAX_CPUS = 4096;

    private static final String LIST = "list:";
    private static final Pattern RANGE = Pattern.compile("(\\d{1,5})(?:-(\\d{1,5}))?");

    @Override
    public String parse(String text) {
      if (!text.startsWith(LIST)) {
        if (!choices().contains(text)) {
          throw not(text, this);
        }
        return text;
      }
      List<String> groups = List.of(text.substring(LIST.length()).split(":", -1));
      for (int i = 0; i < groups.size(); i++) {
        if (cpusOf(groups.get(i)) == null) {
          throw new BadValueException(
              "'%s', the group of worker %d, is not a list of cpus such as 0-3,8 (numbers below %d)"
                  .formatted(groups.get(i), i, MAX_CPUS));
        }
      }
      return text;
    }

    /** The groups of a sound list; 0 = it is no list. */
    static int groups(String text) {
      return text.startsWith(LIST) ? text.substring(LIST.length()).split(":", -1).length : 0;
    }

    /** The cpus that a sound list names, each counted once; 0 = it is no list. */
    static int cpus(String text) {
      BitSet all = new BitSet();
      if (text.startsWith(LIST)) {
        for (String group : text.substring(LIST.length()).split(":", -1)) {
          all.or(cpusOf(group));
        }
      }
      return all.cardinality();
    }

    /** Null when it is no list of cpus. */
    private static BitSet cpusOf(String group) {
      BitSet cpus = new BitSet();
      for (String part : group.split(",", -1)) {
        Matcher range = RANGE.matcher(part.trim());
        if (!range.matches()) {
          return null;
        }
        int first = Integer.parseInt(range.group(1));
        int last = range.group(2) == null ? first : Integer.parseInt(range.group(2));
        if (last < first || last >= MAX_CPUS) {
          return null;
        }
        cpus.set(first, last + 1);
      }
      return cpus;
    }

    @Override
    public String print(String value) {
      return value;
    }

    @Override
    public String allowed() {
      return "one of " + String.join(", ", choices()) + ", or list: and a group of cpus a worker";
    }

    @Override
    public List<String> choices() {
      return List.of("none", "block", "block-reverse", "alternating", "topology");
    }
  }

  /** Two ports with {@code -} between. */
  record Ports() implements KeyType<PortRange> {
    private static final Pattern SYNTAX = Pattern.compile("(\\d{1,5})-(\\d{1,5})");

    @Override
    public PortRange parse(String text) {
      Matcher ports = SYNTAX.matcher(text);
      if (!ports.matches()) {
        throw not(text, this);
      }
      try {
        return new PortRange(Integer.parseInt(ports.group(1)), Integer.parseInt(ports.group(2)));
      } catch (IllegalArgumentException outOfRange) {
        throw not(text, this);
      }
    }

    @Override
    public String print(PortRange value) {
      return value.toString();
    }

    @Override
    public String allowed() {
      return "a port range such as 54000-55000, within 1024 to 65535";
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
        throw not(text, this);
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
  }

  /** A day, {@code YYYY-MM-DD}. */
  record Day() implements KeyType<LocalDate> {
    // LocalDate.parse would load its formatter, fifty classes, on the way of every start.
    private static final Pattern SYNTAX = Pattern.compile("(\\d{4})-(\\d\\d)-(\\d\\d)");

    @Override
    public LocalDate parse(String text) {
      Matcher day = SYNTAX.matcher(text);
      if (!day.matches()) {
        throw not(text, this);
      }
      try {
        return LocalDate.of(
            Integer.parseInt(day.group(1)),
            Integer.parseInt(day.group(2)),
            Integer.parseInt(day.group(3)));
      } catch (DateTimeException notInTheCalendar) {
        throw not(text, this);
      }
    }

    @Override
    public String print(LocalDate value) {
      return value.toString();
    }

    @Override
    public String allowed() {
      return "a date, YYYY-MM-DD";
    }
  }

  /** A value that may be left out: no text yields empty. */
  record OrNone<T>(KeyType<T> type) implements KeyType<Optional<T>> {
    @Override
    public Optional<T> parse(String text) {
      return text.isEmpty() ? Optional.empty() : Optional.of(type.parse(text));
    }

    @Override
    public String print(Optional<T> value) {
      return value.map(type::print).orElse("");
    }

    @Override
    public String allowed() {
      return type.allowed() + ", or nothing";
    }

    @Override
    public List<String> choices() {
      return type.choices();
    }
  }
}
