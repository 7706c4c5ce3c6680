package dev.drover.executor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.drover.interchange.Submission;
import dev.drover.submit.TaskBatch;
import dev.drover.submit.TaskOptions;
import dev.drover.submit.TaskReport;
import dev.drover.task.Ending;
import dev.drover.task.TaskId;
import dev.drover.task.TaskOutcome;
import dev.drover.task.TaskSpec;
import dev.drover.task.TaskWork;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;

class IntakeTest {
  private static final TaskSpec SPEC = TaskSpec.of(TaskWork.Shell.line("true"));
  private final Intake intake = new Intake(41);

  private static TaskBatch batch(int count) {
    return new TaskBatch(SPEC, TaskOptions.DEFAULT, count == 1 ? -1 : 0, count, report -> {});
  }

  private void end(long id, Ending ending) {
    TaskOutcome outcome = TaskOutcome.without(new TaskId(id), 1, ending, "", 0);
    intake.ended(new TaskReport(outcome, "", "", "", 0));
  }

  @Test
  void tasksGetTheIdsAfterTheRunsLast_inTheirOrder() {
    List<Long> told = new ArrayList<>();
    List<Submission> submissions =
        intake.number(List.of(batch(1), batch(3), batch(1)), (batch, id) -> told.add(id));

    assertThat(submissions).extracting(Submission::firstId).containsExactly(42L, 43L, 46L);
    assertThat(told).containsExactly(42L, 43L, 46L);
    assertThat(intake.outstanding()).isEqualTo(5);
  }

  @Test
  void allIsOver_whenItIsShutAndTheLastTaskHasEnded_whicheverComesFirst() {
    intake.number(List.of(batch(2)), (batch, id) -> {});
    end(42, Ending.FAILED);
    assertThat(intake.shut()).isTrue();
    assertThat(intake.allOver()).isNotDone();
    end(43, Ending.SUCCEEDED);
    assertThat(intake.allOver()).isDone();
    assertThat(intake.finished()).isEqualTo(2);
    assertThat(intake.failed()).isEqualTo(1);

    Intake idle = new Intake(0);
    assertThat(idle.allOver()).isNotDone();
    idle.shut();
    assertThat(idle.allOver()).isDone();
  }

  @Test
  void onceShut_itTakesNoMore_andIsNotShutAgain() {
    intake.checkOpen();
    assertThat(intake.shut()).isTrue();
    assertThat(intake.shut()).isFalse();
    assertThatThrownBy(intake::checkOpen)
        .isInstanceOf(RejectedExecutionException.class)
        .hasMessageContaining("make a new one");
  }

  @Test
  void tasksThatComeWhileItIsShut_areRefused_andNobodyWaitsForThem() {
    intake.checkOpen();
    intake.shut();

    assertThatThrownBy(() -> intake.number(List.of(batch(3)), (batch, id) -> {}))
        .isInstanceOf(RejectedExecutionException.class)
        .hasMessageContaining("make a new one");
    assertThat(intake.outstanding()).isZero();
    assertThat(intake.allOver()).isDone();
  }

  @Test
  void tasksThatCameBeforeItWasShut_areWaitedFor_allOfThem() {
    intake.number(List.of(batch(1), batch(1)), (batch, id) -> intake.shut());

    assertThat(intake.allOver()).isNotDone();
    end(42, Ending.SUCCEEDED);
    assertThat(intake.allOver()).isNotDone();
    end(43, Ending.SUCCEEDED);
    assertThat(intake.allOver()).isDone();
  }
}
