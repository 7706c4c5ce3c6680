package dev.drover.cli.run;

import dev.drover.submit.Completion;
import dev.drover.submit.TaskReport;
import java.util.ArrayList;
import java.util.List;

/**
 * The completion that tasks are made with, before there is a conductor: keeps the ends that come
 * until there is one. Any thread may call.
 */
final class CompletionRelay implements Completion {
  /** Those that came before the target, in order. */
  private final List<TaskReport> early = new ArrayList<>();

  private Completion target;

  /**
   * Tells the target of what has come, on the calling thread, and of all that comes from now on.
   */
  void connect(Completion completion) {
    for (List<TaskReport> due = take(completion); !due.isEmpty(); due = take(completion)) {
      due.forEach(completion::complete);
    }
  }

  /** What has come; when nothing has, the target is told directly. */
  private synchronized List<TaskReport> take(Completion completion) {
    List<TaskReport> due = List.copyOf(early);
    early.clear();
    if (due.isEmpty()) {
      target = completion;
    }
    return due;
  }

  @Override
  public void complete(TaskReport report) {
    Completion known = keepUnlessKnown(report);
    if (known != null) {
      known.complete(report);
    }
  }

  private synchronized Completion keepUnlessKnown(TaskReport report) {
    if (target == null) {
      early.add(report);
    }
    return target;
  }

  @Override
  public boolean mayBlock() {
    return false;
  }
}
