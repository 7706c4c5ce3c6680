package dev.drover.site;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How a duration is written: {@code 90s 30m 1h30m 2d 500ms}, {@code HH:MM:SS}, {@code D-HH:MM:SS}.
 */
final class DurationText {
  static final String SYNTAX =
      "a duration such as 500ms, 90s, 30m, 1h30m, 2d, HH:MM:SS or D-HH:MM:SS";

  /** As a regular expression that any program knows. */
  static final String SHAPE =
      "^0$|^(\\d+d)?(\\d+h)?(\\d+m)?(\\d+s)?(\\d+ms)?$|^(\\d+-)?\\d+:[0-5]\\d:[0-5]\\d$";

  // Nine digits hold any sane count and cannot overflow, whatever the unit.
  private static final Pattern UNITS =
      Pattern.compile(
          "(?:(\\d{1,9})d)?(?:(\\d{1,9})h)?(?:(\\d{1,9})m)?(?:(\\d{1,9})s)?(?:(\\d{1,9})ms)?");
  private static final Pattern CLOCK =
      Pattern.compile("(?:(\\d{1,9})-)?(\\d{1,9}):([0-5]\\d):([0-5]\\d)");
  private static final Pattern BARE = Pattern.compile("\\d+(?:\\.\\d+)?");
  private static final Pattern TWO_PARTS = Pattern.compile("(\\d+):(\\d+)");

  private DurationText() {}

  static Duration parse(String text) {
    if (text.equals("0")) {
      return Duration.ZERO;
    }
    Matcher units = UNITS.matcher(text);
    if (!text.isEmpty() && units.matches()) {
      return Duration.ofDays(number(units, 1))
          .plusHours(number(units, 2))
          .plusMinutes(number(units, 3))
          .plusSeconds(number(units, 4))
          .plusMillis(number(units, 5));
    }
    Matcher clock = CLOCK.matcher(text);
    if (clock.matches()) {
      if (clock.group(1) != null && number(clock, 2) > 23) {
        throw new BadValueException(
            "'" + text + "' has more than 23 hours after its days; add them to the days");
      }
      return Duration.ofDays(number(clock, 1))
          .plusHours(number(clock, 2))
          .plusMinutes(number(clock, 3))
          .plusSeconds(number(clock, 4));
    }
    throw new BadValueException(refusal(text));
  }

  /** The shortest form that {@link #parse} reads back. */
  static String print(Duration value) {
    if (value.isZero()) {
      return "0s";
    }
    var text = new StringBuilder();
    append(text, value.toDaysPart(), "d");
    append(text, value.toHoursPart(), "h");
    append(text, value.toMinutesPart(), "m");
    append(text, value.toSecondsPart(), "s");
    append(text, value.toMillisPart(), "ms");
    return text.toString();
  }

  private static String refusal(String text) {
    if (BARE.matcher(text).matches()) {
      return "'" + text + "' has no unit; write " + text + "s, " + text + "m or " + text + "h";
    }
    Matcher parts = TWO_PARTS.matcher(text);
    if (parts.matches()) {
      String first = parts.group(1);
      String second = parts.group(2);
      return "'%s' may be hours or minutes; write %sh%sm or %sm%ss"
          .formatted(text, first, second, first, second);
    }
    return "'" + text + "' is not " + SYNTAX;
  }

  private static long number(Matcher matcher, int group) {
    String digits = matcher.group(group);
    return digits == null ? 0 : Long.parseLong(digits);
  }

  private static void append(StringBuilder text, long count, String unit) {
    if (count != 0) {
      text.append(count).append(unit);
    }
  }
}
