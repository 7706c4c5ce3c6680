package dev.drover.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.drover.journal.JournalEntry.AttemptEnded;
import dev.drover.task.Ending;
import dev.drover.task.TaskId;
import dev.drover.task.TaskWork;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JournalIndexTest {
  private static final int MANY = 1_000_000;

  @TempDir Path folder;

  @Test
  void everyTaskEntry_isKnownByItsBeginning_withoutParsing() {
    for (String text : Entries.ODD) {
      for (JournalEntry entry : Entries.oneOfEach(text)) {
        byte[] line = Entries.line(entry);
        boolean ofTasks =
            line[6] == 'd' || new String(line, 0, 9, StandardCharsets.US_ASCII).contains("\"a");
        // The largest id has more digits than are read without a parser.
        boolean large = entry.equals(Entries.full(text));
        assertThat(new JournalPlaces().take(line, 0, line.length - 1, 1))
            .as("%s", entry)
            .isEqualTo(ofTasks && !large);
      }
    }
  }

  @Test
  void everyTask_isFoundWithItsLines() throws IOException {
    AttemptEnded first = attempt(2, 1);
    AttemptEnded second = attempt(2, 2);
    Path journal =
        write(
            Entries.started(false),
            Entries.accepted(1, 2),
            attempt(1, 1),
            first,
            Entries.single(3, TaskWork.Shell.argv(List.of("a"))),
            Entries.usual(1),
            second,
            Entries.acceptedInFull("x"),
            Entries.full("x"));
    try (JournalIndex index = JournalIndex.open(journal)) {
      assertThat(index.lastAccepted()).isEqualTo(9);
      assertThat(index.acceptance(new TaskId(1))).contains(Entries.accepted(1, 2));
      assertThat(index.acceptance(new TaskId(2))).contains(Entries.accepted(1, 2));
      assertThat(index.acceptance(new TaskId(3)).orElseThrow().firstIndex()).isEqualTo(-1);
      assertThat(index.acceptance(new TaskId(4))).isEmpty();
      assertThat(index.acceptance(new TaskId(9))).contains(Entries.acceptedInFull("x"));
      assertThat(index.acceptance(new TaskId(10))).isEmpty();
      assertThat(index.end(new TaskId(1))).contains(Entries.usual(1));
      assertThat(index.end(new TaskId(2))).isEmpty();
      assertThat(index.end(new TaskId(Long.MAX_VALUE))).contains(Entries.full("x"));
      assertThat(index.attempts(new TaskId(2))).containsExactly(first, second);
      assertThat(index.attempts(new TaskId(3))).isEmpty();
    }
  }

  @Test
  void linesOfAnotherWriter_areFoundToo() throws IOException {
    Path journal =
        write(
            Entries.line(Entries.started(false)),
            bytes("{\"t\":\"accepted\", \"line\":\"x\", \"i\":4, \"n\":2, \"id\":1}\n"),
            bytes("{\"t\":\"done\",\"try\":1,\"end\":\"FAILED\",\"id\":2,\"t1\":5}\n"),
            bytes("{\"t\":\"attempt\",\"try\":1,\"end\":\"FAILED\",\"id\":1,\"t1\":5}\n"));
    try (JournalIndex index = JournalIndex.open(journal)) {
      assertThat(index.lastAccepted()).isEqualTo(2);
      assertThat(index.acceptance(new TaskId(2)).orElseThrow().firstIndex()).isEqualTo(4);
      assertThat(index.end(new TaskId(2)).orElseThrow().report().outcome().ending())
          .isEqualTo(Ending.FAILED);
      assertThat(index.attempts(new TaskId(1))).hasSize(1);
    }
  }

  @Test
  void aLineThatBreaksFurtherOn_isFoundWhenItIsAskedFor() throws IOException {
    Path journal =
        write(
            Entries.line(Entries.started(false)),
            Entries.line(Entries.accepted(1, 2)),
            bytes("{\"t\":\"done\",\"id\":2,\"try\":\0}\n"),
            Entries.line(Entries.usual(1)));
    try (JournalIndex index = JournalIndex.open(journal)) {
      assertThat(index.end(new TaskId(1))).contains(Entries.usual(1));
      assertThatThrownBy(() -> index.end(new TaskId(2)))
          .isInstanceOf(JournalException.class)
          .hasMessageContaining("the line at byte")
          .hasMessageContaining("fix:");
    }
  }

  @Test
  void lines_areReadWhereverTheyCrossABlock() throws IOException {
    for (int length = 1_900; length < 2_200; length += 7) {
      JournalEntry long1 = Entries.single(1, TaskWork.Shell.argv(List.of("é".repeat(length / 2))));
      JournalEntry long2 = Entries.single(2, TaskWork.Shell.argv(List.of("x".repeat(length * 3))));
      Path journal = write(Entries.started(false), long1, long2, Entries.usual(1));
      try (JournalIndex index = JournalIndex.open(journal)) {
        assertThat(index.acceptance(new TaskId(1)).orElseThrow()).isEqualTo(long1);
        assertThat(index.acceptance(new TaskId(2)).orElseThrow()).isEqualTo(long2);
        assertThat(index.end(new TaskId(1)).orElseThrow()).isEqualTo(Entries.usual(1));
      }
    }
  }

  @Test
  void aMillionTasks_endedInAnyOrder_takeLittleMemory() throws IOException {
    Path journal = folder.resolve("journal.jsonl");
    List<Integer> order = IntStream.rangeClosed(1, MANY).boxed().collect(Collectors.toList());
    Collections.shuffle(order, new Random(42));
    try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(journal), 1 << 16)) {
      out.write(Entries.line(Entries.started(false)));
      for (int id = 1; id <= MANY; id++) {
        out.write(Entries.line(Entries.single(id, TaskWork.Shell.line("x"))));
      }
      for (int id : order) {
        out.write(Entries.line(Entries.usual(id)));
      }
    }
    order = List.of();
    long before = usedBytes();
    try (JournalIndex index = JournalIndex.open(journal)) {
      for (int id = 7; id <= MANY; id += 10) {
        TaskId task = new TaskId(id);
        assertThat(index.acceptance(task).orElseThrow().firstId()).isEqualTo(task);
        assertThat(index.end(task).orElseThrow().report().id()).isEqualTo(task);
      }
      assertThat(usedBytes() - before).isLessThan(48L << 20);
      assertThat(index.lastAccepted()).isEqualTo(MANY);
    }
  }

  private static long usedBytes() {
    System.gc();
    Runtime runtime = Runtime.getRuntime();
    return runtime.totalMemory() - runtime.freeMemory();
  }

  private Path write(JournalEntry... entries) throws IOException {
    List<byte[]> lines = new ArrayList<>();
    for (JournalEntry entry : entries) {
      lines.add(Entries.line(entry));
    }
    return write(lines.toArray(byte[][]::new));
  }

  private Path write(byte[]... lines) throws IOException {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (byte[] line : lines) {
      all.write(line);
    }
    return Files.write(folder.resolve("journal.jsonl"), all.toByteArray());
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static AttemptEnded attempt(long id, int attempt) {
    return new AttemptEnded(
        new TaskId(id), attempt, Ending.FAILED, "", "", "", "", -1, -1, 0, 0, 1, 1);
  }
}
