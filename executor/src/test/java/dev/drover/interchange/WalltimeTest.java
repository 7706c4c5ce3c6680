package dev.drover.interchange;

import static dev.drover.interchange.InterchangeDriver.range;
import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.protocol.FromManager;
import dev.drover.protocol.ToManager;
import dev.drover.submit.TaskOptions;
import dev.drover.submit.TaskReport;
import dev.drover.task.Ending;
import dev.drover.task.ResourceRequest;
import dev.drover.task.TaskId;
import java.time.Duration;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** Blocks that end. */
class WalltimeTest {
  private static final Duration HOUR = Duration.ofHours(1);
  private static final Duration MINUTE = Duration.ofMinutes(1);
  private static final Duration WAY = Duration.ofSeconds(1);
  private static final ToManager DRAIN = new ToManager.Drain(ShortOfTime.REASON);

  private final InterchangeDriver it = new InterchangeDriver();

  private static Duration minutes(int count) {
    return Duration.ofMinutes(count);
  }

  /** A manager that is alive says so. */
  private InterchangeDriver later(Duration time, String... alive) {
    it.after(time);
    for (String id : alive) {
      it.says(id, new FromManager.TasksStarted(java.util.List.of()));
    }
    return it;
  }

  @Nested
  class TimeNeeded {
    @Test
    void aTask_isBegunWhileItsLimitEndsInTime_andNotAfter() {
      it.limited("a", "b-0001", 2, HOUR);
      later(minutes(30).minus(WAY), "a").submitLimited(1, minutes(30)).dispatch().given("a", 1);

      later(Duration.ofNanos(1000), "a").submitLimited(1, minutes(30)).dispatch().nothingElse();
    }

    @Test
    void aLongTask_doesNotStopShortOnesBehindIt() {
      it.limited("a", "b-0001", 3, HOUR);
      later(minutes(40), "a");
      it.submitLimited(2, minutes(30)).submitLimited(1, minutes(10)).submit(1);

      it.dispatch().given("a", 3, 4).nothingElse().counts(2, 2, 0);
    }

    @Test
    void aTaskOfSeveralSlots_doesNotStopOthersEither_norKeepsAManagerThatHasNoTimeForIt() {
      it.limited("a", "b-0001", 4, HOUR);
      it.submit(1, TaskOptions.DEFAULT, InterchangeDriver.FOUR_CORES).dispatch().given("a", 1);
      later(minutes(50), "a").endsAfter(minutes(50), "a", Ending.SUCCEEDED, 1);
      it.finished(Ending.SUCCEEDED, 1);
      it.submit(1, TaskOptions.DEFAULT, InterchangeDriver.FOUR_CORES);
      it.submitLimited(2, MINUTE).dispatch().given("a", 3, 4).nothingElse();
    }

    @Test
    void aShortTaskOfALowerPriority_isBegunWhereALongOneHasNoTime() {
      it.limited("a", "b-0001", 2, HOUR);
      later(minutes(50), "a");
      it.submitLimited(1, minutes(30)).dispatch().nothingElse();
      it.submitLimited(2, minutes(5), TaskOptions.DEFAULT.withPriority(9));

      it.dispatch().given("a", 2, 3).nothingElse().dispatch().nothingElse();
    }

    @Test
    void noLimitAndNothingObserved_needsNothing() {
      it.limited("a", "b-0001", 1, HOUR);
      later(HOUR.minus(WAY), "a").submit(1).dispatch().given("a", 1).nothingElse();
    }

    @Test
    void withoutALimit_aTaskNeedsWhatNearlyAllOthersTook() {
      it.limited("a", "b-0001", 100, HOUR).submit(100).dispatch().given("a", range(1, 100));
      it.endsAfter(minutes(20), "a", Ending.SUCCEEDED, range(1, 95));
      it.endsAfter(minutes(50), "a", Ending.SUCCEEDED, range(96, 100));
      it.finished(Ending.SUCCEEDED, range(1, 100));
      later(minutes(37), "a").submit(1).dispatch().given("a", 101);

      later(minutes(4), "a").submit(1).dispatch().nothingElse();
    }

