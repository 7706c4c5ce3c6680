package dev.drover.interchange;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.submit.TaskBatch;
import dev.drover.submit.TaskOptions;
import dev.drover.task.TaskSpec;
import dev.drover.task.TaskWork;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class AssignedTasksTest {
  private static final TaskBatch BATCH =
      new TaskBatch(
          TaskSpec.of(TaskWork.Shell.line("true")), TaskOptions.DEFAULT, 0, 1, report -> {});

  private static Task task(long id) {
    return new Task(id, 0, BATCH, Submission.Past.NONE, 0);
  }

  @Test
  void itHasWhatAMapHas_whateverComesAndGoes() {
    for (int seed = 0; seed < 50; seed++) {
      Random random = new Random(seed);
      AssignedTasks tasks = new AssignedTasks();
      Map<Long, Task> expected = new HashMap<>();
      long span = 1L << 1 + random.nextInt(12);
      for (int step = 0; step < 20_000; step++) {
        boolean grows = step / 5_000 % 2 == 0;
        long id = 1 + random.nextLong(span) * (1 + seed % 3);
        if (random.nextInt(3) > 0 == grows) {
          if (!expected.containsKey(id)) {
            Task added = task(id);
            expected.put(id, added);
            tasks.add(added);
          }
        } else {
          expected.remove(id);
          tasks.remove(id);
        }
        assertThat(tasks.get(id)).isSameAs(expected.get(id));
        assertThat(tasks.size()).isEqualTo(expected.size());
      }
      expected.forEach((id, task) -> assertThat(tasks.get(id)).isSameAs(task));
    }
  }

  @Test
  void aManagersTasks_areInTheOrderInWhichItGotThem() {
    ManagerTasks tasks = new ManagerTasks();
    List<Task> expected = new ArrayList<>();
    Random random = new Random(1);
    for (int step = 0; step < 10_000; step++) {
      if (expected.isEmpty() || random.nextInt(3) > 0 == (step < 5_000)) {
        Task added = task(step);
        tasks.add(added);
        expected.add(added);
      } else {
        tasks.remove(expected.remove(random.nextInt(expected.size())));
      }
      assertThat(tasks.size()).isEqualTo(expected.size());
      if (step % 50 == 0) {
        assertThat(tasks).containsExactlyElementsOf(expected);
      }
    }
    for (Task task : tasks) {
      tasks.remove(task);
    }
    assertThat(tasks.isEmpty()).isTrue();
  }
}
