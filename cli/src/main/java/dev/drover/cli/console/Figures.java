package dev.drover.cli.console;

import java.time.Duration;

/** Writes counts, times and rates the way a person reads them. */
public final class Figures {
  private Figures() {}

  /** {@code 1234567} as {@code 1,234,567}. */
  public static String count(long value) {
    String digits = Long.toString(value);
    StringBuilder text = new StringBuilder(digits);
    int first = value < 0 ? 1 : 0;
    for (int i = digits.length() - 3; i > first; i -= 3) {
      text.insert(i, ',');
    }
    return text.toString();
  }

  /** {@code 1 task}, {@code 2 tasks}, {@code 1,234 tasks}. */
  public static String count(long value, String noun) {
    return count(value) + " " + noun + (value == 1 ? "" : "s");
  }

  /** {@code 0.4 s}, {@code 12.3 s}, {@code 2m05s}, {@code 1h02m}, {@code 3d04h}. */
  public static String time(Duration time) {
    long tenths = Math.max(0, Math.round(time.toMillis() / 100.0));
    if (tenths < 600) {
      return tenths / 10 + "." + tenths % 10 + " s";
    }
    long seconds = Math.round(tenths / 10.0);
    if (seconds < 3600) {
      return seconds / 60 + "m" + twoDigits(seconds % 60) + "s";
    }
    long minutes = Math.round(seconds / 60.0);
    if (minutes < 24 * 60) {
      return minutes / 60 + "h" + twoDigits(minutes % 60) + "m";
    }
    long hours = Math.round(minutes / 60.0);
    return hours / 24 + "d" + twoDigits(hours % 24) + "h";
  }

  /** {@code 1,234/s}, {@code 12.3/s}, {@code 4.0/min}, {@code 2.5/h}. */
  public static String rate(double perSecond) {
    if (perSecond >= 100) {
      return count(Math.round(perSecond)) + "/s";
    }
    if (perSecond >= 0.5) {
      return tenths(perSecond) + "/s";
    }
    if (perSecond * 60 >= 0.5) {
      return tenths(perSecond * 60) + "/min";
    }
    return tenths(perSecond * 3600) + "/h";
  }

  /** The text in one line of at most {@code length} characters, an ellipsis at its end if cut. */
  public static String shortened(String text, int length) {
    String line = text.strip().replaceAll("\\s*[\\r\\n]+\\s*", " ");
    return line.length() <= length ? line : line.substring(0, Math.max(0, length - 1)) + "…";
  }

  private static String tenths(double value) {
    long tenths = Math.round(value * 10);
    return tenths / 10 + "." + tenths % 10;
  }

  private static String twoDigits(long value) {
    return value < 10 ? "0" + value : Long.toString(value);
  }
}
