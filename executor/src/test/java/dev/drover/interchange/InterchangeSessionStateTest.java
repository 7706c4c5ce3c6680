package dev.drover.interchange;

import static dev.drover.interchange.InterchangeDriver.held;
import static dev.drover.interchange.InterchangeDriver.outcome;
import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.protocol.FromManager;
import dev.drover.protocol.ManagerId;
import dev.drover.protocol.ToManager;
import dev.drover.submit.TaskOptions;
import dev.drover.task.Ending;
import dev.drover.task.ResourceRequest;
import dev.drover.task.TaskId;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** What is said to managers, and what they say, in sessions that break and begin anew. */
class InterchangeSessionStateTest {
  private static final Duration THRESHOLD = Duration.ofSeconds(120);
  private static final Duration MICRO = Duration.ofNanos(1000);
  private static final ResourceRequest ONE = ResourceRequest.ONE_SLOT;

  private final InterchangeDriver it = new InterchangeDriver();

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
}
