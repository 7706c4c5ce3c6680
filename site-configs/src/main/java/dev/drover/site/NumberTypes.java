package dev.drover.site;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.LocalDate;
import java.util.List;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Types of what is counted or measured: numbers, times, sizes, ports, days. */
final class NumberTypes {
  private NumberTypes() {}

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
        throw BadValueException.not(text, this);
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

    @Override
    public ValueShape shape() {
      return ValueShape.number(ValueShape.Kind.WHOLE_NUMBER, min, max);
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
        throw BadValueException.not(text, this);
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
    public ValueShape shape() {
      return ValueShape.pattern("^auto$|^\\d+$");
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
        throw BadValueException.not(text, this);
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

    @Override
    public ValueShape shape() {
      return ValueShape.number(ValueShape.Kind.NUMBER, min, max);
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
        throw BadValueException.not(text, this);
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

    @Override
    public ValueShape shape() {
      return ValueShape.pattern(DurationText.SHAPE);
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
        throw BadValueException.not(text, this);
      }
      long value = BytesText.parse(text);
      if (value < min || value > max) {
        throw BadValueException.not(text, this);
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

    @Override
    public ValueShape shape() {
      return ValueShape.pattern(BytesText.SHAPE);
    }
  }

  /** Two ports with {@code -} between. */
  record Ports() implements KeyType<PortRange> {
    private static final Pattern SYNTAX = Pattern.compile("(\\d{1,5})-(\\d{1,5})");

    @Override
    public PortRange parse(String text) {
      Matcher ports = SYNTAX.matcher(text);
      if (!ports.matches()) {
        throw BadValueException.not(text, this);
      }
      try {
        return new PortRange(Integer.parseInt(ports.group(1)), Integer.parseInt(ports.group(2)));
      } catch (IllegalArgumentException outOfRange) {
        throw BadValueException.not(text, this);
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

    @Override
    public ValueShape shape() {
      return ValueShape.pattern("^" + SYNTAX.pattern() + "$");
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
        throw BadValueException.not(text, this);
      }
      try {
        return LocalDate.of(
            Integer.parseInt(day.group(1)),
            Integer.parseInt(day.group(2)),
            Integer.parseInt(day.group(3)));
      } catch (DateTimeException notInTheCalendar) {
        throw BadValueException.not(text, this);
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

    @Override
    public ValueShape shape() {
      return ValueShape.pattern("^" + SYNTAX.pattern() + "$");
    }
  }
}