    @Test
    void cancelledAndLostTasks_areNotObserved() {
      it.limited("a", "b-0001", 2, HOUR).submit(2).dispatch().given("a", 1, 2).cancel(1);
      it.toldToCancel("a", 1).endsAfter(minutes(20), "a", Ending.CANCELLED, 1);
      it.endsAfter(minutes(20), "a", Ending.WORKER_LOST, 2);
      it.finished(Ending.CANCELLED, 1).attemptEnded(Ending.WORKER_LOST, 2);

      later(minutes(59), "a").dispatch().given("a", 2).nothingElse();
    }

    @Test
    void aLimitThatIsFarTooGenerous_countsNoMore_onceEnoughOfItsKindEnded() {
      it.limited("a", "b-0001", 20, HOUR).submitLimited(20, minutes(50));
      it.dispatch().given("a", range(1, 20));
      it.endsAfter(minutes(2), "a", Ending.SUCCEEDED, range(1, 19));
      it.finished(Ending.SUCCEEDED, range(1, 19));
      later(minutes(30), "a").submitLimited(1, minutes(50)).dispatch().nothingElse();

      it.endsAfter(minutes(2), "a", Ending.SUCCEEDED, 20).finished(Ending.SUCCEEDED, 20);
      it.dispatch().given("a", 21).nothingElse();
    }

    @Test
    void aTaskThatNeedsMoreThanABlockHas_isBegunInAFreshOne_whateverItsClock() {
      it.submitLimited(1, Duration.ofHours(9)).limited("a", "b-0001", 1, HOUR);
      it.after(minutes(2)).dispatch().given("a", 1).nothingElse();
    }

    @Test
    void alsoAVeryShortBlock_takesATaskWhenItIsFresh() {
      it.submitLimited(1, HOUR).limited("a", "b-0001", 1, Duration.ofSeconds(4));

      it.after(Duration.ofMillis(900)).dispatch().given("a", 1).nothingElse();
    }

    @Test
    void aManagerThatComesBackLate_isNoFreshBlock() {
      it.submitLimited(1, Duration.ofHours(9));
      it.limited("a", "b-0001", 1, 1, minutes(50), minutes(10)).dispatch().nothingElse();
    }

    @Test
    void amongSeveralManagers_theOneWithTimeGetsIt_alsoPacked() {
      for (Placement placement : Placement.values()) {
        InterchangeDriver here =
            new InterchangeDriver(
                InterchangeDriver.settings(placement, failed -> 1, java.util.Optional.empty()));
        here.limited("a", "b-0001", 2, minutes(10)).limited("b", "b-0002", 2, HOUR);
        here.manager("c", 1).after(minutes(1)).submitLimited(3, minutes(20)).dispatch();
        here.counts(0, 3, 0);
        here.submitLimited(2, minutes(20)).dispatch();
        assertThat(here.state.manager(new dev.drover.protocol.ManagerId("a")).orElseThrow().tasks)
            .isEmpty();
        here.counts(2, 3, 0);
      }
    }

    @Test
    void beyondItsSlots_aManagerGetsOnlyWhatCanEndOneAfterTheOther() {
      it.limited("a", "b-0001", 2, 100, Duration.ZERO, HOUR).submitLimited(20, minutes(14));

      it.dispatch().given("a", range(1, 8)).nothingElse();
    }

    @Test
    void afterARegistrationOnceMore_theEarlierEndCounts() {
      it.limited("a", "b-0001", 2, HOUR);
      long clock = 1_000_000 + 5_400_000;
      it.on(
          new dev.drover.interchange.Event.Registered(
              new FromManager.Register(
                  InterchangeDriver.facts(
                      "a",
                      "b-0001",
                      2,
                      clock * 1000,
                      new dev.drover.protocol.BlockTime(clock + 3_600_000, clock + 3_600_000)),
                  dev.drover.task.Payload.of(new byte[16]),
                  2,
                  java.util.List.of(),
                  clock + 1_800_000)));
      it.sessionOpened("a", 0).ready("a");

      it.submitLimited(1, minutes(31)).dispatch().nothingElse();
      it.submitLimited(1, minutes(29)).dispatch().given("a", 2).nothingElse();
    }
  }

