package dev.drover.executor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.journal.Journal;
import dev.drover.journal.JournalEntry;
import dev.drover.journal.JournalSettings;
import dev.drover.protocol.EndedTask;
import dev.drover.protocol.IdRange;
import dev.drover.remote.ReportSpool;
import dev.drover.submit.TaskOptions;
import dev.drover.submit.TaskReport;
import dev.drover.task.ClasspathId;
import dev.drover.task.Ending;
import dev.drover.task.Isolation;
import dev.drover.task.Payload;
import dev.drover.task.TaskId;
import dev.drover.task.TaskOutcome;
import dev.drover.task.TaskSpec;
import dev.drover.task.TaskWork;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EarlierEndsTest {
  private static final TaskSpec COMMAND = TaskSpec.of(TaskWork.Shell.line("true"));
  private static final TaskSpec FUNCTION =
      TaskSpec.of(new TaskWork.Java(Payload.EMPTY, ClasspathId.NONE, Isolation.PROCESS));

  @TempDir Path home;

  private static JournalEntry accepted(long first, int count, TaskSpec spec) {
    return new JournalEntry.TasksAccepted(
        new TaskId(first), count, count == 1 ? -1 : 0, spec, TaskOptions.DEFAULT);
  }

  private static TaskReport ended(long id, Ending how) {
    return new TaskReport(
        TaskOutcome.without(new TaskId(id), 2, how, "so it was", 9), "n1", "m1", "b-1", 1);
  }

  @Test
  void endsWithoutAReport_areReportedAgainFromTheJournal_butResultsOfFunctionsAreGone()
      throws Exception {
    Path journal = home.resolve("journal.jsonl");
    Journal written =
        Journal.open(
            journal,
            JournalEntry.RunStarted.now(Instant.EPOCH, "r", false),
            JournalSettings.with(problem -> {}));
    written.append(accepted(1, 4, COMMAND));
    written.append(accepted(5, 3, FUNCTION));
    for (long id : new long[] {1, 2, 3, 5, 6}) {
      Ending how = id == 2 || id == 6 ? Ending.FAILED : Ending.SUCCEEDED;
      written.append(new JournalEntry.TaskFinished(ended(id, how)));
    }
    written.close();
    List<EndedTask> unknown = new ArrayList<>();
    Path folder = home.resolve("reports");
    try (ReportSpool reports = ReportSpool.open(folder, id -> true, unknown::add, problem -> {})) {
      reports.keep(Travel.out(ended(3, Ending.SUCCEEDED), true), () -> {});
    }
    try (ReportSpool reports = ReportSpool.open(folder, id -> true, unknown::add, problem -> {})) {
      long recalled =
          new EarlierEnds(journal, reports).recall(List.of(new IdRange(2, 4), new IdRange(5, 7)));
      assertThat(recalled).isEqualTo(3);
    }

    List<EndedTask> kept = new ArrayList<>();
    ReportSpool.open(folder, id -> false, kept::add, problem -> {}).close();
    assertThat(kept)
        .extracting(Travel::in)
        .extracting(
            report -> report.id().value(),
            report -> report.outcome().ending(),
            report -> report.outcome().message())
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple(3L, Ending.SUCCEEDED, "so it was"),
            org.assertj.core.groups.Tuple.tuple(2L, Ending.FAILED, "so it was"),
            org.assertj.core.groups.Tuple.tuple(
                5L,
                Ending.WORKER_LOST,
                "it has run, and its result went to an earlier process of the run; it is not kept here"),
            org.assertj.core.groups.Tuple.tuple(6L, Ending.FAILED, "so it was"));
  }
}
