package dev.drover.executor;

import dev.drover.journal.Journal;
import dev.drover.journal.JournalEntry;
import dev.drover.submit.Completion;
import dev.drover.submit.TaskReport;
import dev.drover.task.Ending;
import dev.drover.task.TaskOutcome;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The way of tasks that have ended to who waits for them: kept elsewhere where their user does so,
 * then journaled, then told. Ends come from the interchange's loop; what follows runs on whichever
 * thread did the step before.
 */
final class EndedTasks {
  private final Engine.User user;
  private final Optional<Journal> journal;
  private final CallbackPool callbacks;
  private final Consumer<BadStateException> fail;

  /**
   * @param journal where outcomes are kept before they are told; empty = nowhere
   * @param fail told of a journal that takes no more
   */
  EndedTasks(
      Engine.User user,
      Optional<Journal> journal,
      CallbackPool callbacks,
      Consumer<BadStateException> fail) {
    this.user = user;
    this.journal = journal;
    this.callbacks = callbacks;
    this.fail = fail;
  }

  /**
   * A task has ended.
   *
   * @param isFinal whether it has for a resumed run, too
   */
  void ended(TaskReport report, boolean isFinal, Completion completion) {
    user.keep(report, isFinal, () -> kept(report, isFinal, completion));
  }

  private void kept(TaskReport report, boolean isFinal, Completion completion) {
    if (journal.isPresent() && isFinal) {
      FinishedTask end = new FinishedTask(journal.get(), report, completion);
      if (!journal.get().append(new JournalEntry.TaskFinished(report), end)) {
        end.dropped();
      }
    } else {
      tell(report, completion);
    }
  }

  /** An end on its way through the journal. */
  private final class FinishedTask implements Journal.Callback {
    private final Journal through;
    private final TaskReport report;
    private final Completion completion;

    FinishedTask(Journal through, TaskReport report, Completion completion) {
      this.through = through;
      this.report = report;
      this.completion = completion;
    }

    @Override
    public void run() {
      tell(report, completion);
    }

    /** To a resumed run the task has not ended, so nobody may hear that it succeeded. */
    @Override
    public void dropped() {
      through.failure().ifPresent(e -> fail.accept(new BadStateException(e.getMessage(), e)));
      String why = "its end could not be journaled: a resumed run runs it again";
      tell(notEnded(report, why), completion);
    }
  }

  /** What is told of a task that has ended, but not for a resumed run. */
  static TaskReport notEnded(TaskReport report, String why) {
    TaskOutcome outcome = report.outcome();
    return new TaskReport(
        TaskOutcome.without(
            outcome.id(), outcome.attempt(), Ending.CANCELLED, why, outcome.endedMicros()),
        report.host(),
        report.manager(),
        report.block(),
        report.lostAttempts());
  }

  private void tell(TaskReport report, Completion completion) {
    user.ended(report);
    callbacks.add(report, completion);
  }
}
