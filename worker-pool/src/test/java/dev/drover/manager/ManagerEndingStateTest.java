package dev.drover.manager;

import static dev.drover.manager.ManagerDriver.function;
import static dev.drover.manager.ManagerDriver.shell;
import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.protocol.FromManager;
import dev.drover.task.Ending;
import dev.drover.task.TaskOutcome;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** Tasks, workers and managers that end otherwise than by being done. */
class ManagerEndingStateTest {
  private static final Duration NO_LIMIT = Duration.ZERO;
  private static final Duration MICRO = Duration.ofNanos(1000);

  private static ManagerDriver manager(int slots) {
    return new ManagerDriver(slots, 0);
  }

  @Nested
  class Cancelling {
    @Test
    void aQueuedTask_endsAtOnce_andLetsTheNextOneStart() {
      ManagerDriver it = manager(2);
      it.commands(1).runs(0, 1).assigned(shell(NO_LIMIT), 2, 2).commands(3).nothingElse();

      it.cancel(2).runs(1, 3).tells(1, Ending.CANCELLED, 2).nothingElse();
    }

    @Test
    void aRunningCommand_isEnded_andToldAsCancelled_howeverItDied() {
      ManagerDriver it = manager(1);
      it.commands(1).runs(0, 1).cancel(1).endsCommand(0, 1, false).cancel(1).nothingElse();

      it.commandEnds(0, 1, Ending.SIGNALLED).tells(1, Ending.CANCELLED, 1).nothingElse();
    }

    @Test
    void aRunningCommandThatSucceedsAllTheSame_hasSucceeded() {
      ManagerDriver it = manager(1);
      it.commands(1).runs(0, 1).cancel(1).endsCommand(0, 1, false);

      it.commandEnds(0, 1, Ending.SUCCEEDED).tells(1, Ending.SUCCEEDED, 1).nothingElse();
    }

    @Test
    void aRunningFunction_endsWithItsWorker_andThoseBehindRunAgain() {
      ManagerDriver it = manager(1).functionsTake(100);
      it.functions(1, 2, 3).runsInWorker(0, 1, 2, 3).cancel(1).killsWorker(0).nothingElse();

      it.workerDies(0).runsInWorker(0, 2, 3).tells(2, Ending.CANCELLED, 1).nothingElse();
    }

    @Test
    void aFunctionBehindAnother_isRecalled_andNeverRuns() {
      ManagerDriver it = manager(1).functionsTake(100);
      it.functions(1, 2, 3).runsInWorker(0, 1, 2, 3).cancel(2).recalls(0).nothingElse();

      it.workerGivesBack(0, 2, 3).runsInWorker(0, 3).tells(2, Ending.CANCELLED, 2).nothingElse();
    }

    @Test
    void aFunctionThatBeganBeforeTheRecallCame_endsWithItsWorker() {
      ManagerDriver it = manager(1).functionsTake(100);
      it.functions(1, 2).runsInWorker(0, 1, 2).cancel(2).recalls(0);

      it.workerEnds(0, 1).workerGivesBack(0).killsWorker(0).nothingElse();
      it.workerDies(0);
      assertThat(it.tells(2))
          .extracting(TaskOutcome::ending)
          .containsExactly(Ending.SUCCEEDED, Ending.CANCELLED);
    }

    @Test
    void aTaskThatBeganInAWorkerThatWasKilledForAnother_isALoss_andNotCancelled() {
      ManagerDriver it = manager(1).functionsTake(100);
      it.functions(1, 2, 3).runsInWorker(0, 1, 2, 3).cancel(1).killsWorker(0);
      it.workerEnds(0, 1).nothingElse(); // faster than the signal: 2 has begun

      it.workerDies(0).runsInWorker(0, 3);
      List<TaskOutcome> outcomes = it.tells(2);
      assertThat(outcomes)
          .extracting(TaskOutcome::ending)
          .containsExactly(Ending.SUCCEEDED, Ending.WORKER_LOST);
      assertThat(outcomes.get(1).message()).contains("task 1");
    }

