package dev.drover.journal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.task.TaskId;
import java.io.DataInputStream;
import java.io.EOFException;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class JournalCrashTest {
  @TempDir Path folder;

  @RepeatedTest(3)
  @Timeout(300)
  void aKilledWriter_losesNothingThatItReported(RepetitionInfo repetition) throws Exception {
    Path journal = folder.resolve("journal.jsonl");
    Process child = ChildJvm.start(WritingMain.class, journal.toString());
    BitSet reported = new BitSet();
    try (DataInputStream out = new DataInputStream(child.getInputStream())) {
      int enough = 5_000 * repetition.getCurrentRepetition() + 137;
      while (true) {
        reported.set(Math.toIntExact(out.readLong()));
        if (reported.cardinality() == enough) {
          child.toHandle().destroyForcibly(); // SIGKILL, leaving our end of the pipe open
        }
      }
    } catch (EOFException e) {
      // The child is dead and all that it printed is read.
    }
    assertThat(child.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(child.exitValue()).isEqualTo(128 + 9);

    RunState state = RunState.replay(journal).state();
    assertThat(reported.cardinality()).isGreaterThan(5_000);
    assertThat(reported.stream().filter(id -> !state.isFinished(new TaskId(id)))).isEmpty();

    try (Journal resumed =
        Journal.open(journal, Entries.started(true), JournalSettings.with(failure -> {}))) {
      assertThat(resumed.append(Entries.usual(999_999_999))).isTrue();
    }
    RunState.Replayed again = RunState.replay(journal);
    assertThat(again.summary().isTorn()).isFalse();
    assertThat(again.state().finished()).isEqualTo(state.finished() + 1);
  }
}
