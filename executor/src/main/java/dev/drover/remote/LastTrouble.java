package dev.drover.remote;

import java.util.stream.Collectors;

/** What is wrong with a line, so that it is told once for as long as it stays. One thread. */
final class LastTrouble {
  private String last = "";

  /** Whether that is another trouble than the last; when it is tried next does not count. */
  boolean isNews(String reason) {
    String trouble =
        reason
            .lines()
            .filter(line -> !line.startsWith("  next:"))
            .collect(Collectors.joining("\n"));
    boolean isNews = !trouble.isEmpty() && !trouble.equals(last);
    last = isNews ? trouble : last;
    return isNews;
  }

  /** The line is well again. */
  void over() {
    last = "";
  }
}