    @Test
    void aTaskAfterOneThatEndedWhileItsWorkerWasKilled_isNotBlamed() {
      ManagerDriver it = manager(1);
      it.functions(1).runsInWorker(0, 1).cancel(1).killsWorker(0);
      it.workerEnds(0, 1).functions(2).nothingElse();

      it.workerDies(0).runsInWorker(0, 2).workerEnds(0, 2);
      it.tells(1, Ending.SUCCEEDED, 1, 2).nothingElse();
    }

    @Test
    void unknownTasks_changeNothing() {
      manager(1).commands(1).runs(0, 1).cancel(7, 8).flush().nothingElse();
    }
  }

  @Nested
  class Timeouts {
    private static final Duration LIMIT = Duration.ofSeconds(2);

    @Test
    void aCommandBeyondItsLimit_isEnded_once() {
      ManagerDriver it = manager(1);
      it.assigned(shell(LIMIT), 1, 1).runs(0, 1).after(LIMIT.minus(MICRO)).tick().saysStarted(1);
      it.nothingElse().after(MICRO).tick().endsCommand(0, 1, true).nothingElse();
      it.after(LIMIT).tick().nothingElse();

      it.commandEnds(0, 1, Ending.TIMED_OUT).tells(1, Ending.TIMED_OUT, 1).nothingElse();
    }

    @Test
    void aFunctionBeyondItsLimit_endsWithItsWorker_alsoWhereThatIsStillStarting() {
      ManagerDriver it = manager(1);
      it.assigned(function("", LIMIT), 1, 1).runsInWorker(0, 1);
      it.after(LIMIT).tick().killsWorker(0).nothingElse();

      it.workerDies(0);
      List<TaskOutcome> outcomes = it.tells(1);
      assertThat(outcomes).hasSize(1);
      assertThat(outcomes.get(0).ending()).isEqualTo(Ending.TIMED_OUT);
      assertThat(outcomes.get(0).message()).isEqualTo("timed out after 2000 ms");
      it.nothingElse();
    }

    @Test
    void theClock_startsWhenTheTaskStarts_notWhenItCame() {
      ManagerDriver it = manager(1);
      it.commands(1).assigned(shell(LIMIT), 1, 2).runs(0, 1).after(LIMIT).tick().saysStarted(1);
      it.commandEnds(0, 1, Ending.SUCCEEDED).runs(0, 2).after(LIMIT.minus(MICRO)).tick();

      it.saysStarted(2).nothingElse().after(MICRO).tick().endsCommand(0, 2, true).nothingElse();
    }

    @Test
    void aTaskThatSucceedsWhileItIsEnded_hasSucceeded_andItsSlotWaitsForTheWorkersEnd() {
      ManagerDriver it = manager(1);
      it.assigned(function("", LIMIT), 1, 1).runsInWorker(0, 1).functions(2);
      it.after(LIMIT).tick().killsWorker(0).nothingElse();

      it.workerEnds(0, 1).nothingElse();
      it.workerDies(0).runsInWorker(0, 2).nothingElse();
      it.workerEnds(0, 2).tells(1, Ending.SUCCEEDED, 1, 2);
    }

    @Test
    void theLongestTimeouts_areBorne() {
      ManagerDriver it = manager(2);
      it.assigned(shell(Duration.ofMillis(Long.MAX_VALUE)), 1, 1).runs(0, 1);
      it.assigned(shell(Duration.ofSeconds(Long.MAX_VALUE)), 1, 2).runs(1, 2);

      it.after(Duration.ofDays(1)).tick().saysStarted(1, 2).nothingElse();
      assertThat(it.state.untilDue()).isEqualTo(1_000_000);
    }

    @Test
    void untilDue_isTheTimeToTheNextLimit() {
      ManagerDriver it = manager(1);
      assertThat(it.state.untilDue()).isEqualTo(1_000_000);

      it.assigned(shell(Duration.ofMillis(50)), 1, 1).runs(0, 1);
      assertThat(it.state.untilDue()).isEqualTo(50_000);
      it.after(Duration.ofMillis(50)).tick().endsCommand(0, 1, true);
      assertThat(it.state.untilDue()).isEqualTo(1_000_000);
    }
  }

  @Nested
  class WorkerDeaths {
    private final ManagerDriver it = manager(1).functionsTake(100);

