package dev.drover.cli.render;

import com.github.difflib.DiffUtils;
import com.github.difflib.UnifiedDiffUtils;
import java.util.ArrayList;
import java.util.List;

/** Two texts side by side, as {@code diff -u} has it. */
final class TextDiff {
  private static final int CONTEXT = 3;
  private static final String NO_LINE_END = "\n\\ No newline at end of file";

  private TextDiff() {}

  /** The unified diff, which {@code patch} can read; empty when the texts are the same. */
  static String unified(String oldName, String oldText, String newName, String newText) {
    List<String> old = lines(oldText);
    List<String> diff =
        UnifiedDiffUtils.generateUnifiedDiff(
            oldName, newName, old, DiffUtils.diff(old, lines(newText)), CONTEXT);
    return diff.isEmpty() ? "" : String.join("\n", diff) + "\n";
  }

  /** A last line without an end is another line than one with it. */
  private static List<String> lines(String text) {
    if (text.isEmpty()) {
      return List.of();
    }
    List<String> lines = new ArrayList<>(List.of(text.split("\n", -1)));
    String last = lines.remove(lines.size() - 1);
    if (!last.isEmpty()) {
      lines.add(last + NO_LINE_END);
    }
    return lines;
  }
}
