package dev.drover.interchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.drover.protocol.FromManager;
import dev.drover.protocol.ManagerFacts;
import dev.drover.protocol.ManagerId;
import dev.drover.submit.Completion;
import dev.drover.submit.RetryCost;
import dev.drover.submit.TaskBatch;
import dev.drover.submit.TaskOptions;
import dev.drover.submit.TaskReport;
import dev.drover.task.Ending;
import dev.drover.task.Payload;
import dev.drover.task.ResourceRequest;
import dev.drover.task.TaskOutcome;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** A loop that breaks in the midst of this or that: each of its tasks ends once. */
class LastEndsTest {
  private static final TaskOptions RETRIED = TaskOptions.DEFAULT.withRetries(5);

  private static final class Told implements InterchangeListener {
    final List<TaskReport> reports = new ArrayList<>();

    /** Tasks of which nobody can be told. */
    final Set<Long> unspeakable = new HashSet<>();

    String reason = "";
    long untold;

    @Override
    public void finished(TaskReport report, Completion completion) {
      if (unspeakable.contains(report.id().value())) {
        throw new OutOfMemoryError("no room to tell of " + report.id());
      }
      reports.add(report);
      completion.complete(report);
    }

    @Override
    public void attemptEnded(TaskReport report, double cost) {}

    @Override
    public void managerJoined(ManagerFacts facts) {}

    @Override
    public void managerLeft(ManagerFacts facts, String reason, boolean orderly) {}

    @Override
    public void connectionLost() {}

    @Override
    public void broke(String why, Throwable cause) {
      assertThat(reports).isEmpty(); // who hears of an end must know the reason already
      reason = why;
    }

    @Override
    public void untold(long tasks) {
      untold += tasks;
    }
  }

  private final Told told = new Told();
  private InterchangeState state;
  private LastEnds ends;
  private final List<Long> completed = new ArrayList<>();

  private void begin(RetryCost cost) {
    state =
        new InterchangeState(InterchangeDriver.settings(Placement.SPREAD, cost, Optional.empty()));
    ends = new LastEnds(state, told);
  }

  /** As the loop does it. */
  private void on(Event event) {
    ends.taking(event);
    for (Effect effect : state.on(event, 1_000_000)) {
      if (effect instanceof Effect.Finish finish) {
        told.finished(finish.report(), finish.completion());
        ends.told();
      }
      state.turn().performed();
    }
    ends.taken();
  }

  private Submission tasks(long firstId, int count) {
    return new Submission(
        firstId,
        new TaskBatch(
            InterchangeDriver.spec(ResourceRequest.ONE_SLOT),
            RETRIED,
            count == 1 ? -1 : 0,
            count,
            report -> completed.add(report.id().value())));
  }

  private void manager(int slots) {
    on(
        new Event.Registered(
            new FromManager.Register(
                InterchangeDriver.facts("m", "", slots),
                Payload.of(new byte[16]),
                slots,
                List.of())));
    on(new Event.FromManagerSaid(new ManagerId("m"), new FromManager.Ready()));
  }

  private void assertEndedOnce(long... ids) {
    assertThat(completed).containsExactlyInAnyOrderElementsOf(LongStream.of(ids).boxed().toList());
    assertThat(told.reports)
        .allSatisfy(
            report -> {
              assertThat(report.outcome().ending()).isEqualTo(Ending.CANCELLED);
              assertThat(report.outcome().message()).isEqualTo(told.reason);
            });
    assertThat(told.reason).contains("the interchange broke: ", "fix: ");
  }

  @Test
  void whatWaitsAndWhatIsOut_endsWithTheReason() {
    begin(failed -> 1);
    manager(2);
    on(new Event.Submitted(List.of(tasks(1, 3), tasks(4, 1), tasks(5, 1))));
    on(new Event.Dispatch());
    assertThat(state.assignedTasks()).isEqualTo(2);

    ends.broke(new OutOfMemoryError("Java heap space"));

    assertEndedOnce(1, 2, 3, 4, 5);
    assertThat(told.untold).isZero();
    assertThat(told.reason).contains("OutOfMemoryError: Java heap space").contains("-Xmx");
    assertThat(told.reports.stream().filter(report -> report.manager().equals("m"))).hasSize(2);
  }

