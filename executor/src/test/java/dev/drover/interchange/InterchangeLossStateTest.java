package dev.drover.interchange;

import static dev.drover.interchange.InterchangeDriver.held;
import static dev.drover.interchange.InterchangeDriver.outcome;
import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.protocol.ToManager;
import dev.drover.submit.TaskOptions;
import dev.drover.submit.TaskReport;
import dev.drover.task.Ending;
import dev.drover.task.ResourceRequest;
import dev.drover.task.TaskId;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** Tasks that fail, and tasks that are lost with what they ran on. */
class InterchangeLossStateTest {
  private static final Duration THRESHOLD = Duration.ofSeconds(120);
  private static final Duration MICRO = Duration.ofNanos(1000);
  private static final ResourceRequest ONE = ResourceRequest.ONE_SLOT;

  private final InterchangeDriver it = new InterchangeDriver();

  @Nested
  class Retries {
    private final TaskOptions twice = TaskOptions.DEFAULT.withRetries(2);

    @Test
    void aFailedTaskWithoutRetries_isOver() {
      it.submit(1).manager("a", 1).dispatch().given("a", 1);

      it.ends("a", Ending.FAILED, 1).finished(Ending.FAILED, 1).nothingElse().counts(0, 0, 1);
      assertThat(it.state.failedTasks()).isEqualTo(1);
    }

    @Test
    void aFailedTask_goesToTheFrontOfTheQueue_withOneMoreAttempt_untilItsRetriesAreUsedUp() {
      it.submit(1, twice, ONE).submit(5).manager("a", 1).dispatch().givenAttempt("a", 1, 1);

      it.ends("a", Ending.FAILED, 1).attemptEnded(Ending.FAILED, 1).nothingElse();
      it.dispatch().givenAttempt("a", 2, 1).nothingElse();
      it.ends("a", Ending.SIGNALLED, 1).attemptEnded(Ending.SIGNALLED, 1).nothingElse();
      it.dispatch().givenAttempt("a", 3, 1);
      it.ends("a", Ending.TIMED_OUT, 1).finished(Ending.TIMED_OUT, 1).nothingElse();
    }

    @Test
    void anEndingThatIsNotRetryable_isOverAtOnce() {
      it.submit(1, twice, ONE).manager("a", 1).dispatch().given("a", 1);

      it.ends("a", Ending.REFUSED, 1).finished(Ending.REFUSED, 1).nothingElse();
    }

    @Test
    void aCostOfOneHalf_allowsTwiceAsManyAttempts() {
      InterchangeDriver cheap = costing(failed -> 0.5);
      cheap.submit(1, TaskOptions.DEFAULT.withRetries(1), ONE).manager("a", 1);
      for (int attempt = 1; attempt <= 2; attempt++) {
        cheap.dispatch().givenAttempt("a", attempt, 1);
        cheap.ends("a", Ending.FAILED, 1).attemptEnded(Ending.FAILED, 1).nothingElse();
      }
      cheap.dispatch().givenAttempt("a", 3, 1);
      cheap.ends("a", Ending.FAILED, 1).finished(Ending.FAILED, 1).nothingElse();
    }

    @Test
    void anInfiniteCost_givesUpAtOnce_howeverManyRetriesThereAre() {
      InterchangeDriver dear = costing(failed -> Double.POSITIVE_INFINITY);
      dear.submit(1, TaskOptions.DEFAULT.withRetries(1000), ONE);
      dear.submit(1, TaskOptions.DEFAULT.withRetries(Double.POSITIVE_INFINITY), ONE);
      dear.manager("a", 2).dispatch().given("a", 1, 2);

      dear.ends("a", Ending.FAILED, 1, 2).finished(Ending.FAILED, 1, 2).nothingElse();
    }

    @Test
    void aCostThatIsNoNumber_givesUp() {
      InterchangeDriver odd = costing(failed -> Double.NaN);
      odd.submit(1, TaskOptions.DEFAULT.withRetries(1000), ONE);
      odd.manager("a", 2).dispatch().given("a", 1);

      odd.ends("a", Ending.FAILED, 1).finished(Ending.FAILED, 1).nothingElse();
    }