    @Test
    void theRunningTask_getsTheDeath_andThoseBehindGoBackInOrder() {
      it.functions(1, 2, 3).runsInWorker(0, 1, 2, 3);

      it.workerDies(0).runsInWorker(0, 2, 3);

      TaskOutcome outcome = it.tells(2).get(0);
      assertThat(outcome.ending()).isEqualTo(Ending.WORKER_LOST);
      assertThat(outcome.signal()).isEqualTo(9);
      assertThat(outcome.message()).isEqualTo("was killed");
      assertThat(outcome.tail()).isEqualTo("tail");
      assertThat(outcome.worker()).isZero();
      it.nothingElse();
    }

    @Test
    void anIdleWorkersDeath_harmsNobody() {
      it.workerDies(0).flush().nothingElse();
      it.functions(1).runsInWorker(0, 1).nothingElse();
    }

    @Test
    void aDeathDuringARecall_answersIt() {
      it.functions(1, 2, 3).runsInWorker(0, 1, 2, 3).cancel(3).recalls(0);

      it.workerDies(0).runsInWorker(0, 2).nothingElse();
      List<TaskOutcome> outcomes = it.tells(2);
      assertThat(outcomes)
          .extracting(TaskOutcome::ending)
          .containsExactly(Ending.WORKER_LOST, Ending.CANCELLED);
      it.after(Duration.ofMillis(100)).tick().saysStarted(2).nothingElse();
    }

    @Test
    void aLargeTasksDeath_freesAllItsSlots() {
      ManagerDriver two = manager(2);
      two.assigned(function("", NO_LIMIT), 2, 1).runsInWorker(0, 1).commands(2, 3);

      two.workerDies(0).runs(0, 2).runs(1, 3).nothingElse();
    }
  }

  @Nested
  class DrainingAndStopping {
    @Test
    void aDrain_givesBackTheQueue_andLeavesWhenAllOutcomesAreAcknowledged() {
      ManagerDriver it = new ManagerDriver(1, 2);
      it.commands(1, 2, 3).runs(0, 1);

      it.drain().says(new FromManager.Draining("drain")).givesBack(0, 2, 3).nothingElse();
      it.drain().flush().nothingElse();
      it.commandEnds(0, 1, Ending.SUCCEEDED).tells(1, Ending.SUCCEEDED, 1).nothingElse();
      it.flush().nothingElse().holds(1);
      it.acknowledge(1).nothingElse().flush().leaves("drain").flush().nothingElse().holds();
    }

    @Test
    void aDrain_recallsWhatWaitsInWorkers_andGivesItBackInOneMessage() {
      ManagerDriver it = manager(1).functionsTake(100);
      it.functions(1, 2, 3).runsInWorker(0, 1, 2, 3);

      it.drain().says(new FromManager.Draining("drain")).recalls(0).nothingElse();
      it.workerGivesBack(0, 2, 3).givesBack(0, 2, 3).nothingElse();
      it.workerEnds(0, 1).tells(2, Ending.SUCCEEDED, 1).acknowledge(2).flush().leaves("drain");
    }

    @Test
    void whatIsAssignedToADrainingManager_isGivenBack() {
      ManagerDriver it = manager(1);
      it.commands(1).runs(0, 1).drain().says(new FromManager.Draining("drain")).nothingElse();

      it.commands(2, 3).givesBack(0, 2, 3).nothingElse().holds(1);
    }

    @Test
    void anIdleManager_leavesAtTheNextFlush() {
      manager(1)
          .drain()
          .says(new FromManager.Draining("drain"))
          .flush()
          .says(new FromManager.Heartbeat(0))
          .leaves("drain")
          .nothingElse();
    }

    private ManagerSettings periods(Duration drainPeriod, Duration tasksEndAfter) {
      return new ManagerSettings(1, 0, drainPeriod, tasksEndAfter);
    }

    @Test
    void theDrainPeriod_startsADrain_whenItIsOver() {
      ManagerDriver it = new ManagerDriver(periods(Duration.ofSeconds(60), Duration.ZERO));
      it.commands(1).runs(0, 1);
      it.after(Duration.ofSeconds(60).minus(MICRO)).tick().saysStarted(1).nothingElse();

      it.after(MICRO).tick().says(new FromManager.Draining("its drain period is over"));
      it.nothingElse().tick().nothingElse();
    }

