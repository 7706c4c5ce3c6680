package dev.drover.executor;

import dev.drover.interchange.Submission;
import dev.drover.journal.Journal;
import dev.drover.journal.JournalEntry;
import dev.drover.protocol.EndedTask;
import dev.drover.protocol.IdRange;
import dev.drover.protocol.ToSubmitter;
import dev.drover.submit.Completion;
import dev.drover.submit.TaskReport;
import dev.drover.task.Ending;
import dev.drover.task.TaskId;
import dev.drover.task.TaskOutcome;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import java.util.function.Supplier;

/**
 * The tasks of an interchange elsewhere, as their submitter knows them: journaled before they are
 * sent, and their ends before they are told. What cannot be journaled is not sent, or has not ended
 * for a resumed run; it is told so. Any thread may call.
 */
final class RemoteTasks {
  private final Optional<Journal> journal;
  private final Engine.User user;
  private final Supplier<Optional<BadStateException>> badState;
  private final Consumer<BadStateException> fail;
  private final LongConsumer reportsHad;
  private final CallbackPool callbacks = new CallbackPool();
  private final OpenTasks open = new OpenTasks();
  private final HadReports had = new HadReports();

  /**
   * @param journal of this side; empty = nothing is kept here
   * @param badState why the executor takes no more; empty = it is well
   * @param fail told of a journal that takes no more
   * @param reportsHad told up to which number reports are kept here
   */
  RemoteTasks(
      Optional<Journal> journal,
      Engine.User user,
      Supplier<Optional<BadStateException>> badState,
      Consumer<BadStateException> fail,
      LongConsumer reportsHad) {
    this.journal = journal;
    this.user = user;
    this.badState = badState;
    this.fail = fail;
    this.reportsHad = reportsHad;
  }

  /** Adds tasks that the journal knows. */
  void add(List<Submission> submissions) {
    submissions.forEach(open::add);
  }

  /**
   * Adds new tasks.
   *
   * @param send run when the journal knows them: there is never a task that the interchange knows
   *     and the journal does not
   */
  void submit(List<Submission> submissions, Runnable send) {
    add(submissions);
    if (journal.isEmpty()) {
      send.run();
      return;
    }
    Sending sending = new Sending(submissions, send);
    if (!AcceptedTasks.append(journal.get(), submissions, sending)) {
      sending.dropped();
    }
  }

  /** Tasks on their way through the journal. */
  private final class Sending implements Journal.Callback {
    private final List<Submission> submissions;
    private final Runnable send;

    Sending(List<Submission> submissions, Runnable send) {
      this.submissions = submissions;
      this.send = send;
    }

    @Override
    public void run() {
      send.run();
    }

    @Override
    public void dropped() {
      journalFailed();
      for (Submission submission : submissions) {
        for (int i = 0; i < submission.batch().count(); i++) {
          long id = submission.firstId() + i;
          Completion completion = open.end(id);
          if (completion != null) {
            giveUp(id, completion, "it could not be journaled, and was not sent");
          }
        }
      }
    }
  }

  private void journalFailed() {
    journal
        .flatMap(Journal::failure)
        .ifPresent(problem -> fail.accept(new BadStateException(problem.getMessage(), problem)));
  }

  /** How many have not ended. */
  long open() {
    return open.count();
  }

  /** Ids of those that have not ended. */
  List<IdRange> openRanges() {
    return open.ranges();
  }

  /** Tells of all that have not ended; to a resumed run they still have not. */
  void giveUp() {
    String why = "the run ended before its interchange told how the task ended";
    open.drain((id, completion) -> giveUp(id, completion, why));
  }

  /** An executor that broke has the better reason. */
  private void giveUp(long id, Completion completion, String why) {
    String reason = badState.get().map(Throwable::getMessage).orElse(why);
    long now = System.currentTimeMillis() * 1000;
    TaskOutcome outcome = TaskOutcome.without(new TaskId(id), 1, Ending.CANCELLED, reason, now);
    tell(new TaskReport(outcome, "", "", "", 0), completion);
  }

  /** Reports came. On the link's thread. */
  void ended(ToSubmitter.Reports reports) {
    List<Arrived> toJournal = new ArrayList<>(reports.ended().size());
    List<Arrived> toTell = new ArrayList<>();
    for (EndedTask each : reports.ended()) {
      Completion completion = open.end(each.outcome().id().value());
      if (completion != null) {
        boolean isJournaled = journal.isPresent() && each.isFinal();
        (isJournaled ? toJournal : toTell).add(new Arrived(Travel.in(each), completion));
      }
    }
    had.received(reports.upTo(), toJournal.size());
    for (Arrived each : toJournal) {
      if (!journal.get().append(new JournalEntry.TaskFinished(each.report), each)) {
        each.dropped();
      }
    }
    toTell.forEach(each -> tell(each.report, each.completion));
    acknowledge();
  }

  /** An end that came, on its way through the journal if it is final. */
  private final class Arrived implements Journal.Callback {
    private final TaskReport report;
    private final Completion completion;

    Arrived(TaskReport report, Completion completion) {
      this.report = report;
      this.completion = completion;
    }

    @Override
    public void run() {
      had.written();
      tell(report, completion);
      acknowledge();
    }

    /** The interchange keeps it for a resumed run, since nobody says that it was had. */
    @Override
    public void dropped() {
      journalFailed();
      String why = "its end could not be journaled: a resumed run is told of it again";
      tell(EndedTasks.notEnded(report, why), completion);
    }
  }

  private void acknowledge() {
    long number = had.take();
    if (number >= 0) {
      reportsHad.accept(number);
    }
  }

  private void tell(TaskReport report, Completion completion) {
    user.ended(report);
    callbacks.add(report, completion);
  }

  /**
   * Ends the journal, which still has ends to tell, then the callbacks. Blocks until it is done.
   *
   * @param last goes into the journal; empty = nothing does
   */
  void close(Optional<JournalEntry> last) {
    journal.ifPresent(
        j -> {
          last.ifPresent(j::append);
          j.close();
        });
    callbacks.close();
  }
}
