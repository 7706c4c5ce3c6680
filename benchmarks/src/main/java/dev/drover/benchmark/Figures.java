package dev.drover.benchmark;

import java.util.Arrays;
import java.util.Locale;

/** How a measuring process tells what it measured: one line of standard output for each figure. */
final class Figures {
  private Figures() {}

  static void print(String name, double value) {
    System.out.printf(Locale.ROOT, "figure %s %s%n", name, value);
  }

  /** The middle value; of an even number of values the mean of the two in the middle. */
  static double median(double[] values) {
    double[] ordered = values.clone();
    Arrays.sort(ordered);
    int half = ordered.length / 2;
    return ordered.length % 2 == 1 ? ordered[half] : (ordered[half - 1] + ordered[half]) / 2;
  }

  /** The value that the given share of {@code ordered} lies below. */
  static double percentile(double[] ordered, double share) {
    return ordered[Math.min(ordered.length - 1, (int) (share * ordered.length))];
  }

  /** Three digits that count, thousands with commas. */
  static String text(double value) {
    double size = Math.abs(value);
    String pattern = size >= 100 ? "%,.0f" : size >= 10 ? "%.1f" : size >= 1 ? "%.2f" : "%.3f";
    return String.format(Locale.ROOT, pattern, value);
  }
}
