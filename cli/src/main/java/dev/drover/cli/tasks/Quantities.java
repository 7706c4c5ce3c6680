package dev.drover.cli.tasks;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads times and sizes as users write them: always with a unit, never a bare number. */
public final class Quantities {
  private static final Pattern UNITS =
      Pattern.compile("(?:(\\d+)d)?(?:(\\d+)h)?(?:(\\d+)m)?(?:(\\d+)s)?(?:(\\d+)ms)?");
  private static final Pattern CLOCK = Pattern.compile("(?:(\\d+)-)?(\\d+):([0-5]\\d):([0-5]\\d)");
  private static final Pattern SIZE = Pattern.compile("(\\d+(?:\\.\\d+)?)\\s*([KMGT])(i?)B");

  private Quantities() {}

  /**
   * Reads {@code 90s}, {@code 1h30m}, {@code 500ms}, {@code HH:MM:SS} or {@code D-HH:MM:SS}.
   *
   * @throws IllegalArgumentException whose message is {@code problem; mend}
   */
  public static Duration time(String text) {
    Matcher clock = CLOCK.matcher(text);
    Matcher units = UNITS.matcher(text);
    try {
      if (clock.matches()) {
        return Duration.ofDays(number(clock.group(1)))
            .plusHours(number(clock.group(2)))
            .plusMinutes(number(clock.group(3)))
            .plusSeconds(number(clock.group(4)));
      }
      if (!text.isEmpty() && units.matches()) {
        return Duration.ofDays(number(units.group(1)))
            .plusHours(number(units.group(2)))
            .plusMinutes(number(units.group(3)))
            .plusSeconds(number(units.group(4)))
            .plusMillis(number(units.group(5)));
      }
    } catch (ArithmeticException | NumberFormatException e) {
      throw new IllegalArgumentException("'" + text + "' is too long a time; make it shorter", e);
    }
    if (text.matches("\\d+(\\.\\d+)?")) {
      throw new IllegalArgumentException(
          "'"
              + text
              + "' has no unit; write "
              + text
              + "s for seconds, or "
              + text
              + "m, "
              + text
              + "h");
    }
    if (text.matches("\\d+:\\d+")) {
      throw new IllegalArgumentException(
          "'" + text + "' could be minutes or hours; write HH:MM:SS, or a time like 1h30m");
    }
    throw new IllegalArgumentException("'" + text + "' is no time; write 90s, 1h30m or HH:MM:SS");
  }

  /**
   * Reads {@code 4GiB}, {@code 512MiB}, {@code 1.5TB}.
   *
   * @return bytes
   * @throws IllegalArgumentException whose message is {@code problem; mend}
   */
  public static long bytes(String text) {
    Matcher size = SIZE.matcher(text.strip());
    if (!size.matches()) {
      throw new IllegalArgumentException(
          text.matches("\\d+(\\.\\d+)?")
              ? "'" + text + "' has no unit; write " + text + "GiB or " + text + "MiB"
              : "'" + text + "' is no size; write 4GiB or 512MiB");
    }
    double bytes = Double.parseDouble(size.group(1));
    int power = "KMGT".indexOf(size.group(2)) + 1;
    bytes *= Math.pow(size.group(3).isEmpty() ? 1000 : 1024, power);
    if (bytes >= Long.MAX_VALUE) {
      throw new IllegalArgumentException(
          "'" + text + "' is more than any machine has; make it less");
    }
    return Math.round(bytes);
  }

  private static long number(String digits) {
    return digits == null ? 0 : Long.parseLong(digits);
  }
}