    @Test
    void aDrainPeriod_isDueInTime() {
      ManagerDriver it = new ManagerDriver(periods(Duration.ofMillis(500), Duration.ZERO));

      assertThat(it.state.untilDue()).isEqualTo(500_000);
    }

    @Test
    void theEndOfTheBlock_endsWhatRuns_givesBackTheRest_andWaitsUntilThatIsHeard() {
      ManagerDriver it =
          new ManagerDriver(new ManagerSettings(2, 1, Duration.ZERO, Duration.ofSeconds(60)));
      it.commands(1).functions(2).commands(3).runs(0, 1).runsInWorker(1, 2);
      it.after(Duration.ofSeconds(60).minus(MICRO)).tick().saysStarted(1, 2).nothingElse();

      it.after(MICRO).tick();
      it.says(new FromManager.Draining("its block ends (walltime)")).givesBack(0, 3);
      it.endsCommand(0, 1, false).killsWorker(1).nothingElse().tick().nothingElse();
      it.commands(4).givesBack(0, 4);
      it.commandEnds(0, 1, Ending.SIGNALLED).workerDies(1);
      List<TaskOutcome> outcomes = it.tells(1);
      assertThat(outcomes).extracting(TaskOutcome::ending).containsOnly(Ending.WALLTIME);
      assertThat(outcomes).allMatch(o -> o.message().contains("walltime"));
      it.flush().nothingElse().acknowledge(1).flush().leaves("its block ends (walltime)");
    }

    @Test
    void aTaskThatEndsWellWhenItIsTold_hasSucceeded_alsoAtTheEndOfTheBlock() {
      ManagerDriver it = new ManagerDriver(periods(Duration.ZERO, Duration.ofSeconds(60)));
      it.commands(1).runs(0, 1).after(Duration.ofSeconds(60)).tick();
      it.saysStarted(1).says(new FromManager.Draining("its block ends (walltime)"));
      it.endsCommand(0, 1, false);

      it.commandEnds(0, 1, Ending.SUCCEEDED).tells(1, Ending.SUCCEEDED, 1);
    }

    @Test
    void aDrainedManager_endsWhatRuns_atTheEndOfItsBlock() {
      ManagerDriver it = new ManagerDriver(periods(Duration.ofSeconds(30), Duration.ofSeconds(60)));
      it.commands(1).runs(0, 1).after(Duration.ofSeconds(30)).tick();
      it.saysStarted(1).says(new FromManager.Draining("its drain period is over"));

      it.after(Duration.ofSeconds(30)).tick().endsCommand(0, 1, false).nothingElse();
      it.commandEnds(0, 1, Ending.FAILED).tells(1, Ending.WALLTIME, 1);
    }

    @Test
    void aStopShortlyBeforeTheEnd_isTheEnd_andAnEarlierOneIsNot() {
      for (int secondsBefore = 3; secondsBefore <= 4; secondsBefore++) {
        ManagerDriver it = new ManagerDriver(periods(Duration.ZERO, Duration.ofSeconds(60)));
        it.commands(1).runs(0, 1).after(Duration.ofSeconds(60 - secondsBefore));

        it.stop().endsCommand(0, 1, false).commandEnds(0, 1, Ending.SIGNALLED);

        it.tells(1, secondsBefore == 3 ? Ending.WALLTIME : Ending.MANAGER_LOST, 1);
      }
    }

    @Test
    void theEndOfTheBlock_isDueInTime() {
      ManagerDriver it = new ManagerDriver(periods(Duration.ZERO, Duration.ofMillis(500)));

      assertThat(it.state.untilDue()).isEqualTo(500_000);
    }

    @Test
    void aStop_givesBackTheQueue_endsWhatRuns_andLeaves() {
      ManagerDriver it = new ManagerDriver(2, 2);
      it.commands(1).functions(2).commands(3).runs(0, 1).runsInWorker(1, 2);

      it.stop().givesBack(0, 3).endsCommand(0, 1, false).killsWorker(1).nothingElse();
      it.stop().flush().nothingElse();
      it.commandEnds(0, 1, Ending.CANCELLED).flush();
      it.says(new FromManager.TasksFinished(1, stopped(it, 1), 0)).nothingElse();
      it.workerDies(1);
      List<TaskOutcome> outcomes = it.tells(2);
      assertThat(outcomes.get(0).ending()).isEqualTo(Ending.MANAGER_LOST);
      assertThat(outcomes.get(0).message()).isEqualTo("the node goes down");
      it.leaves("the node goes down").nothingElse();
    }

