package dev.drover.interchange;

import static dev.drover.interchange.InterchangeDriver.FOUR_CORES;
import static dev.drover.interchange.InterchangeDriver.held;
import static dev.drover.interchange.InterchangeDriver.outcome;
import static dev.drover.interchange.InterchangeDriver.range;
import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.protocol.FromManager;
import dev.drover.protocol.ManagerId;
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

class InterchangeStateTest {
  private static final Duration THRESHOLD = Duration.ofSeconds(120);
  private static final Duration MICRO = Duration.ofNanos(1000);
  private static final ResourceRequest ONE = ResourceRequest.ONE_SLOT;

  private final InterchangeDriver it = new InterchangeDriver();

  @Nested
  class Queue {
    @Test
    void tasks_waitForAManager_andGoInTheOrderOfSubmission() {
      it.submit(5).dispatch().nothingElse().counts(5, 0, 0);

      it.manager("a", 2).dispatch().given("a", 1, 2).nothingElse().counts(3, 2, 0);
      it.succeeds("a", 1).finished(Ending.SUCCEEDED, 1).nothingElse();
      it.dispatch().given("a", 3).nothingElse().counts(2, 2, 1);
    }

    @Test
    void lowerPriorityNumbers_goFirst_equalOnesInTheOrderOfSubmission() {
      TaskOptions late = TaskOptions.DEFAULT.withPriority(9);
      TaskOptions soon = TaskOptions.DEFAULT.withPriority(-3);
      it.submit(2, late, ONE).submit(2).submit(2, soon, ONE).submit(1, late, ONE);

      it.manager("a", 7).dispatch().given("a", 5, 6, 3, 4, 1, 2, 7).nothingElse();
    }

    @Test
    void anUrgentTask_overtakesWhatWaits_butNotWhatIsOut() {
      it.submit(3).manager("a", 1).dispatch().given("a", 1);
      it.submit(1, TaskOptions.DEFAULT.withPriority(-1), ONE);

      it.succeeds("a", 1).finished(Ending.SUCCEEDED, 1).dispatch().given("a", 4).nothingElse();
    }

    @Test
    void arraysAndSingleTasks_shareOneQueue_andAnArraysTasksHaveTheirIndex() {
      it.submit(1).submitArray(3).submit(1).manager("a", 5).dispatch();

      ToManager.RunTasks run = (ToManager.RunTasks) it.sent("a").message();
      assertThat(run.tasks()).extracting(t -> t.id().value()).containsExactly(1L, 2L, 3L, 4L, 5L);
      assertThat(run.tasks()).extracting(t -> t.index()).containsExactly(-1L, 0L, 1L, 2L, -1L);
      it.nothingElse();
    }

    @Test
    void nothingIsGivenOut_withoutADispatch() {
      it.manager("a", 4).submit(4).nothingElse();
    }

    @Test
    void fewTasks_areSpreadOverTheManagers_andEachGetsItsPartInOneMessage() {
      it.manager("a", 4).manager("b", 4).submit(4);

      it.dispatch().given("a", 1, 2).given("b", 3, 4).nothingElse();
    }

    @Test
    void idleSlotsGoBeforePrefetch_whicheverManagerAsked() {
      it.manager("a", "", 2, 6).manager("b", "", 2, 6).submit(6);
      it.dispatch().given("a", 1, 2, 5).given("b", 3, 4, 6).nothingElse();
    }
  }

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

  @Nested
  class Cancelling {
    @Test
    void aWaitingTask_endsAtOnce_andIsPassedOver() {
      it.submit(3).cancel(2).finished(Ending.CANCELLED, 2).nothingElse();

      it.manager("a", 3).dispatch().given("a", 1, 3).nothingElse().counts(0, 2, 1);
    }