    @Test
    void aCostFunctionThatThrows_failsTheTaskWithWhatItThrew_andTheOthersGoOn() {
      InterchangeDriver broken =
          costing(
              failed -> {
                if (failed.id().value() == 1) {
                  throw new IllegalStateException("no idea");
                }
                return 1;
              });
      broken.submit(2, twice, ONE).manager("a", 2).dispatch().given("a", 1, 2);

      broken.ends("a", Ending.FAILED, 1, 2);
      TaskReport report = broken.finished();
      assertThat(report.id()).isEqualTo(new TaskId(1));
      assertThat(report.outcome().ending()).isEqualTo(Ending.FAILED);
      assertThat(report.outcome().message())
          .contains("java.lang.IllegalStateException: no idea")
          .contains("so it ended");
      broken.attemptEnded(Ending.FAILED, 2).nothingElse();
      broken.dispatch().givenAttempt("a", 2, 2).nothingElse();
    }

    @Test
    void lossesToInfrastructure_burnNoRetry_andHaveALimitOfTheirOwn() {
      it.submit(1, new TaskOptions(0, 0, 2), ONE).manager("a", 1);
      for (int attempt = 1; attempt <= 2; attempt++) {
        it.dispatch().givenAttempt("a", attempt, 1);
        it.ends("a", Ending.WORKER_LOST, 1).attemptEnded(Ending.WORKER_LOST, 1).nothingElse();
      }
      it.dispatch().givenAttempt("a", 3, 1);
      it.ends("a", Ending.WORKER_LOST, 1);

      TaskReport report = it.finished();
      assertThat(report.outcome().ending()).isEqualTo(Ending.WORKER_LOST);
      assertThat(report.lostAttempts()).isEqualTo(3);
      it.nothingElse();
    }

    @Test
    void aLossIsNotCountedAsAFailure_norAFailureAsALoss() {
      it.submit(1, new TaskOptions(0, 1, 1), ONE).manager("a", 1).dispatch().given("a", 1);
      it.ends("a", Ending.WORKER_LOST, 1).attemptEnded(Ending.WORKER_LOST, 1);
      it.dispatch().given("a", 1).ends("a", Ending.FAILED, 1).attemptEnded(Ending.FAILED, 1);
      it.dispatch().givenAttempt("a", 3, 1).succeeds("a", 1);

      assertThat(it.finished().lostAttempts()).isEqualTo(1);
      it.nothingElse();
    }

    private InterchangeDriver costing(dev.drover.submit.RetryCost cost) {
      return new InterchangeDriver(
          InterchangeDriver.settings(Placement.SPREAD, cost, java.util.Optional.empty()));
    }
  }

  @Nested
  class Losses {
    @Test
    void aLostManagersTasks_goToTheFrontOfTheQueue_withOneMoreAttempt() {
      it.submit(5).manager("a", 2).dispatch().given("a", 1, 2);

      it.after(THRESHOLD).after(MICRO).tick();
      it.attemptEnded(Ending.MANAGER_LOST, 1, 2).gone("a", false, "no sign of life for 120 s");
      it.nothingElse().counts(5, 0, 0);

      it.manager("b", 3).dispatch().given("b", 1, 2, 3).nothingElse();
      assertThat(it.attemptOf(1)).isEqualTo(2);
      assertThat(it.attemptOf(3)).isEqualTo(1);
    }

    @Test
    void aLostManager_getsNoMoreTasks() {
      it.submit(3).manager("a", 2).dispatch().given("a", 1, 2);
      it.after(THRESHOLD).after(MICRO).tick();
      it.attemptEnded(Ending.MANAGER_LOST, 1, 2).gone("a", false, "");

      it.dispatch().nothingElse().counts(3, 0, 0);
    }

    @Test
    void silenceOfExactlyTheThreshold_isBorne() {
      it.manager("a", 1).after(THRESHOLD).tick();

      it.told("a", new ToManager.Heartbeat()).nothingElse();
      it.after(MICRO).tick().gone("a", false, "heartbeat threshold").nothingElse();
    }

    @Test
    void anySignOfLife_startsTheSilenceAnew() {
      it.manager("a", 1).after(THRESHOLD).capacity("a", 1).after(THRESHOLD).tick();

      it.told("a", new ToManager.Heartbeat()).nothingElse();
    }

