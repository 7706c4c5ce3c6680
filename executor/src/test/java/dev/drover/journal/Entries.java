package dev.drover.journal;

import dev.drover.journal.JournalEntry.AttemptEnded;
import dev.drover.journal.JournalEntry.BlockChanged;
import dev.drover.journal.JournalEntry.ManagerJoined;
import dev.drover.journal.JournalEntry.ManagerLeft;
import dev.drover.journal.JournalEntry.RunEnded;
import dev.drover.journal.JournalEntry.RunStarted;
import dev.drover.journal.JournalEntry.TaskFinished;
import dev.drover.journal.JournalEntry.TasksAccepted;
import dev.drover.submit.TaskOptions;
import dev.drover.submit.TaskReport;
import dev.drover.task.ClasspathId;
import dev.drover.task.Ending;
import dev.drover.task.Isolation;
import dev.drover.task.OutputRange;
import dev.drover.task.Payload;
import dev.drover.task.ResourceRequest;
import dev.drover.task.TaskId;
import dev.drover.task.TaskOutcome;
import dev.drover.task.TaskSpec;
import dev.drover.task.TaskWork;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Sample entries for the tests. */
final class Entries {
  static final Instant NOON = Instant.parse("2026-11-21T12:00:00.123456Z");
  static final long NOON_MICROS = 1_795_262_400_123_456L;

  /** Texts that break naive encoders. */
  static final List<String> ODD =
      List.of(
          "a\nb\r\n\tc",
          "say \"hi\" \\ there",
          "nul \0 bell \u0007 del \u007f esc \u001b",
          "emoji 😀 and Ünïcödé 漢字",
          "lone high \ud83d then text",
          "lone low \ude00",
          "\ud83d",
          "\ude00\ud83d",
          "two highs \ud83d\ud83d\ude00",
          "line separator \u2028 paragraph \u2029 bom \ufeff end \uffff",
          "\b\f/");

  private Entries() {}

  static RunStarted started(boolean resumed) {
    return RunStarted.now(NOON, "r-1", resumed);
  }

  /** An array with indices from 0. */
  static TasksAccepted accepted(long firstId, int count) {
    return new TasksAccepted(
        new TaskId(firstId),
        count,
        0,
        TaskSpec.of(TaskWork.Shell.line("./simulate $DROVER_TASK_INDEX")),
        TaskOptions.DEFAULT);
  }

  static TasksAccepted single(long id, TaskWork work) {
    return new TasksAccepted(new TaskId(id), 1, -1, TaskSpec.of(work), TaskOptions.DEFAULT);
  }

  static TasksAccepted acceptedInFull(String text) {
    return new TasksAccepted(
        new TaskId(7),
        3,
        1_000,
        new TaskSpec(
            text,
            new TaskWork.Shell(
                List.of(text),
                true,
                Optional.of(text),
                Map.of(text, text, "", "", "A", "b"),
                Optional.of(""),
                Optional.of(text),
                Optional.of(text)),
            new ResourceRequest(0.1, 1e20, Long.MAX_VALUE, 3, 4),
            Duration.ofSeconds(Long.MAX_VALUE, 999_999_999),
            "--cpu-bind \"list:0,1\" ü"),
        new TaskOptions(Integer.MIN_VALUE, Double.POSITIVE_INFINITY, 0));
  }

  static TaskFinished finished(long id, Ending ending) {
    return new TaskFinished(
        new TaskReport(
            TaskOutcome.without(new TaskId(id), 1, ending, "", NOON_MICROS), "", "", "", 0));
  }

  /** What a usual command leaves. */
  static TaskFinished usual(long id) {
    return new TaskFinished(
        new TaskReport(
            new TaskOutcome(
                new TaskId(id),
                1,
                Ending.SUCCEEDED,
                0,
                0,
                "",
                Payload.EMPTY,
                NOON_MICROS + id,
                NOON_MICROS + id + 1234,
                1100,
                4_194_304,
                (int) (id % 64),
                new OutputRange("tasks/nid001234-m3.out", id * 17, 17),
                OutputRange.NOTHING,
                ""),
            "nid001234",
            "nid001234-m3",
            "b-0007",
            0));
  }

  static TaskFinished full(String text) {
    return new TaskFinished(
        new TaskReport(
            new TaskOutcome(
                new TaskId(Long.MAX_VALUE),
                3,
                Ending.SIGNALLED,
                137,
                9,
                text,
                Payload.EMPTY,
                NOON_MICROS,
                NOON_MICROS + 1,
                0,
                Long.MAX_VALUE,
                0,
                new OutputRange(text, 1, 2),
                new OutputRange("", 0, 5),
                text),
            text,
            text,
            text,
            2));
  }

  static List<JournalEntry> oneOfEach(String text) {
    return List.of(
        new RunStarted(new FormatVersion(1, 7), NOON, text, true),
        started(false),
        accepted(1, 1_000_000),
        single(5, TaskWork.Shell.argv(List.of("echo", text, ""))),
        acceptedInFull(text),
        single(6, new TaskWork.Java(Payload.EMPTY, ClasspathId.NONE, Isolation.PROCESS)),
        usual(7),
        finished(8, Ending.CANCELLED),
        full(text),
        new AttemptEnded(
            new TaskId(5), 1, Ending.MANAGER_LOST, "", "", "", "", -1, -1, 0, 0, NOON_MICROS, 0),
        new AttemptEnded(
            new TaskId(6),
            2,
            Ending.FAILED,
            text,
            text,
            text,
            text,
            0,
            1,
            15,
            1,
            Long.MIN_VALUE,
            0.1),
        finished(9, Ending.WALLTIME),
        new AttemptEnded(
            new TaskId(7), 1, Ending.WALLTIME, "", "", "", "", -1, -1, 0, 0, NOON_MICROS, 0),
        new BlockChanged(NOON, "b-0001", "", BlockPhase.SUBMITTING, "", ""),
        new BlockChanged(NOON, text, text, BlockPhase.LIVE, text, text),
        new ManagerJoined(NOON, "m", "", "", 0),
        new ManagerJoined(NOON, text, text, text, 64),
        new ManagerLeft(NOON, text, text),
        new RunEnded(NOON, RunEnd.SOME_FAILED, ""),
        new RunEnded(NOON, RunEnd.ABANDONED, text));
  }

  static byte[] line(JournalEntry entry) {
    JsonBytes bytes = new JsonBytes(16);
    new JournalEncoder(bytes).encode(entry);
    return Arrays.copyOf(bytes.bytes(), bytes.length());
  }

  static String text(JournalEntry entry) {
    return new String(line(entry), StandardCharsets.UTF_8);
  }
}
