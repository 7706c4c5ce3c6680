package dev.drover.journal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.journal.JournalEntry.AttemptEnded;
import dev.drover.journal.JournalEntry.BlockChanged;
import dev.drover.journal.JournalEntry.ManagerJoined;
import dev.drover.journal.JournalEntry.RunEnded;
import dev.drover.task.Ending;
import dev.drover.task.TaskId;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RunStateTest {
  private final RunState state = new RunState();

  @Test
  void finishedTasks_areKnownWithTheirEnding() {
    state.accept(Entries.started(false));
    state.accept(Entries.accepted(1, 200_000));
    state.accept(Entries.finished(1, Ending.SUCCEEDED));
    state.accept(Entries.finished(150_000, Ending.TIMED_OUT));

    assertThat(state.runId()).isEqualTo("r-1");
    assertThat(state.lastAccepted()).isEqualTo(200_000);
    assertThat(state.ending(new TaskId(1))).contains(Ending.SUCCEEDED);
    assertThat(state.ending(new TaskId(150_000))).contains(Ending.TIMED_OUT);
    assertThat(state.isFinished(new TaskId(2))).isFalse();
    assertThat(state.isFinished(new TaskId(Long.MAX_VALUE))).isFalse();
    assertThat(state.finished()).isEqualTo(2);
    assertThat(state.failed()).isEqualTo(1);
  }

  @Test
  void aTaskThatWasRunAgain_countsOnceByItsLastEnd() {
    state.accept(Entries.finished(1, Ending.FAILED));
    state.accept(Entries.finished(1, Ending.SUCCEEDED));
    assertThat(state.finished()).isEqualTo(1);
    assertThat(state.failed()).isZero();
  }

  @Test
  void attempts_areCounted_lostOnesApart() {
    TaskId id = new TaskId(70_000);
    state.accept(attempt(id, 1, Ending.MANAGER_LOST));
    state.accept(attempt(id, 2, Ending.FAILED));
    state.accept(attempt(id, 3, Ending.TIMED_OUT));
    state.accept(attempt(id, 4, Ending.WALLTIME));
    state.accept(Entries.finished(5, Ending.SUCCEEDED));
    assertThat(state.attempts(id)).isEqualTo(4);
    assertThat(state.cost(id)).isEqualTo(1.0);
    assertThat(state.cost(new TaskId(5))).isZero();
    assertThat(state.lostAttempts(id)).isEqualTo(1);
    assertThat(state.attempts(new TaskId(5))).isEqualTo(1);
    assertThat(state.attempts(new TaskId(6))).isZero();
  }

  @Test
  void blocksThatHaveNotEnded_keepTheirJobAndDirectory() {
    state.accept(block("b-1", "", BlockPhase.SUBMITTING, "blocks/b-1"));
    state.accept(block("b-1", "4711", BlockPhase.QUEUED, ""));
    state.accept(block("b-1", "", BlockPhase.LIVE, ""));
    state.accept(block("b-2", "4712", BlockPhase.QUEUED, "blocks/b-2"));
    state.accept(block("b-2", "", BlockPhase.ENDED, ""));
    state.accept(new ManagerJoined(Entries.NOON, "m", "n1", "b-1", 4));
    assertThat(state.openBlocks())
        .containsExactly(block("b-1", "4711", BlockPhase.LIVE, "blocks/b-1"));
    assertThat(state.blocks()).isEqualTo(2);
    assertThat(state.managers()).isEqualTo(1);
  }

  @Test
  void anEnd_isForgottenWhenTheRunIsResumed() {
    RunEnded end = new RunEnded(Entries.NOON, RunEnd.INTERRUPTED, "");
    state.accept(Entries.started(false));
    state.accept(end);
    assertThat(state.end()).contains(end);
    state.accept(Entries.started(true));
    assertThat(state.end()).isEqualTo(Optional.empty());
    assertThat(state.starts()).isEqualTo(2);
  }

  @Test
  void aRunThatWasStopped_andLeftSomethingBehind_isNotOver() {
    String left = "block b-0001 (job 4711) is still there";
    assertThat(RunEnded.leaving("", Entries.NOON, RunEnd.INTERRUPTED, "").how())
        .isEqualTo(RunEnd.INTERRUPTED);
    assertThat(RunEnded.leaving(left, Entries.NOON, RunEnd.INTERRUPTED, ""))
        .isEqualTo(new RunEnded(Entries.NOON, RunEnd.INFRASTRUCTURE, left));
    assertThat(RunEnded.leaving(left, Entries.NOON, RunEnd.SOME_FAILED, "why"))
        .isEqualTo(new RunEnded(Entries.NOON, RunEnd.SOME_FAILED, "why; " + left));
  }

  @Test
  void aMillionTasks_takeLessThan64Megabytes_evenWhenEachLostAnAttemptAndFailedOne() {
    long before = usedBytes();
    for (long id = 1; id <= 1_000_000; id++) {
      state.accept(attempt(new TaskId(id), 1, Ending.MANAGER_LOST));
      state.accept(attempt(new TaskId(id), 2, Ending.FAILED));
      state.accept(Entries.finished(id, Ending.FAILED));
    }
    assertThat(usedBytes() - before).isLessThan(64L << 20);
    assertThat(state.finished()).isEqualTo(1_000_000);
  }

  private static long usedBytes() {
    System.gc();
    Runtime runtime = Runtime.getRuntime();
    return runtime.totalMemory() - runtime.freeMemory();
  }

  private static AttemptEnded attempt(TaskId id, int attempt, Ending ending) {
    double cost = ending.isInfrastructure() ? 0 : 0.5;
    return new AttemptEnded(id, attempt, ending, "", "", "", "", -1, -1, 0, 0, 1, cost);
  }

  private static BlockChanged block(String id, String job, BlockPhase phase, String directory) {
    return new BlockChanged(Entries.NOON, id, job, phase, directory, "");
  }
}