    @Test
    void aTaskThatIsOut_isCancelledAtItsManager_andEndsWithItsOutcome() {
      it.submit(2, TaskOptions.DEFAULT.withRetries(5), ONE).manager("a", 2).dispatch();
      it.given("a", 1, 2);

      it.cancel(2).toldToCancel("a", 2).nothingElse();
      it.cancel(2).nothingElse();
      it.ends("a", Ending.SIGNALLED, 2).finished(Ending.CANCELLED, 2).nothingElse();
    }

    @Test
    void aTaskThatSucceededBeforeItsCancelCame_hasSucceeded() {
      it.submit(1).manager("a", 1).dispatch().given("a", 1).cancel(1).toldToCancel("a", 1);

      it.succeeds("a", 1).finished(Ending.SUCCEEDED, 1).nothingElse();
    }

    @Test
    void oneInTheMiddleOfAnArray_leavesTheOthersWithTheirIndex() {
      it.submitArray(5).cancel(3).finished(Ending.CANCELLED, 3).manager("a", 5).dispatch();

      ToManager.RunTasks run = (ToManager.RunTasks) it.sent("a").message();
      assertThat(run.tasks()).extracting(t -> t.id().value()).containsExactly(1L, 2L, 4L, 5L);
      assertThat(run.tasks()).extracting(t -> t.index()).containsExactly(0L, 1L, 3L, 4L);
      it.nothingElse();
    }

    @Test
    void unknownOnes_endedOnes_andTheSameOneTwice_changeNothing() {
      it.submit(2).manager("a", 1).dispatch().given("a", 1);
      it.succeeds("a", 1).finished(Ending.SUCCEEDED, 1);

      it.cancel(1, 99).nothingElse();
      it.cancel(2, 2).finished(Ending.CANCELLED, 2).nothingElse();
      it.cancel(2).nothingElse().counts(0, 0, 2);
    }

    @Test
    void aCancelledTaskWhoseManagerIsLost_isNotTriedAgain() {
      it.submit(3).manager("a", "", 1, 3).dispatch().given("a", 1, 2, 3);
      it.cancel(1, 3).toldToCancel("a", 1, 3);

      it.after(THRESHOLD).after(MICRO).tick();

      it.finished(Ending.CANCELLED, 1, 3).gone("a", false, "").nothingElse().counts(1, 0, 2);
    }

    @Test
    void aCancelledTaskThatIsGivenBack_endsInstead() {
      it.submit(2).manager("a", "", 1, 2).dispatch().given("a", 1, 2).cancel(2);
      it.toldToCancel("a", 2);

      it.givesBack("a", 1, 2).finished(Ending.CANCELLED, 2).nothingElse().counts(0, 1, 1);
    }

    @Test
    void aCancelWhileTheSessionIsBroken_isToldInTheNextOne() {
      it.submit(2).manager("a", 2).dispatch().given("a", 1, 2).routeLost("a");

      it.cancel(1).nothingElse();

      it.registers("a", "", 2, 2, held(1, 1), held(2, 1)).sessionOpened("a", 0).nothingElse();
      it.ready("a").toldToCancel("a", 1).nothingElse();
    }

    @Test
    void cancelAll_endsWhatWaits_andCancelsWhatIsOut_onceEach() {
      it.submit(3).submitArray(2).manager("a", 1).manager("b", 1).dispatch();
      it.given("a", 1).given("b", 2).cancel(2).toldToCancel("b", 2);

      it.on(new Event.CancelledAll(Ending.DEPENDENCY_FAILED, "because"));

      it.finished(Ending.DEPENDENCY_FAILED, 3, 4, 5).toldToCancel("a", 1).nothingElse();
      it.counts(0, 2, 3).on(new Event.CancelledAll(Ending.CANCELLED, "again")).nothingElse();
    }

    @Test
    void cancelAll_whileASessionIsBroken_isToldInTheNextOne() {
      it.submit(1).manager("a", 1).dispatch().given("a", 1).routeLost("a");

      it.on(new Event.CancelledAll(Ending.CANCELLED, "")).nothingElse();

      it.registers("a", "", 1, 1, held(1, 1)).sessionOpened("a", 0);
      it.ready("a").toldToCancel("a", 1).nothingElse();
    }
  }

