package dev.drover.manager;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.process.Output;
import dev.drover.task.OutputRange;
import dev.drover.task.TaskAssignment;
import dev.drover.task.TaskId;
import dev.drover.task.TaskSpec;
import dev.drover.task.TaskWork;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OutputCaptureTest {
  @TempDir Path run;
  @TempDir Path scratch;

  @BeforeEach
  void makeTasksDirectory() throws IOException {
    Files.createDirectory(run.resolve("tasks"));
  }

  private OutputCapture capture(OutputMode mode) {
    return new OutputCapture(mode, run, "pool", 3, scratch, "err");
  }

  private static TaskAssignment task(long id, int attempt) {
    return new TaskAssignment(
        new TaskId(id), attempt, TaskSpec.of(TaskWork.Shell.line("x")), -1, 1);
  }

  /** What a command does with its output: the file is opened as it was asked for, then written. */
  private OutputRange writes(OutputCapture capture, TaskAssignment task, String text)
      throws IOException {
    Output output = capture.begin(task);
    Files.writeString(
        fileOf(output),
        text,
        StandardOpenOption.CREATE,
        StandardOpenOption.WRITE,
        StandardOpenOption.TRUNCATE_EXISTING);
    return capture.end(task);
  }

  private static Path fileOf(Output output) {
    return output.path();
  }

  private String read(OutputRange range) throws IOException {
    byte[] all = Files.readAllBytes(run.resolve(range.file()));
    return new String(
        Arrays.copyOfRange(all, (int) range.offset(), (int) (range.offset() + range.length())),
        StandardCharsets.UTF_8);
  }

  @Test
  void inFiles_eachAttemptHasItsOwn_namedByTaskAndAttempt() throws Exception {
    try (OutputCapture capture = capture(OutputMode.FILES)) {
      OutputRange first = writes(capture, task(7, 1), "one");
      OutputRange second = writes(capture, task(7, 2), "two two");

      assertThat(first).isEqualTo(new OutputRange("tasks/7.err", 0, 3));
      assertThat(second).isEqualTo(new OutputRange("tasks/7.2.err", 0, 7));
      assertThat(read(first)).isEqualTo("one");
      assertThat(read(second)).isEqualTo("two two");
    }
  }

  @Test
  void inFiles_anEmptyOutput_leavesNoFile() throws Exception {
    try (OutputCapture capture = capture(OutputMode.FILES)) {
      assertThat(writes(capture, task(1, 1), "")).isEqualTo(OutputRange.NOTHING);
      assertThat(run.resolve("tasks")).isEmptyDirectory();
    }
  }

  @Test
  void packed_allOutputsOfASlotShareOneFile_eachWithItsRange() throws Exception {
    try (OutputCapture capture = capture(OutputMode.PACKED)) {
      OutputRange first = writes(capture, task(1, 1), "first");
      OutputRange empty = writes(capture, task(2, 1), "");
      OutputRange third = writes(capture, task(3, 1), "third, longer");
      OutputRange fourth = writes(capture, task(4, 2), "4");

      assertThat(empty).isEqualTo(OutputRange.NOTHING);
      assertThat(first).isEqualTo(new OutputRange("tasks/pool-003.err", 0, 5));
      assertThat(third).isEqualTo(new OutputRange("tasks/pool-003.err", 5, 13));
      assertThat(read(third)).isEqualTo("third, longer");
      assertThat(read(fourth)).isEqualTo("4");
      assertThat(run.resolve("tasks").toFile().list()).containsExactly("pool-003.err");
    }
  }

  @Test
  void packed_withoutAnyOutput_leavesNoFile() throws Exception {
    try (OutputCapture capture = capture(OutputMode.PACKED)) {
      writes(capture, task(1, 1), "");
    }

    assertThat(run.resolve("tasks")).isEmptyDirectory();
  }

  @Test
  void packed_aPackThatIsThere_isContinued() throws Exception {
    try (OutputCapture capture = capture(OutputMode.PACKED)) {
      writes(capture, task(1, 1), "before");
    }
    try (OutputCapture capture = capture(OutputMode.PACKED)) {
      OutputRange range = writes(capture, task(2, 1), "after");

      assertThat(range.offset()).isEqualTo(6);
      assertThat(read(range)).isEqualTo("after");
    }
  }

  @Test
  void packed_aCommandThatTruncatesItsOwnOutput_harmsNobodyElses() throws Exception {
    try (OutputCapture capture = capture(OutputMode.PACKED)) {
      OutputRange first = writes(capture, task(1, 1), "first");
      Output output = capture.begin(task(2, 1));
      Files.writeString(fileOf(output), "a lot of text");
      Files.writeString(fileOf(output), "cut"); // as > /dev/stderr does
      OutputRange second = capture.end(task(2, 1));

      assertThat(read(first)).isEqualTo("first");
      assertThat(read(second)).isEqualTo("cut");
    }
  }

  @Test
  void packed_largeOutput_comesWhole() throws Exception {
    String large = "0123456789abcdef".repeat(200_000);
    try (OutputCapture capture = capture(OutputMode.PACKED)) {
      writes(capture, task(1, 1), "x");
      OutputRange range = writes(capture, task(2, 1), large);

      assertThat(range).isEqualTo(new OutputRange("tasks/pool-003.err", 1, large.length()));
      assertThat(read(range)).isEqualTo(large);
    }
  }

  @Test
  void theTail_isTheEndOfTheTasksOwnPart() throws Exception {
    try (OutputCapture capture = capture(OutputMode.PACKED)) {
      OutputRange shortOne = writes(capture, task(1, 1), "short\n");
      OutputRange longOne = writes(capture, task(2, 1), "x".repeat(5_000) + "the end");
      writes(capture, task(3, 1), "somebody else's");

      assertThat(capture.tail(shortOne)).isEqualTo("short\n");
      assertThat(capture.tail(longOne)).hasSize(2048).endsWith("xxxthe end");
      assertThat(capture.tail(OutputRange.NOTHING)).isEmpty();
      assertThat(capture.tail(new OutputRange("tasks/gone", 0, 9))).isEmpty();
    }
  }

  @Test
  void theTailOfAFile_isItsEnd_andOfNoneNothing() throws Exception {
    Path file = run.resolve("log");
    Files.writeString(file, "a".repeat(3_000) + "z");

    assertThat(OutputCapture.tail(file)).hasSize(2048).endsWith("az");
    assertThat(OutputCapture.tail(run.resolve("none"))).isEmpty();
    assertThat(OutputCapture.tail(Files.createFile(run.resolve("empty")))).isEmpty();
  }
}
