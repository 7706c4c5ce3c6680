package dev.drover.executor;

import dev.drover.interchange.Submission;
import dev.drover.journal.Journal;
import dev.drover.journal.JournalEntry;
import dev.drover.submit.TaskBatch;
import dev.drover.task.TaskId;
import java.util.List;

/** Tasks that were taken in, on their way into the journal: a resumed run knows them then. */
final class AcceptedTasks {
  private AcceptedTasks() {}

  /**
   * Journals them.
   *
   * @param accepted run on the journal's thread when all are journaled; never, when they cannot be:
   *     a {@link Journal.Callback} is told so
   * @return false when the journal takes no more: {@code accepted} is told nothing
   */
  static boolean append(Journal journal, List<Submission> submissions, Runnable accepted) {
    boolean taken = true;
    for (int i = 0; i < submissions.size(); i++) {
      boolean last = i == submissions.size() - 1;
      taken = journal.append(entry(submissions.get(i)), last ? accepted : () -> {});
    }
    return taken;
  }

  private static JournalEntry entry(Submission submission) {
    TaskBatch batch = submission.batch();
    return new JournalEntry.TasksAccepted(
        new TaskId(submission.firstId()),
        batch.count(),
        batch.firstIndex(),
        batch.spec(),
        batch.options());
  }
}