  @Nested
  class Sessions {
    @Test
    void aManagerThatRegistered_getsTasksOnlyWhenItIsReady() {
      it.submit(1).registers("a", "", 1, 1).joined("a").sessionOpened("a", 0).nothingElse();

      it.dispatch().nothingElse();
      it.ready("a").dispatch().given("a", 1).nothingElse();
    }

    @Test
    void aManagerThatRegistersAgainUnasked_getsTasksOnlyWhenItIsReadyAgain() {
      it.manager("a", 2).submit(1);

      it.registers("a", "", 2, 2).sessionOpened("a", 0).dispatch().nothingElse();
      it.ready("a").dispatch().given("a", 1).nothingElse();
    }

    @Test
    void afterABrokenSession_whatTheManagerHolds_staysItsOwn_andTheRestGoesBackUnburnt() {
      it.submit(4, new TaskOptions(0, 0, 0), ONE).manager("a", 3).dispatch().given("a", 1, 2, 3);
      it.routeLost("a").nothingElse();

      it.registers("a", "", 3, 3, held(1, 1), held(3, 1)).sessionOpened("a", 0).nothingElse();
      it.ready("a").dispatch().givenAttempt("a", 1, 2).nothingElse().counts(1, 3, 0);
    }

    @Test
    void whatAManagerHoldsThatIsNotItsOwn_isCancelled_butNotBeforeItCanHear() {
      it.submit(2).manager("a", 2).dispatch().given("a", 1, 2).routeLost("a");

      it.registers("a", "", 2, 2, held(1, 1), held(2, 1), held(77, 1), held(78, 2));
      it.sessionOpened("a", 0).nothingElse();

      Effect.Send send = it.ready("a").sent("a");
      assertThat(((ToManager.CancelTasks) send.message()).tasks())
          .containsExactlyInAnyOrder(new TaskId(77), new TaskId(78));
      it.nothingElse();
    }

    @Test
    void anOldAttemptBesideANewOneOfTheSameTask_doesNotCancelTheNew() {
      it.submit(1, TaskOptions.DEFAULT.withRetries(1), ONE).manager("a", 1);
      it.dispatch().given("a", 1).ends("a", Ending.FAILED, 1).attemptEnded(Ending.FAILED, 1);
      it.dispatch().givenAttempt("a", 2, 1).routeLost("a");

      it.registers("a", "", 1, 1, held(1, 1), held(1, 2)).sessionOpened("a", 1);

      it.ready("a").nothingElse().counts(0, 1, 0);
    }

    @Test
    void aBatchThatCameAlready_isIgnored_andTheNewSessionTellsTheHighest() {
      it.submit(2, TaskOptions.DEFAULT.withRetries(9), ONE).manager("a", 2);
      it.dispatch().given("a", 1, 2).ends("a", Ending.FAILED, 1);
      it.attemptEnded(Ending.FAILED, 1).routeLost("a");

      it.registers("a", "", 2, 2, held(1, 1), held(2, 1)).sessionOpened("a", 1);
      it.ready("a").toldToCancel("a", 1).nothingElse();
      it.finishes("a", 1, List.of(outcome(1, 1, Ending.FAILED))).nothingElse();
    }

    @Test
    void theOutcomeOfAStaleAttempt_orOfAnothersTask_isIgnored() {
      it.submit(2, TaskOptions.DEFAULT.withRetries(1), ONE).manager("a", 1).manager("b", 1);
      it.dispatch().given("a", 1).given("b", 2);
      it.ends("a", Ending.FAILED, 1).attemptEnded(Ending.FAILED, 1);
      it.dispatch().givenAttempt("a", 2, 1);

      it.finishes("a", 2, List.of(outcome(1, 1, Ending.SUCCEEDED))).nothingElse();
      it.finishes("b", 1, List.of(outcome(1, 2, Ending.SUCCEEDED))).nothingElse();
      it.started("b", 1).nothingElse().counts(0, 2, 0);
    }