    @Test
    void aQuietManager_isToldThatTheInterchangeLives_onceAPeriod() {
      it.manager("a", 1).after(Duration.ofSeconds(30).minus(MICRO)).tick().nothingElse();
      it.after(MICRO).tick().told("a", new ToManager.Heartbeat()).tick().nothingElse();
      it.after(Duration.ofSeconds(29)).tick().nothingElse();
    }

    @Test
    void onlyWhatSurelyRan_countsAsLost() {
      it.submit(5, new TaskOptions(0, 0, 0), ONE).manager("a", "", 2, 5);
      it.dispatch().given("a", 1, 2, 3, 4, 5).started("a", 4);

      it.after(THRESHOLD).after(MICRO).tick();

      it.finished(Ending.MANAGER_LOST, 1, 2, 4).gone("a", false, "").nothingElse();
      it.counts(2, 0, 3);
    }

    @Test
    void aTaskThatHadNotBegun_burnsNothing_butItsAttemptGetsANewNumber() {
      it.submit(2, new TaskOptions(0, 0, 0), ONE).manager("a", "", 1, 2);
      it.dispatch().given("a", 1, 2);
      it.after(THRESHOLD).after(MICRO).tick();
      it.finished(Ending.MANAGER_LOST, 1).gone("a", false, "").nothingElse();

      it.manager("b", 1).dispatch().givenAttempt("b", 2, 2).succeeds("b", 2);

      assertThat(it.finished().lostAttempts()).isZero();
    }

    @Test
    void aManagerThatWasGivenUp_andComesBack_cannotEndATaskThatItIsGivenAgain() {
      it.submit(2).manager("a", "", 1, 2).dispatch().given("a", 1, 2);
      it.after(THRESHOLD).after(MICRO).tick();
      it.attemptEnded(Ending.MANAGER_LOST, 1).gone("a", false, "");

      it.registers("a", "", 1, 2, held(1, 1), held(2, 1)).joined("a").sessionOpened("a", 0);
      it.nothingElse();
      it.ready("a").toldToCancel("a", 1, 2).nothingElse();
      it.dispatch().given("a", 1, 2).nothingElse();
      it.finishes(
          "a", 7, List.of(outcome(1, 1, Ending.CANCELLED), outcome(2, 1, Ending.CANCELLED)));

      it.nothingElse().counts(0, 2, 0);
      it.finishes("a", 8, List.of(outcome(1, 2, Ending.SUCCEEDED), outcome(2, 2, Ending.FAILED)));
      it.finished(Ending.SUCCEEDED, 1).finished(Ending.FAILED, 2).nothingElse();
    }

    @Test
    void theEndOfABlock_losesItsManagersAtOnce_andNoOthers() {
      it.manager("a", "b-0001", 1, 1).manager("b", "b-0002", 1, 1).manager("c", "b-0001", 1, 1);
      it.submit(3).dispatch().given("a", 1).given("b", 2).given("c", 3);

      it.on(new Event.BlockEnded(InterchangeDriver.block(1), "walltime"));

      it.attemptEnded(Ending.MANAGER_LOST, 1).gone("a", false, "walltime");
      it.attemptEnded(Ending.MANAGER_LOST, 3).gone("c", false, "walltime").nothingElse();
      it.dispatch().nothingElse().counts(2, 1, 0);
    }

    @Test
    void aManagerThatLeavesInOrder_loosesNothing() {
      it.submit(2, new TaskOptions(0, 0, 0), ONE).manager("a", 2).dispatch().given("a", 1, 2);

      it.leaves("a").gone("a", true, "done").nothingElse().counts(2, 0, 0);
      it.dispatch().nothingElse();
    }

    @Test
    void whatAManagerSaysThatIsGone_changesNothing() {
      it.submit(1).manager("a", 1).dispatch().given("a", 1).leaves("a").gone("a", true, "");

      it.succeeds("a", 1).ready("a").started("a", 1).leaves("a").nothingElse().counts(1, 0, 0);
    }

    @Test
    void tasksOfTwoLostManagers_areInTheOrderOfSubmissionAgain() {
      it.submit(6).manager("a", 2).manager("b", 2).dispatch().given("a", 1, 2).given("b", 3, 4);
      it.leaves("a").gone("a", true, "").leaves("b").gone("b", true, "");

      it.manager("c", 6).dispatch().given("c", 1, 2, 3, 4, 5, 6).nothingElse();
    }
  }
}