    /** The stop is no fault of the task, nor the user's wish: it is a loss, and is tried again. */
    private List<TaskOutcome> stopped(ManagerDriver it, long id) {
      TaskOutcome outcome =
          TaskOutcome.without(
              new dev.drover.task.TaskId(id), 1, Ending.MANAGER_LOST, "the node goes down", 0);
      return List.of(outcome);
    }

    @Test
    void aTermThatTheManagerDidNotSend_isDoubtedForAMoment_andIsTheJobsIfTheManagerIsToldToo() {
      ManagerDriver it = new ManagerDriver(2, 0);
      it.commands(1, 2).runs(0, 1).runs(1, 2);

      it.commandIsTermed(0, 1).flush().holds(1, 2);
      it.after(Duration.ofMillis(1_999)).tick().saysStarted(2).flush().nothingElse();
      it.stop().endsCommand(1, 2, false).tells(1, Ending.MANAGER_LOST, 1);
      it.commandEnds(1, 2, Ending.SIGNALLED).tells(2, Ending.MANAGER_LOST, 2);
      it.leaves("the node goes down").nothingElse();
    }

    @Test
    void aTermThatTheManagerDidNotSend_isTheTasksOwn_ifTheManagerLivesOn() {
      ManagerDriver it = new ManagerDriver(1, 0);
      it.commands(1).runs(0, 1).commandIsTermed(0, 1).flush();
      assertThat(it.state.untilDue()).isLessThanOrEqualTo(2_000_000);

      it.after(Duration.ofSeconds(2)).tick().tells(1, Ending.SIGNALLED, 1);
    }

    @Test
    void aWorkerJvmThatATermEnded_exits_andIsDoubtedTheSame_alsoBeforeItCameUp() {
      for (Ending ending : List.of(Ending.THREW, Ending.NOT_STARTED)) {
        ManagerDriver it = new ManagerDriver(2, 0);
        it.functions(1, 2).runsInWorker(0, 1).runsInWorker(1, 2);

        it.workerExits(0, ending, 143).flush().nothingElse().holds(1, 2);
        it.stop().killsWorker(1).tells(1, Ending.MANAGER_LOST, 1);
        it.workerExits(1, ending, 143).tells(2, Ending.MANAGER_LOST, 2);
        it.leaves("the node goes down").nothingElse();
      }
    }

    @Test
    void anExitOfAWorkerJvm_isTheTasksOwn_ifTheManagerLivesOn_andAtOnceWithAnotherCode() {
      ManagerDriver it = manager(1);
      it.functions(1).runsInWorker(0, 1).workerExits(0, Ending.THREW, 143).flush().nothingElse();
      it.after(Duration.ofSeconds(2)).tick().tells(1, Ending.THREW, 1);

      it.functions(2).runsInWorker(0, 2).workerExits(0, Ending.THREW, 1).tells(2, Ending.THREW, 2);
    }

    @Test
    void aTaskThatTheUserCancelled_isCancelled_alsoByAStop() {
      ManagerDriver it = manager(1);
      it.commands(1).runs(0, 1).cancel(1).endsCommand(0, 1, false).stop().nothingElse();

      it.commandEnds(0, 1, Ending.SIGNALLED).tells(1, Ending.CANCELLED, 1);
      it.leaves("the node goes down").nothingElse();
    }

    @Test
    void aStop_doesNotStartAnything() {
      ManagerDriver it = manager(1).functionsTake(100);
      it.functions(1, 2, 3).runsInWorker(0, 1, 2, 3).stop().killsWorker(0).nothingElse();

      it.workerDies(0).givesBack(0, 2, 3).tells(2, Ending.MANAGER_LOST, 1);
      it.leaves("the node goes down").commands(9).givesBack(0, 9).nothingElse();
    }
  }
}