  @Nested
  class ShortOfTimeBlocks {
    @Test
    void aBlockThatHasNoTimeForWhatWaits_drains_onceNothingRunsInIt() {
      it.limited("a", "b-0001", 1, HOUR).limited("b", "b-0001", 1, HOUR).submit(2).dispatch();
      it.given("a", 1).given("b", 2);
      later(minutes(40), "a", "b").submitLimited(1, minutes(30)).tick();
      it.told("a", new ToManager.Heartbeat()).told("b", new ToManager.Heartbeat());
      it.endsAfter(minutes(40), "a", Ending.SUCCEEDED, 1).finished(Ending.SUCCEEDED, 1);
      it.dispatch().tick().nothingElse();

      it.endsAfter(minutes(40), "b", Ending.SUCCEEDED, 2).finished(Ending.SUCCEEDED, 2);
      it.dispatch().nothingElse().tick().told("a", DRAIN).told("b", DRAIN).nothingElse();
      it.limited("c", "b-0002", 1, HOUR).dispatch().given("c", 3).nothingElse();
    }

    @Test
    void whileNothingWaits_orWhatWaitsFits_orNoNodeOfItsCouldHoldIt_aBlockStays() {
      it.limited("a", "b-0001", 1, HOUR).manager("big", "b-0002", 8, 0);
      later(minutes(50), "a", "big").tick();
      it.told("a", new ToManager.Heartbeat()).told("big", new ToManager.Heartbeat());
      it.nothingElse();

      it.submit(1, TaskOptions.DEFAULT, InterchangeDriver.FOUR_CORES).dispatch().tick();
      it.nothingElse().submitLimited(1, MINUTE).tick().nothingElse();
      it.dispatch().given("a", 2).nothingElse();
    }

    @Test
    void slotsWithoutTime_areNotCountedForTheirBlock() {
      it.limited("a", "b-0001", 4, HOUR).submit(1).dispatch().given("a", 1);
      assertThat(slots()).isEqualTo(4);

      later(minutes(40), "a").submitLimited(1, minutes(30)).tick();
      assertThat(slots()).isEqualTo(1);

      it.cancel(2).tick();
      assertThat(slots()).isEqualTo(4);
    }

    private int slots() {
      return it.state.blockManagers().get(InterchangeDriver.block(1)).slots();
    }

    @Test
    void explain_saysWhatForALongTaskWaits() {
      it.limited("a", "b-0001", 1, HOUR);
      later(minutes(40), "a").submitLimited(1, minutes(30)).dispatch();

      assertThat(it.state.explain(new TaskId(1)))
          .contains("waits for a block with time for it: it needs 1800 s");
    }
  }

  @Nested
  class Losses {
    private final TaskOptions once = new TaskOptions(0, 0, 0);

    private void submitOnce() {
      it.submit(1, once, ResourceRequest.ONE_SLOT);
    }

    private Effect.AttemptEnded lost() {
      Effect.AttemptEnded lost = it.attemptEnded();
      assertThat(lost.report().outcome().ending()).isEqualTo(Ending.WALLTIME);
      assertThat(lost.report().lostAttempts()).isZero();
      assertThat(lost.cost()).isZero();
      return lost;
    }

    @Test
    void aTaskCutOffByTheEnd_runsAgain_withoutRetriesAndLosses_whereThereIsTwiceTheTime() {
      it.limited("a", "b-0001", 1, HOUR);
      later(minutes(40), "a");
      submitOnce();
      it.dispatch().given("a", 1);
      later(minutes(20), "a").says("a", new FromManager.Draining("its block ends (walltime)"));
      it.endsAfter(minutes(20), "a", Ending.WALLTIME, 1);

      assertThat(lost().report().outcome().message())
          .isEqualTo("lost to the end of block b-0001 (walltime) after 1200 s");
      it.told("a", new ToManager.Heartbeat());
      it.limited("b", "b-0002", 1, 1, minutes(40), minutes(20)).dispatch().nothingElse();
      assertThat(it.state.explain(new TaskId(1)))
          .contains("it needs 2400 s")
          .contains("an attempt was lost to the end of its block (walltime)");
      it.limited("c", "b-0003", 1, HOUR).dispatch().givenAttempt("c", 2, 1).nothingElse();
    }