    @Test
    void acknowledgements_rideOnWhatIsSent() {
      it.submit(3).manager("a", 1).dispatch();
      assertThat(it.sent("a").acked()).isZero();

      it.finishes("a", 1, List.of(outcome(1, 1, Ending.SUCCEEDED))).finished();
      it.dispatch();
      assertThat(it.sent("a").acked()).isEqualTo(1);
    }

    @Test
    void noMessageIsSentToAManagerThatIsNotReady() {
      it.submit(1).manager("a", 1).dispatch().given("a", 1).routeLost("a");

      it.cancel(1).on(new Event.Drained(new ManagerId("a"), "x")).dispatch();
      it.after(Duration.ofSeconds(60)).tick().nothingElse();
    }

    @Test
    void aManagerWhoseRouteIsLost_isGivenUpAfterTheThreshold() {
      it.submit(1).manager("a", 1).dispatch().given("a", 1).routeLost("a");

      it.after(THRESHOLD).after(MICRO).tick();

      it.attemptEnded(Ending.MANAGER_LOST, 1).gone("a", false, "").nothingElse();
    }
  }

  @Nested
  class HoldingAndDraining {
    @Test
    void aHeldManager_getsNoNewTasks_untilItIsLetGo() {
      it.submit(3).manager("a", 1).dispatch().given("a", 1);
      it.on(new Event.Held(new ManagerId("a"), true)).nothingElse();
      it.succeeds("a", 1).finished(Ending.SUCCEEDED, 1).dispatch().nothingElse();

      it.on(new Event.Held(new ManagerId("a"), false)).dispatch().given("a", 2).nothingElse();
      it.on(new Event.Held(new ManagerId("nobody"), true)).nothingElse();
    }

    @Test
    void whatAUserWantsOfAManager_holdsForOneThatWasAwayMeanwhile_andWhenItComesBack() {
      it.manager("held", 1).manager("asked", 1).manager("busy", 1);
      it.on(new Event.Held(new ManagerId("held"), true));
      it.after(Duration.ofSeconds(121)).tick();
      it.gone("held", false, "no sign of life for 121 s (heartbeat threshold)");
      it.gone("asked", false, "no sign of life for 121 s (heartbeat threshold)");
      it.gone("busy", false, "no sign of life for 121 s (heartbeat threshold)").nothingElse();
      it.on(new Event.Drained(new ManagerId("asked"), "maintenance")).nothingElse();

      it.manager("held", 1).manager("busy", 1);
      it.registers("asked", "", 1, 1).joined("asked").sessionOpened("asked", 0).nothingElse();
      it.ready("asked").told("asked", new ToManager.Drain("maintenance")).nothingElse();
      it.submit(2).dispatch().given("busy", 1).nothingElse();
      it.on(new Event.Held(new ManagerId("held"), false)).dispatch().given("held", 2).nothingElse();
    }

    @Test
    void aDrainingManager_isTold_finishesItsTasks_andGetsNoMore() {
      it.submit(3).manager("a", 1).dispatch().given("a", 1);

      it.on(new Event.Drained(new ManagerId("a"), "its user said so"));
      it.told("a", new ToManager.Drain("its user said so")).nothingElse();
      it.on(new Event.Drained(new ManagerId("a"), "twice")).dispatch().nothingElse();
    }

    @Test
    void aDrainingManagersOutcomes_areAcknowledgedAtOnce_sinceItLeavesOnlyThen() {
      it.submit(1).manager("a", 1).dispatch().given("a", 1);
      it.on(new Event.Drained(new ManagerId("a"), "x")).sent("a");

      it.succeeds("a", 1).finished(Ending.SUCCEEDED, 1);

      assertThat(it.sent("a"))
          .isEqualTo(new Effect.Send(new ManagerId("a"), new ToManager.Heartbeat(), 1));
      it.nothingElse().leaves("a").gone("a", true, "done").nothingElse();
    }

