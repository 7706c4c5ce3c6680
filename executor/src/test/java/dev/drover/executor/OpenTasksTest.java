package dev.drover.executor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.interchange.Submission;
import dev.drover.protocol.IdRange;
import dev.drover.submit.Completion;
import dev.drover.submit.TaskBatch;
import dev.drover.submit.TaskOptions;
import dev.drover.task.TaskSpec;
import dev.drover.task.TaskWork;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class OpenTasksTest {
  private static final TaskSpec SPEC = TaskSpec.of(TaskWork.Shell.line("true"));
  private final OpenTasks open = new OpenTasks();
  private final Completion first = report -> {};
  private final Completion second = report -> {};

  private void add(long id, int count, Completion completion) {
    open.add(
        new Submission(
            id, new TaskBatch(SPEC, TaskOptions.DEFAULT, count == 1 ? -1 : 0, count, completion)));
  }

  @Test
  void eachTaskEndsOnce_alsoOfArraysAndOfThoseThatCameOutOfOrder() {
    add(1, 1, first);
    add(5, 1, first);
    add(2, 3, second);

    assertThat(open.end(3)).isSameAs(second);
    assertThat(open.end(3)).isNull();
    assertThat(open.end(5)).isSameAs(first);
    assertThat(open.end(6)).isNull();
    assertThat(open.ranges()).containsExactly(new IdRange(1, 2), new IdRange(4, 4));
    assertThat(open.count()).isEqualTo(3);

    List<Long> drained = new ArrayList<>();
    open.drain((id, completion) -> drained.add(id));
    assertThat(drained).containsExactly(1L, 2L, 4L);
    assertThat(open.ranges()).isEmpty();
    assertThat(open.count()).isZero();
  }

  @Test
  void manyThatEnd_leaveTheRestFindable() {
    for (int id = 1; id <= 10_000; id++) {
      add(id, 1, first);
    }
    for (int id = 1; id <= 9_990; id++) {
      assertThat(open.end(id)).isSameAs(first);
    }
    assertThat(open.ranges()).containsExactly(new IdRange(9_991, 10_000));
    add(10_001, 5, second);
    assertThat(open.end(10_003)).isSameAs(second);
    assertThat(open.end(9_995)).isSameAs(first);
  }

  @Test
  void reportsCountAsHad_whenAllBeforeAreInTheJournalToo() {
    HadReports had = new HadReports();
    had.received(5, 2);
    had.received(7, 0);
    had.received(9, 1);
    assertThat(had.take()).isEqualTo(-1);
    had.written();
    assertThat(had.take()).isEqualTo(-1);
    had.written();
    assertThat(had.take()).isEqualTo(7);
    had.written();
    assertThat(had.take()).isEqualTo(9);
    assertThat(had.take()).isEqualTo(-1);
  }
}
