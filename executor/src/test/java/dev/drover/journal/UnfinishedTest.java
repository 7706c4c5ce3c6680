package dev.drover.journal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.journal.JournalEntry.AttemptEnded;
import dev.drover.journal.JournalEntry.TasksAccepted;
import dev.drover.submit.TaskOptions;
import dev.drover.task.Ending;
import dev.drover.task.TaskId;
import dev.drover.task.TaskWork;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UnfinishedTest {
  @TempDir Path folder;
  private final ByteArrayOutputStream lines = new ByteArrayOutputStream();

  @BeforeEach
  void begin() {
    add(Entries.started(false));
  }

  @Test
  void whatFollowsEachOtherInAnArray_comesAsOne() throws IOException {
    TasksAccepted array = Entries.accepted(1, 100);
    add(array);
    add(Entries.finished(1, Ending.SUCCEEDED));
    add(Entries.finished(50, Ending.FAILED));
    assertThat(unfinished())
        .containsExactly(part(array, 2, 48, 1, 0, 0, 0), part(array, 51, 50, 50, 0, 0, 0));
  }

  @Test
  void tasksThatHaveUsedDifferently_comeApart() throws IOException {
    TasksAccepted array = Entries.accepted(1, 10);
    add(array);
    add(attempt(4, 1, Ending.MANAGER_LOST, 0));
    add(attempt(5, 1, Ending.FAILED, 0.25));
    add(attempt(5, 2, Ending.FAILED, 0.5));
    add(attempt(6, 1, Ending.FAILED, 0.5));
    add(attempt(7, 1, Ending.FAILED, 0.5));
    assertThat(unfinished())
        .containsExactly(
            part(array, 1, 3, 0, 0, 0, 0),
            part(array, 4, 1, 3, 1, 1, 0),
            part(array, 5, 1, 4, 2, 0, 0.75),
            part(array, 6, 2, 5, 1, 0, 0.5),
            part(array, 8, 3, 7, 0, 0, 0));
  }

  @Test
  void singleTasksAndArrays_keepWhatTheyAre_inTheOrderOfTheirIds() throws IOException {
    TasksAccepted first = Entries.single(1, TaskWork.Shell.argv(List.of("a")));
    TasksAccepted second = Entries.single(2, TaskWork.Shell.argv(List.of("a")));
    TasksAccepted array = Entries.acceptedInFull("odd \ud83d");
    TasksAccepted shifted =
        new TasksAccepted(
            new TaskId(3),
            array.count(),
            array.firstIndex(),
            array.spec(),
            new TaskOptions(-1, 2.5, 9));
    add(first);
    add(second);
    add(shifted);
    add(Entries.finished(1, Ending.SUCCEEDED));
    add(Entries.finished(3, Ending.SUCCEEDED));
    assertThat(unfinished())
        .containsExactly(part(second, 2, 1, -1, 0, 0, 0), part(shifted, 4, 2, 1_001, 0, 0, 0));
  }

  @Test
  void whenAllHaveEnded_nothingComes() throws IOException {
    add(Entries.accepted(1, 1));
    add(Entries.finished(1, Ending.CANCELLED));
    assertThat(unfinished()).isEmpty();
  }

  @Test
  void aTornAcceptance_isNoTask() throws IOException {
    TasksAccepted array = Entries.accepted(1, 2);
    add(array);
    lines.writeBytes("{\"t\":\"accepted\",\"id\":3,\"li".getBytes(StandardCharsets.UTF_8));
    assertThat(unfinished()).containsExactly(part(array, 1, 2, 0, 0, 0, 0));
  }

  @Test
  void whatWasAcceptedAfterTheReplay_isLeftOut() throws IOException {
    add(Entries.accepted(1, 2));
    Path journal = write();
    RunState state = RunState.replay(journal).state();
    add(Entries.accepted(3, 2));
    List<Unfinished> parts = new ArrayList<>();
    JournalReader.unfinished(write(), state, parts::add);
    assertThat(parts).extracting(Unfinished::firstId).containsExactly(new TaskId(1));
  }

  private void add(JournalEntry entry) {
    lines.writeBytes(Entries.line(entry));
  }

  private Path write() throws IOException {
    return Files.write(folder.resolve("journal.jsonl"), lines.toByteArray());
  }

  private List<Unfinished> unfinished() throws IOException {
    Path journal = write();
    List<Unfinished> parts = new ArrayList<>();
    JournalReader.unfinished(journal, RunState.replay(journal).state(), parts::add);
    return parts;
  }

  private static Unfinished part(
      TasksAccepted of, long id, int count, long index, int attempts, int lost, double cost) {
    return new Unfinished(
        new TaskId(id), count, index, of.spec(), of.options(), attempts, lost, cost);
  }

  private static AttemptEnded attempt(long id, int attempt, Ending ending, double cost) {
    return new AttemptEnded(new TaskId(id), attempt, ending, "", "", "", "", -1, -1, 0, 0, 1, cost);
  }
}
