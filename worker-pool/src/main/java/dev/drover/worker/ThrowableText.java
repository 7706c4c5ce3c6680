package dev.drover.worker;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;

/** What can be said of a throwable, even when its own methods throw. */
final class ThrowableText {
  /** Longest tail of an outcome, in characters. */
  static final int TAIL_CHARS = 4096;

  private static final StackTraceElement[] NO_FRAMES = {};

  private ThrowableText() {}

  static String describe(Throwable thrown) {
    try {
      return String.valueOf(thrown.toString());
    } catch (Throwable broken) {
      return thrown.getClass().getName() + " (its toString threw " + broken.getClass() + ")";
    }
  }

  static String messageOf(Throwable thrown) {
    try {
      return thrown.getMessage();
    } catch (Throwable broken) {
      return "its getMessage threw " + broken.getClass();
    }
  }

  static Throwable causeOf(Throwable thrown) {
    try {
      return thrown.getCause();
    } catch (Throwable broken) {
      return null;
    }
  }

  static StackTraceElement[] framesOf(Throwable thrown) {
    try {
      return thrown.getStackTrace();
    } catch (Throwable broken) {
      return NO_FRAMES;
    }
  }

  static String stackTraceOf(Throwable thrown) {
    try {
      StringWriter text = new StringWriter();
      thrown.printStackTrace(new PrintWriter(text, true));
      return text.toString();
    } catch (Throwable broken) {
      return describe(thrown);
    }
  }

  /**
   * At most about {@code limit} characters of a stack trace: its first lines and, because the last
   * cause is what mostly tells, the first lines of that; without a cause its last lines.
   */
  static String cut(String trace, int limit) {
    if (trace.length() <= limit) {
      return trace;
    }
    List<String> lines = trace.lines().toList();
    int lastCause = lines.size();
    for (int i = 0; i < lines.size(); i++) {
      if (lines.get(i).startsWith("Caused by: ")) {
        lastCause = i;
      }
    }
    int head = fitting(lines, 0, limit / 2);
    int tailStart = Math.max(head, lastCause);
    if (lastCause == lines.size()) {
      tailStart = Math.max(head, lines.size() - 20);
    }
    int tailEnd = fitting(lines, tailStart, limit / 2);
    List<String> kept = new ArrayList<>();
    add(kept, lines.subList(0, head), limit);
    if (tailStart > head) {
      kept.add("\t... " + (tailStart - head) + " lines left out");
    }
    add(kept, lines.subList(tailStart, tailEnd), limit);
    if (tailEnd < lines.size()) {
      kept.add("\t... " + (lines.size() - tailEnd) + " lines left out");
    }
    return String.join("\n", kept) + "\n";
  }

  /** End of the lines from {@code start} on that fit into {@code limit}, one line at least. */
  private static int fitting(List<String> lines, int start, int limit) {
    int chars = 0;
    int end = start;
    while (end < lines.size()) {
      chars += lines.get(end).length() + 1;
      if (chars > limit && end > start) {
        break;
      }
      end++;
    }
    return end;
  }

  private static void add(List<String> kept, List<String> lines, int limit) {
    int longest = limit / 2;
    for (String line : lines) {
      kept.add(line.length() <= longest ? line : line.substring(0, longest) + " ...");
    }
  }
}
