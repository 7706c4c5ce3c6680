package dev.drover.cli.console;

import java.util.ArrayList;
import java.util.List;

/** Rows of words set in columns. */
public final class Columns {
  private static final int GAP = 2;

  private Columns() {}

  /** A line for each row, every column as wide as its longest word; all rows have as many words. */
  public static List<String> of(List<List<String>> rows) {
    int[] widths = new int[rows.isEmpty() ? 0 : rows.get(0).size()];
    for (List<String> row : rows) {
      for (int i = 0; i < widths.length; i++) {
        widths[i] = Math.max(widths[i], row.get(i).length());
      }
    }
    List<String> lines = new ArrayList<>();
    for (List<String> row : rows) {
      StringBuilder line = new StringBuilder();
      for (int i = 0; i < widths.length; i++) {
        line.append(row.get(i)).append(" ".repeat(widths[i] - row.get(i).length() + GAP));
      }
      lines.add(line.toString().stripTrailing());
    }
    return lines;
  }
}
