package dev.drover.executor;

import dev.drover.journal.JournalEntry;
import dev.drover.journal.JournalReader;
import dev.drover.protocol.IdRange;
import dev.drover.remote.ReportSpool;
import dev.drover.submit.TaskReport;
import dev.drover.task.Ending;
import dev.drover.task.TaskId;
import dev.drover.task.TaskOutcome;
import dev.drover.task.TaskWork;
import java.io.IOException;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.List;

/**
 * Ends of tasks that a submitter had once, whose reports were removed since: taken from the journal
 * and reported again to one that lost what it had. The journal has no results: of a function that
 * returned, that is what is reported. Used by one thread.
 */
final class EarlierEnds {
  private final Path journal;
  private final ReportSpool reports;
  private final BitSet functions = new BitSet();
  private long recalled;

  EarlierEnds(Path journal, ReportSpool reports) {
    this.journal = journal;
    this.reports = reports;
  }

  /**
   * Keeps reports of those of these tasks that have ended and of which none is kept.
   *
   * @return how many
   */
  long recall(List<IdRange> tasks) throws IOException {
    // In this order: what ends meanwhile is then told twice rather than never.
    BitSet kept = reports.kept();
    BitSet wanted = new BitSet();
    tasks.forEach(range -> wanted.set(bit(range.first()), bit(range.last()) + 1));
    wanted.andNot(kept);
    JournalReader.read(
        journal,
        entry -> {
          if (entry instanceof JournalEntry.TasksAccepted accepted
              && accepted.spec().work() instanceof TaskWork.Java) {
            int first = bit(accepted.firstId().value());
            functions.set(first, first + accepted.count());
          } else if (entry instanceof JournalEntry.TaskFinished finished
              && wanted.get(bit(finished.report().id().value()))) {
            reports.keep(Travel.out(withoutResult(finished.report()), true), () -> {});
            recalled++;
          }
        });
    return recalled;
  }

  private static int bit(long id) {
    return Math.toIntExact(id);
  }

  private TaskReport withoutResult(TaskReport report) {
    TaskId id = report.id();
    if (!functions.get(bit(id.value())) || !report.outcome().ending().isSuccess()) {
      return report;
    }
    TaskOutcome outcome =
        TaskOutcome.without(
            id,
            report.outcome().attempt(),
            Ending.WORKER_LOST,
            "it has run, and its result went to an earlier process of the run; it is not kept here",
            report.outcome().endedMicros());
    return new TaskReport(
        outcome, report.host(), report.manager(), report.block(), report.lostAttempts());
  }
}