    @Test
    void aManagerThatDrainsByItself_getsNoMore() {
      it.submit(2).manager("a", 2).says("a", new FromManager.Draining("drain period"));

      it.dispatch().nothingElse();
    }

    @Test
    void aDrainedBlock_drainsItsManagers_alsoThoseThatComeLater() {
      it.manager("a", "b-0001", 1, 1).manager("b", "b-0002", 1, 1);

      it.on(new Event.DrainedBlock(InterchangeDriver.block(1), "idle"));
      it.told("a", new ToManager.Drain("idle")).nothingElse();

      it.registers("c", "b-0001", 1, 1).joined("c").sessionOpened("c", 0).nothingElse();
      it.ready("c").told("c", new ToManager.Drain("its block is given back")).nothingElse();
      it.submit(3).dispatch().given("b", 1).nothingElse();
    }

    @Test
    void aDrainThatMayHaveBeenLost_isToldAgainInTheNextSession_withItsReason() {
      it.manager("a", 1).routeLost("a").on(new Event.Drained(new ManagerId("a"), "maintenance"));
      it.nothingElse();

      it.registers("a", "", 1, 1).sessionOpened("a", 0).nothingElse();
      it.ready("a").told("a", new ToManager.Drain("maintenance")).nothingElse();
      it.submit(1).dispatch().nothingElse();
    }

    @Test
    void theEndOfADrainedBlock_forgetsTheDrain() {
      it.on(new Event.DrainedBlock(InterchangeDriver.block(1), "idle"));
      it.on(new Event.BlockEnded(InterchangeDriver.block(1), "over")).nothingElse();

      it.manager("a", "b-0001", 1, 1).nothingElse();
    }
  }

  @Nested
  class Capacity {
    @Test
    void aManagerGetsWhatItWantsToHave_noMore_noLess() {
      it.submit(20).manager("a", "", 2, 5).dispatch().given("a", 1, 2, 3, 4, 5);
      it.dispatch().nothingElse();
    }

    @Test
    void moreCapacity_bringsMoreTasks_andLessBringsNone() {
      it.submit(20).manager("a", 2).dispatch().given("a", 1, 2).dispatch().nothingElse();

      it.capacity("a", 4).dispatch().given("a", 3, 4).nothingElse();
      it.capacity("a", 1).dispatch().nothingElse();
      it.succeeds("a", 1, 2, 3).finished(Ending.SUCCEEDED, 1, 2, 3).dispatch().nothingElse();
      it.capacity("a", 2).dispatch().given("a", 5).nothingElse();
    }

    @Test
    void tasksThatAreGivenBack_goToTheFront_unburnt_andToSomebodyElse() {
      it.submit(6, new TaskOptions(0, 0, 0), ONE).manager("a", 4).dispatch();
      it.given("a", 1, 2, 3, 4);

      it.givesBack("a", 2, 3, 4).nothingElse().counts(4, 2, 0);
      it.manager("b", 3).dispatch().given("b", 3, 4, 5).nothingElse();
      assertThat(it.attemptOf(3)).isEqualTo(1);
    }

    @Test
    void givingBackWhatIsNotItsOwn_changesNothing() {
      it.submit(2).manager("a", 1).manager("b", 1).dispatch().given("a", 1).given("b", 2);

      it.givesBack("b", 1, 1).nothingElse().counts(0, 2, 0);
    }

    @Test
    void aManagerWithoutCapacity_getsNothing() {
      it.submit(1).manager("a", "", 2, 0).dispatch().nothingElse();
    }
  }

  @Test
  void demand_countsSlots_asSoonAsANodeIsKnown() {
    it.submit(3, new TaskOptions(0, 0, 0), new ResourceRequest(2, 0, 0, 0, 0)).submit(2);
    assertThat(it.state.demandedSlots()).isEqualTo(5);
    it.manager("a", 4);
    assertThat(it.state.demandedSlots()).isEqualTo(8);
  }

