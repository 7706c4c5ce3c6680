package dev.drover.cli.tasks;

import java.util.ArrayList;
import java.util.List;

/** Collects what is wrong with one source: keeps the first hundred problems and counts the rest. */
final class TaskProblems {
  private static final int KEPT = 100;

  private final List<TaskProblem> kept = new ArrayList<>();
  private final String source;
  private long more;

  TaskProblems(String source) {
    this.source = source;
  }

  void add(long line, String what, String mend) {
    add(source + ":" + line, what, mend);
  }

  /** What is wrong with all of the source. */
  void add(String what, String mend) {
    add(source, what, mend);
  }

  private void add(String where, String what, String mend) {
    if (kept.size() < KEPT) {
      kept.add(new TaskProblem(where, what, mend));
    } else {
      more++;
    }
  }

  void throwIfAny() throws InvalidTasksException {
    if (!kept.isEmpty()) {
      throw new InvalidTasksException(kept, more);
    }
  }
}
