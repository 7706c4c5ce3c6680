package dev.drover.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.drover.task.Ending;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JournalReaderTest {
  private static final JournalSettings CALM = JournalSettings.with(failure -> {});

  @TempDir Path folder;

  @Test
  void aTornLastLine_isLeftOutAndReported_whereverItWasCut() throws IOException {
    byte[] first = Entries.line(Entries.started(false));
    byte[] last = Entries.line(Entries.full("é😀漢"));
    for (int cut = 0; cut < last.length; cut++) {
      Path journal = write(first, Arrays.copyOf(last, cut));
      JournalSummary summary = read(journal, new ArrayList<>());
      assertThat(summary).isEqualTo(new JournalSummary(1, 0, 0, first.length, cut));
    }
  }

  @Test
  void afterATornTail_appendingGoesOnWithTheSameFile() throws IOException {
    byte[] first = Entries.line(Entries.started(false));
    byte[] second = Entries.line(Entries.usual(1));
    for (byte[] tail :
        List.of(
            new byte[0],
            Arrays.copyOf(Entries.line(Entries.full("é")), 150),
            new byte[100_000],
            "\0\0\0\n".getBytes(StandardCharsets.UTF_8))) {
      Path journal = write(first, second, tail);
      try (Journal writer = Journal.open(journal, Entries.started(true), CALM)) {
        assertThat(writer.append(Entries.usual(2))).isTrue();
      }
      List<JournalEntry> entries = new ArrayList<>();
      assertThat(read(journal, entries).isTorn()).isFalse();
      assertThat(entries)
          .containsExactly(
              Entries.started(false), Entries.usual(1), Entries.started(true), Entries.usual(2));
    }
  }

  @Test
  void aJournalTornInItsFirstLine_beginsAnew() throws IOException {
    Path journal = write(Arrays.copyOf(Entries.line(Entries.started(false)), 20));
    Journal.open(journal, Entries.started(false), CALM).close();
    List<JournalEntry> entries = new ArrayList<>();
    read(journal, entries);
    assertThat(entries).containsExactly(Entries.started(false));
  }

  @Test
  void aBrokenLineInTheMiddle_isAnErrorThatNamesFileLineAndMend() throws IOException {
    Path journal =
        write(
            Entries.line(Entries.started(false)),
            "{\"t\":\"done\",\"id\":}\n".getBytes(StandardCharsets.UTF_8),
            Entries.line(Entries.usual(1)));
    assertThatThrownBy(() -> read(journal, new ArrayList<>()))
        .isInstanceOf(JournalException.class)
        .hasMessageContaining("line 2 of the journal is broken")
        .hasMessageContaining(journal + ":2")
        .hasMessageContaining("fix:     keep a copy, delete line 2");
  }

  @Test
  void anotherFile_isNoJournal_andIsLeftAsItIs() throws IOException {
    for (String text : List.of("hello", "hello\n", "hello\nworld", "{\"t\":\"ended\"}\n")) {
      Path file = write(text.getBytes(StandardCharsets.UTF_8));
      assertThatThrownBy(() -> Journal.open(file, Entries.started(false), CALM))
          .isInstanceOf(JournalException.class)
          .hasMessageContaining("no journal");
      assertThat(file).hasContent(text);
    }
    Path file = write("hello\n".getBytes(StandardCharsets.UTF_8));
    assertThatThrownBy(() -> read(file, new ArrayList<>())).hasMessageContaining("no journal");
  }

  @Test
  void aNewerMinorVersion_isRead_andANewerMajorOneRefusedWithAMend() throws IOException {
    Path minor =
        write(
            ("{\"t\":\"run\",\"v\":\"1.9\",\"mood\":\"good\",\"time\":\"2026-11-21T12:00:00Z\",\"run\":\"r\"}\n"
                    + "{\"t\":\"weather\"}\n")
                .getBytes(StandardCharsets.UTF_8));
    JournalSummary summary = read(minor, new ArrayList<>());
    assertThat(summary.entries()).isEqualTo(1);
    assertThat(summary.skippedEntries()).isEqualTo(1);
    assertThat(summary.skippedKeys()).isEqualTo(1);

    Path major = write("{\"t\":\"run\",\"v\":\"2.0\",\"r\":1}\n".getBytes(StandardCharsets.UTF_8));
    assertThatThrownBy(() -> read(major, new ArrayList<>()))
        .isInstanceOf(JournalException.class)
        .hasMessageContaining("format version 2.0")
        .hasMessageContaining("or a newer one");
    assertThatThrownBy(() -> Journal.open(major, Entries.started(true), CALM))
        .hasMessageContaining("format version 2.0");
  }

  @Test
  void linesLongerThanTheBuffer_areRead() throws IOException {
    JournalEntry big = Entries.full("x".repeat(700_000));
    Path journal = write(Entries.line(Entries.started(false)), Entries.line(big));
    List<JournalEntry> entries = new ArrayList<>();
    read(journal, entries);
    assertThat(entries.get(1)).isEqualTo(big);
  }

  @Test
  void anEmptyFile_holdsNothing() throws IOException {
    assertThat(read(write(), new ArrayList<>())).isEqualTo(new JournalSummary(0, 0, 0, 0, 0));
    assertThat(RunState.replay(write()).state().finished(Ending.SUCCEEDED)).isZero();
  }

  private Path write(byte[]... parts) throws IOException {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      all.write(part);
    }
    return Files.write(folder.resolve("journal.jsonl"), all.toByteArray());
  }

  private static JournalSummary read(Path journal, List<JournalEntry> entries) throws IOException {
    return JournalReader.read(journal, entries::add);
  }
}