  @Nested
  class Explaining {
    @Test
    void aTaskThatWaits_saysForWhat() {
      it.submit(3);
      assertThat(explain(2))
          .isEqualTo("task 2: waits for the first manager: none has registered yet");

      it.manager("a", 1).dispatch().given("a", 1);
      assertThat(explain(3))
          .isEqualTo("task 3: waits for a slot: 2 tasks wait, 1 are out on 1 slots of 1 managers");
    }

    @Test
    void aTaskThatWaits_saysHowTheBlocksStandThatAreOnTheirWay() {
      it.submit(1)
          .on(new Event.BlockStands(InterchangeDriver.block(1), "(job 47) queued: Priority"));
      assertThat(explain(1))
          .isEqualTo(
              "task 1: waits for the first manager: none has registered yet\n"
                  + "  block b-0001 (job 47) queued: Priority");

      it.on(new Event.BlockStands(InterchangeDriver.block(1), ""));
      assertThat(explain(1)).doesNotContain("b-0001");
    }

    @Test
    void aTaskThatIsOut_saysWhereAndForHowLong() {
      it.submit(1).manager("a", "b-0003", 1, 1).dispatch().given("a", 1);
      it.after(Duration.ofMillis(1500)).tick();
      assertThat(explain(1))
          .isEqualTo(
              "task 1: attempt 1 is queued or has just begun on node-a (manager a, block b-0003) for 1.5 s");

      it.started("a", 1);
      assertThat(explain(1)).contains("attempt 1 runs on node-a");
    }

    @Test
    void aTaskThatEnded_orNeverWas_saysSo() {
      it.submit(1).cancel(1);
      assertThat(explain(1)).isEqualTo("task 1: has ended, or was never submitted");
      assertThat(explain(2)).isEqualTo("task 2: has ended, or was never submitted");
    }

    @Test
    void aTaskWithinAnArray_isKnown() {
      it.submitArray(1000);
      assertThat(explain(500)).contains("waits for the first manager");
      assertThat(explain(1001)).contains("never submitted");
    }

    private String explain(long id) {
      return it.state.explain(new TaskId(id));
    }
  }

  @Nested
  class MillionTasks {
    @Test
    void anArrayOfAMillionTasks_waitsAsOneObject_andLeavesInOrder() {
      long before = usedMemory();
      it.submitArray(1_000_000).counts(1_000_000, 0, 0);
      assertThat(usedMemory() - before).isLessThan(1 << 20);

      it.manager("a", 64);
      for (int round = 0; round < 100; round++) {
        long[] ids = range(round * 64L + 1, round * 64L + 64);
        it.dispatch().given("a", ids).succeeds("a", ids).finished(Ending.SUCCEEDED, ids);
        it.nothingElse();
      }
      it.cancel(500_000).finished(Ending.CANCELLED, 500_000).counts(993_599, 0, 6_401);
    }

    private long usedMemory() {
      System.gc();
      return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }
  }

  @Nested
  class LargeTasks {
    @Test
    void aTaskThatTakesFourSlots_waitsForFourOnOneManager_andIsNotStarvedByASmallStream() {
      it.submit(4).manager("a", 4).dispatch().given("a", 1, 2, 3, 4);
      it.submit(1, TaskOptions.DEFAULT, FOUR_CORES).submit(100);

      for (long id = 1; id <= 3; id++) {
        it.succeeds("a", id).finished(Ending.SUCCEEDED, id).dispatch().nothingElse();
      }
      it.succeeds("a", 4).finished(Ending.SUCCEEDED, 4).dispatch().given("a", 5).nothingElse();
      it.succeeds("a", 5).finished(Ending.SUCCEEDED, 5).dispatch().given("a", 6, 7, 8, 9);
      it.nothingElse();
    }
  }
}