  @Test
  void brokenWhileTasksAreTakenIn_thoseThatItHasNotSeenEndToo() {
    begin(failed -> 1);
    List<Submission> all = List.of(tasks(1, 1), tasks(2, 2), tasks(4, 1));
    List<Submission> breaking =
        new AbstractList<>() {
          private int left = 3; // it is counted before it is taken in

          @Override
          public Submission get(int index) {
            if (index == 1 && --left == 1) {
              throw new OutOfMemoryError("Java heap space");
            }
            return all.get(index);
          }

          @Override
          public int size() {
            return all.size();
          }
        };

    assertThatThrownBy(() -> on(new Event.Submitted(breaking)))
        .isInstanceOf(OutOfMemoryError.class);
    assertThat(state.pendingTasks()).isEqualTo(1);
    ends.broke(new OutOfMemoryError("Java heap space"));

    assertEndedOnce(1, 2, 3, 4);
    assertThat(told.untold).isZero();
  }

  @Test
  void brokenWhileEndsAreTold_theOthersAreToldAsTheyWere() {
    begin(failed -> 1);
    on(new Event.Submitted(List.of(tasks(1, 1), tasks(2, 1), tasks(3, 1))));
    told.unspeakable.add(2L);

    assertThatThrownBy(() -> on(new Event.CancelledAll(Ending.CANCELLED, "enough")))
        .isInstanceOf(OutOfMemoryError.class);
    told.unspeakable.clear();
    List<TaskReport> before = List.copyOf(told.reports);
    told.reports.clear();
    ends.broke(new OutOfMemoryError("Java heap space"));

    assertThat(before).hasSize(1);
    assertThat(completed).containsExactly(1L, 2L, 3L);
    assertThat(told.reports)
        .extracting(report -> report.outcome().message())
        .containsOnly("enough");
    assertThat(told.untold).isZero();
  }

  @Test
  void brokenByTheEndOfAnAttempt_thoseThatWereToRunAgainEndToo() {
    begin(
        failed -> {
          if (failed.id().value() == 2) {
            throw new IllegalStateException() {
              @Override
              public String toString() {
                throw new AssertionError("it cannot be said");
              }
            };
          }
          return 1;
        });
    manager(3);
    on(new Event.Submitted(List.of(tasks(1, 1), tasks(2, 1), tasks(3, 1), tasks(4, 1))));
    on(new Event.Dispatch());
    List<TaskOutcome> outcomes = new ArrayList<>();
    for (long id = 1; id <= 3; id++) {
      outcomes.add(InterchangeDriver.outcome(id, 1, Ending.FAILED));
    }

    assertThatThrownBy(
            () ->
                on(
                    new Event.FromManagerSaid(
                        new ManagerId("m"), new FromManager.TasksFinished(1, outcomes, 3))))
        .isInstanceOf(AssertionError.class);
    ends.broke(new AssertionError("it cannot be said"));

    assertEndedOnce(1, 2, 3, 4);
    assertThat(told.untold).isZero();
  }

  @Test
  void ofWhomNobodyCanBeTold_isCounted_andKeepsNoOtherFromItsEnd() {
    begin(failed -> 1);
    on(new Event.Submitted(List.of(tasks(1, 1), tasks(2, 3))));
    told.unspeakable.add(3L);

    ends.broke(new OutOfMemoryError("Java heap space"));

    assertEndedOnce(1, 2, 4);
    assertThat(told.untold).isEqualTo(1);
  }

  @Test
  void tasksThatComeWhenTheLoopHasEnded_endToo_butOnlyIfItBroke() {
    begin(failed -> 1);
    ends.late(new Event.Submitted(List.of(tasks(1, 1))));
    assertThat(told.reports).isEmpty();

    ends.broke(new AssertionError("why not"));
    told.unspeakable.add(4L);
    ends.late(new Event.Submitted(List.of(tasks(2, 1), tasks(3, 2))));
    ends.late(new Event.Tick());

    assertEndedOnce(2, 3);
    assertThat(told.untold).isEqualTo(1);
  }
}
