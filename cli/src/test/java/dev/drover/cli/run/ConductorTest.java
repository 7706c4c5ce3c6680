package dev.drover.cli.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.cli.inspect.FakeRun;
import dev.drover.cli.tasks.TaskList;
import dev.drover.submit.TaskBatch;
import dev.drover.submit.TaskOptions;
import dev.drover.task.Ending;
import dev.drover.task.ResourceRequest;
import dev.drover.task.TaskId;
import dev.drover.task.TaskSpec;
import dev.drover.task.TaskWork;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ConductorTest {
  private final FakeEnsemble ensemble = new FakeEnsemble(Path.of("run"));

  @Test
  void independentTasks_areAllSubmittedInOrder_andCounted() throws Exception {
    Conductor conductor = start(tasks(Map.of(), "a", "b", "c"), false);
    assertThat(ensemble.names()).containsExactly("a", "b", "c");
    conductor.complete(FakeEnsemble.end(2, Ending.SUCCEEDED, 0));
    conductor.complete(FakeEnsemble.end(1, Ending.FAILED, 3));
    assertThat(conductor.awaitOver(0)).isFalse();
    conductor.complete(FakeEnsemble.end(3, Ending.SUCCEEDED, 0));
    assertThat(conductor.awaitOver(0)).isTrue();
    assertThat(conductor.tally()).isEqualTo(new Tally(3, 2, 1, 0, 0, 1_500_000));
    assertThat(conductor.failures()).extracting(each -> each.spec().name()).containsExactly("a");
  }

  @Test
  void dependants_areSubmittedWhenTheirParentsSucceeded_andDoomedWhenNot() throws Exception {
    Conductor conductor =
        start(
            tasks(Map.of(2, List.of(0, 1), 3, List.of(2), 4, List.of(0)), "a", "b", "c", "d", "e"),
            false);
    assertThat(ensemble.names()).containsExactly("a", "b");
    conductor.complete(FakeEnsemble.end(1, Ending.SUCCEEDED, 0));
    assertThat(ensemble.names()).containsExactly("a", "b", "e");
    conductor.complete(FakeEnsemble.end(2, Ending.FAILED, 1));
    conductor.complete(FakeEnsemble.end(3, Ending.SUCCEEDED, 0));
    assertThat(conductor.awaitOver(0)).isTrue();
    assertThat(conductor.tally()).isEqualTo(new Tally(5, 2, 1, 0, 2, 1_500_000));
    assertThat(conductor.neverRun()).isEqualTo(Map.of("c", "b", "d", "c"));
  }

  @Test
  void failFast_cancelsTheRestAfterTheFirstFailure_andReleasesNothingMore() throws Exception {
    Conductor conductor = start(tasks(Map.of(2, List.of(1)), "a", "b", "c"), true);
    conductor.complete(FakeEnsemble.end(1, Ending.FAILED, 1));
    assertThat(ensemble.cancelledAll).isTrue();
    assertThat(conductor.awaitOver(0)).isFalse();
    conductor.complete(FakeEnsemble.end(2, Ending.SUCCEEDED, 0));
    assertThat(ensemble.names()).containsExactly("a", "b");
    assertThat(conductor.awaitOver(0)).isTrue();
    assertThat(conductor.stopped()).contains(StopReason.FAIL_FAST);
    assertThat(conductor.tally().open()).isEqualTo(1);
  }

  @Test
  void firstStopReason_stands() {
    Conductor conductor = start(tasks(Map.of(), "a"), false);
    conductor.stop(StopReason.INTERRUPTED);
    conductor.stop(StopReason.TERMINATED);
    assertThat(conductor.stopped()).contains(StopReason.INTERRUPTED);
  }

  @Test
  void stopBeforeTheStart_submitsNothing() throws Exception {
    Conductor conductor = new Conductor(tasks(Map.of(), "a"), false, JobLog.NONE);
    conductor.stop(StopReason.INTERRUPTED);
    conductor.adopt(ensemble);
    conductor.start();
    assertThat(ensemble.submitted).isEmpty();
    assertThat(conductor.awaitOver(0)).isTrue();
  }

  @Test
  void resumedRun_submitsOnlyWhatWasNeverSubmitted_alsoInTheMiddleOfAnArray() throws Exception {
    TaskBatch array = new TaskBatch(spec("x"), TaskOptions.DEFAULT, 10, 5, report -> {});
    ensemble.earlier =
        new FakeRun(Path.of("run"))
            .ended(spec("x"), 10, FakeEnsemble.end(1, Ending.SUCCEEDED, 0))
            .ended(spec("x"), 11, FakeEnsemble.end(2, Ending.FAILED, 4))
            .queued(spec("x"), 12);
    Conductor conductor = start(new TaskList(List.of(array), Map.of()), false);
    assertThat(ensemble.submitted).hasSize(1);
    assertThat(ensemble.submitted.get(0).firstIndex()).isEqualTo(13);
    assertThat(ensemble.submitted.get(0).count()).isEqualTo(2);
    assertThat(conductor.endedBefore()).isEqualTo(2);
    for (long id = 3; id <= 5; id++) {
      conductor.complete(FakeEnsemble.end(id, Ending.FAILED, 5));
    }
    assertThat(conductor.awaitOver(0)).isTrue();
    assertThat(conductor.failures())
        .extracting(FailedTask::index)
        .containsExactly(11L, 12L, 13L, 14L);
  }

  @Test
  void resumedRunWithDependencies_goesOnWhereItWas() throws Exception {
    ensemble.earlier =
        new FakeRun(Path.of("run"))
            .ended(spec("b"), -1, FakeEnsemble.end(1, Ending.SUCCEEDED, 0))
            .queued(spec("a"), -1);
    Conductor conductor =
        start(tasks(Map.of(2, List.of(1), 3, List.of(0, 2)), "a", "b", "c", "d"), false);
    assertThat(ensemble.names()).containsExactly("c");
    conductor.complete(FakeEnsemble.end(3, Ending.SUCCEEDED, 0));
    conductor.complete(FakeEnsemble.end(2, Ending.SUCCEEDED, 0));
    assertThat(ensemble.names()).containsExactly("c", "d");
    conductor.complete(FakeEnsemble.end(4, Ending.SUCCEEDED, 0));
    assertThat(conductor.awaitOver(0)).isTrue();
    assertThat(conductor.tally().succeeded()).isEqualTo(4);
  }

  @Test
  void cancel_passesOverIdsThatWereNeverGiven() {
    Conductor conductor = start(tasks(Map.of(), "a"), false);
    conductor.cancel(List.of(new TaskId(1), new TaskId(99)));
    assertThat(ensemble.cancelled).containsExactly(new TaskId(1));
  }

  private Conductor start(TaskList tasks, boolean failFast) {
    Conductor conductor = new Conductor(tasks, failFast, JobLog.NONE);
    conductor.adopt(ensemble);
    conductor.start();
    return conductor;
  }

  private static TaskList tasks(Map<Integer, List<Integer>> after, String... names) {
    List<TaskBatch> batches = new ArrayList<>();
    for (String name : names) {
      batches.add(TaskBatch.single(spec(name), TaskOptions.DEFAULT, report -> {}));
    }
    return new TaskList(batches, after);
  }

  private static TaskSpec spec(String name) {
    return new TaskSpec(
        name, TaskWork.Shell.line("run " + name), ResourceRequest.ONE_SLOT, Duration.ZERO);
  }
}