    @Test
    void aTaskThatHadAWholeBlock_fails_andSaysHowLongItRan_andTheMend() {
      it.limited("a", "b-0001", 1, HOUR);
      submitOnce();
      it.dispatch().given("a", 1);
      later(HOUR, "a").endsAfter(minutes(59), "a", Ending.WALLTIME, 1);

      TaskReport report = it.finished();
      assertThat(report.outcome().ending()).isEqualTo(Ending.WALLTIME);
      assertThat(report.outcome().message())
          .contains("it ran for 3540 s in block b-0001, whose walltime was 3615 s")
          .contains("fix: set a longer provider.walltime");
      it.nothingElse();
    }

    @Test
    void aTaskIsNotCutOffForEver_theThirdTimeItWaitsForAWholeBlock() {
      submitOnce();
      for (int attempt = 1; attempt <= 4; attempt++) {
        String id = "m" + attempt;
        it.limited(id, "b-000" + attempt, 1, HOUR).dispatch().givenAttempt(id, attempt, 1);
        it.endsAfter(minutes(1), id, Ending.WALLTIME, 1);
        if (attempt < 4) {
          lost();
          it.on(new Event.BlockEnded(InterchangeDriver.block(attempt), "over"));
          it.gone(id, false, "over");
        }
        if (attempt == 2) {
          it.limited("x", "b-0009", 1, 1, minutes(40), minutes(20)).dispatch().nothingElse();
          it.leaves("x").gone("x", true, "");
        }
      }
      assertThat(it.finished().outcome().message())
          .contains("the ends of 4 blocks cut it off")
          .contains("fix: ");
      it.nothingElse().counts(0, 0, 1);
    }

    @Test
    void aManagerThatVanishedAtItsEnd_losesItsTasksToTheWalltime() {
      it.limited("a", "b-0001", 1, HOUR);
      later(minutes(30), "a");
      submitOnce();
      it.dispatch().given("a", 1).started("a", 1);
      later(minutes(30).minusSeconds(20), "a").after(Duration.ofSeconds(121)).tick();

      assertThat(lost().report().outcome().message())
          .isEqualTo("lost to the end of block b-0001 (walltime) after 1800 s");
      it.gone("a", false, "no sign of life");
    }

    @Test
    void aManagerThatVanishedBefore_losesThemAsEver() {
      it.limited("a", "b-0001", 1, HOUR);
      submitOnce();
      it.dispatch().given("a", 1);
      later(minutes(59), "a").after(Duration.ofSeconds(121)).tick();

      it.finished(Ending.MANAGER_LOST, 1).gone("a", false, "no sign of life").nothingElse();
    }

    @Test
    void aBlockThatTimedOut_losesItsTasksToTheWalltime_alsoWhenNobodyKnewItsEnd() {
      it.manager("a", "b-0001", 1, 1);
      later(minutes(30), "a");
      submitOnce();
      it.dispatch().given("a", 1).started("a", 1);
      later(minutes(10), "a");
      it.on(new Event.BlockEnded(InterchangeDriver.block(1), "DUE TO TIME LIMIT", true));
      lost();
      it.gone("a", false, "TIME LIMIT").manager("b", "b-0002", 1, 1);
      it.dispatch().givenAttempt("b", 2, 1).started("b", 1);

      later(minutes(40), "b");
      it.on(new Event.BlockEnded(InterchangeDriver.block(2), "DUE TO TIME LIMIT", true));
      assertThat(it.finished().outcome().message()).contains("it ran for 2400 s in block b-0002");
    }

    @Test
    void aTaskThatItsUserCancelled_isCancelled_alsoAtTheEndOfItsBlock() {
      it.limited("a", "b-0001", 1, HOUR).submit(1).dispatch().given("a", 1).cancel(1);
      it.toldToCancel("a", 1).endsAfter(minutes(5), "a", Ending.WALLTIME, 1);

      it.finished(Ending.CANCELLED, 1).nothingElse();
    }
  }
}
