package dev.drover.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.drover.headnode.SkipAloud;
import dev.drover.task.TaskId;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class JournalFullDiskTest {
  @TempDir Path folder;

  private final List<IOException> told = new CopyOnWriteArrayList<>();

  @Test
  @Timeout(120)
  void aFullDisk_failsTheJournalOnce_keepsWhatWasReported_andLeavesWholeLines() throws Exception {
    try (SmallDisk disk = SmallDisk.mount(folder, "size=64k")) {
      Path path = disk.path().resolve("journal.jsonl");
      BitSet reported = new BitSet();
      Journal journal = Journal.open(path, Entries.started(false), JournalSettings.with(told::add));
      for (int id = 1; id <= 5_000; id++) {
        int written = id;
        journal.append(Entries.usual(id), () -> reported.set(written));
      }
      await()
          .atMost(60, TimeUnit.SECONDS)
          .until(() -> journal.failure().isPresent() && !told.isEmpty());
      boolean taken = journal.append(Entries.usual(5_001), () -> reported.set(5_001));
      journal.close();

      assertThat(taken).isFalse();
      assertThat(journal.backlog()).isZero();
      assertThat(told).containsExactly(journal.failure().orElseThrow());
      assertThat(told.get(0))
          .hasMessageContaining("No space left on device")
          .hasMessageContaining(path.toString())
          .hasMessageContaining("fix:     free some space");
      RunState.Replayed replayed = RunState.replay(path);
      assertThat(replayed.summary().isTorn()).isFalse();
      assertThat(reported.cardinality()).isGreaterThan(100).isLessThan(1_000);
      for (int id = 1; id <= 5_001; id++) {
        assertThat(replayed.state().isFinished(new TaskId(id))).isEqualTo(reported.get(id));
      }

      disk.remount("size=1m");
      try (Journal resumed =
          Journal.open(path, Entries.started(true), JournalSettings.with(told::add))) {
        resumed.append(Entries.usual(5_001));
      }
      assertThat(RunState.replay(path).state().finished())
          .isEqualTo(replayed.state().finished() + 1);
      assertThat(told).hasSize(1);
    }
  }

  @Test
  void aJournalThatCannotEvenBegin_isRefusedWithTheMend() {
    Path full = Path.of("/dev/full");
    SkipAloud.unless(Files.exists(full), "there is no /dev/full, so no journal was on a full disk");
    assertThatThrownBy(
            () -> Journal.open(full, Entries.started(false), JournalSettings.with(told::add)))
        .isInstanceOf(JournalException.class)
        .hasMessageContaining("No space left on device")
        .hasMessageContaining("fix:     free some space");
    assertThat(told).isEmpty();
  }

  @Test
  void aWriteError_tellsHowManyLinesAreInTheFile() throws IOException {
    Path full = Path.of("/dev/full");
    SkipAloud.unless(Files.exists(full), "there is no /dev/full, so no journal was on a full disk");
    try (var channel = FileChannel.open(full, StandardOpenOption.WRITE)) {
      JournalFile file = new JournalFile(channel, full, 0);
      assertThatThrownBy(() -> file.append(new byte[] {'a', '\n'}, 2))
          .isInstanceOfSatisfying(
              JournalFile.PartialWriteException.class, e -> assertThat(e.lines()).isZero());
    }
  }
}
