package dev.drover.manager;

import static dev.drover.manager.ManagerDriver.AUTO;
import static dev.drover.manager.ManagerDriver.function;
import static dev.drover.manager.ManagerDriver.inManager;
import static dev.drover.manager.ManagerDriver.shell;
import static dev.drover.manager.ManagerDriver.task;
import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.protocol.FromManager;
import dev.drover.task.Ending;
import dev.drover.task.ResourceRequest;
import dev.drover.task.TaskAssignment;
import dev.drover.task.TaskOutcome;
import dev.drover.task.TaskSpec;
import dev.drover.task.TaskWork;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class ManagerStateTest {
  private static final Duration NO_LIMIT = Duration.ZERO;
  private static final Duration MICRO = Duration.ofNanos(1000);

  private static ManagerDriver manager(int slots) {
    return new ManagerDriver(slots, 0);
  }

  private static long[] range(long from, long to) {
    return LongStream.rangeClosed(from, to).toArray();
  }

  @Nested
  class Starting {
    @Test
    void tasksStartOnIdleSlots_andTheRestWaits() {
      ManagerDriver it = manager(2);
      it.commands(1, 2, 3).runs(0, 1).runs(1, 2).nothingElse().holds(1, 2, 3);

      it.commandEnds(1, 2, Ending.SUCCEEDED).runs(1, 3).nothingElse();
      it.tells(1, Ending.SUCCEEDED, 2).nothingElse().holds(1, 2, 3);
      it.acknowledge(1).holds(1, 3);
    }

    @Test
    void aTaskOfSeveralSlots_takesThoseNearestToOneAnother_andNamesThem() {
      ManagerDriver it = manager(6);
      it.commands(1, 2, 3).runs(0, 1).runs(1, 2).runs(2, 3).after(Duration.ofSeconds(1));
      it.commandEnds(0, 1, Ending.SUCCEEDED).tells(1, Ending.SUCCEEDED, 1);

      // 0, 3, 4 and 5 are idle.
      it.assigned(shell(NO_LIMIT), 2, 4).runsWith(4, List.of(5), 4).nothingElse();
      it.assigned(function("", NO_LIMIT), 2, 5).runsWith(0, List.of(3), 5).nothingElse();
      it.commands(6).nothingElse();
      it.commandEnds(4, 4, Ending.SUCCEEDED).runsWith(4, List.of(), 6).nothingElse();
    }

    @Test
    void functions_goToTheSlotsWorker_commandsAndThreadIsolatedOnesToItsThread() {
      ManagerDriver it = manager(3);

      it.functions(1).runsInWorker(0, 1).commands(2).runs(1, 2);
      it.assigned(inManager(), 1, 3).runs(2, 3).nothingElse();
    }

    @Test
    void aTaskOfSeveralSlots_waitsForThemAll_andGivesBackItsOwn() {
      ManagerDriver it = manager(4);
      it.commands(1).runs(0, 1);
      it.assigned(shell(NO_LIMIT), 2, 2, 3).runs(2, 2).nothingElse();
      it.commands(4).nothingElse(); // slot 1 is idle, but 3 came before

      it.commandEnds(0, 1, Ending.SUCCEEDED).runs(0, 3).nothingElse();
      it.commandEnds(0, 3, Ending.SUCCEEDED).runs(0, 4).nothingElse();
    }

    @Test
    void theSlotsOfOneLargeTask_areNotFreedByTheEndOfAnother() {
      ManagerDriver it = manager(4);
      it.assigned(shell(NO_LIMIT), 2, 1, 2).runs(0, 1).runs(2, 2).nothingElse();

      it.commandEnds(2, 2, Ending.SUCCEEDED).commands(3, 4).runs(2, 3).runs(3, 4).nothingElse();
      it.commandEnds(0, 1, Ending.SUCCEEDED).commands(5, 6).runs(0, 5).runs(1, 6).nothingElse();
    }

    @Test
    void aTaskOfMoreSlotsThanThereAre_takesAll() {
      ManagerDriver it = manager(2);
      it.assigned(shell(NO_LIMIT), 9, 1).runs(0, 1).commands(2).nothingElse();

      it.commandEnds(0, 1, Ending.FAILED).runs(0, 2).nothingElse();
    }
  }

  @Nested
  class Pipelining {
    @Test
    void untilRunTimesAreKnown_aWorkerGetsOneTaskAtATime() {
      manager(1).functions(1, 2, 3).runsInWorker(0, 1).nothingElse();
    }

    @Test
    void shortTasks_followOneAnotherInsideTheWorker_inOneMessage() {
      ManagerDriver it = manager(1).functionsTake(100);

      it.functions(range(1, 20)).runsInWorker(0, range(1, 10)).nothingElse();
      it.afterMicros(400).workerEnds(0, 1, 2, 3, 4).nothingElse();
      it.afterMicros(100).workerEnds(0, 5).runsInWorker(0, 11, 12, 13, 14, 15).nothingElse();
    }

    @Test
    void aShortQueue_isSharedEvenly_soThatEachSlotHasWork() {
      ManagerDriver it = manager(4).functionsTake(50);

      it.functions(range(1, 8));
      it.runsInWorker(0, 1, 2).runsInWorker(1, 3, 4).runsInWorker(2, 5, 6).runsInWorker(3, 7, 8);
      it.nothingElse();
    }

    @Test
    void longTasks_areNotPipelined() {
      ManagerDriver it = manager(1).functionsTake(2_000);

      it.functions(1, 2).runsInWorker(0, 1).nothingElse();
    }

    @Test
    void tasksWithATimeLimit_runAlone() {
      ManagerDriver it = manager(1).functionsTake(100);

      it.assigned(function("", Duration.ofSeconds(1)), 1, 1, 2).runsInWorker(0, 1).nothingElse();
      it.workerEnds(0, 1).runsInWorker(0, 2).functions(3).nothingElse();
      it.workerEnds(0, 2).runsInWorker(0, 3).nothingElse();
    }

    @Test
    void tasksOfAnotherClasspath_waitForTheirOwnTurn() {
      ManagerDriver it = manager(1).functionsTake(100);

      it.assigned(
              List.of(
                  task(1, function("a", NO_LIMIT), 1),
                  task(2, function("a", NO_LIMIT), 1),
                  task(3, function("b", NO_LIMIT), 1),
                  task(4, function("a", NO_LIMIT), 1)))
          .runsInWorker(0, 1, 2)
          .nothingElse();
      it.workerEnds(0, 1, 2).runsInWorker(0, 3).nothingElse();
    }

    @Test
    void largeTasks_areNotPipelined_norFunctionsInTheManager() {
      ManagerDriver it = manager(2).functionsTake(100);

      it.functions(1).runsInWorker(0, 1).assigned(inManager(), 1, 2, 3).runs(1, 2).nothingElse();
      it.commandEnds(1, 2, Ending.SUCCEEDED).runs(1, 3).commandEnds(1, 3, Ending.SUCCEEDED);
      it.commands(4).runs(1, 4).assigned(shell(NO_LIMIT), 2, 5).commands(6).nothingElse();
    }

    @Test
    void commands_followOneAnotherOnTheirSlot_andAreFedAgainAtHalf() {
      ManagerDriver it = manager(1).functionsTake(2_000);

      it.commands(range(1, 20)).runs(0, 1).follow(0, range(2, 10)).nothingElse();
      it.afterMicros(4_000).commandsEnd(0, 1, 2, 3, 4).nothingElse();
      it.afterMicros(1_000).commandsEnd(0, 5).follow(0, 11, 12, 13, 14, 15).nothingElse();
      it.holds(range(1, 20));
    }

    @Test
    void commandsWithATimeLimit_followToo_butNoneThatAsksForSomethingElse() {
      ManagerDriver it = manager(1).functionsTake(2_000);
      ResourceRequest twoCores = new ResourceRequest(2, 0, 0, 0, 0);
      TaskSpec other = new TaskSpec("", TaskWork.Shell.line("x"), twoCores, NO_LIMIT);

      it.assigned(
              List.of(
                  task(1, shell(Duration.ofSeconds(1)), 1),
                  task(2, shell(Duration.ofSeconds(2)), 1),
                  task(3, other, 1),
                  task(4, other, 1)))
          .runs(0, 1)
          .follow(0, 2)
          .nothingElse();
      it.commandsEnd(0, 1, 2).runs(0, 3).follow(0, 4).nothingElse();
    }

    @Test
    void commandsOfHalfTheTimeThatAThreadHolds_comeOneByOne() {
      manager(1).functionsTake(11_000).commands(1, 2).runs(0, 1).nothingElse();
    }

    @Test
    void nothingFollowsATaskThatIsKnownToBeLong() {
      ManagerDriver it = manager(2).functionsTake(2_000);
      it.commands(1).runs(0, 1).after(Duration.ofMillis(100)).tick().saysStarted(1);
      for (long id = 2; id < 100; id++) { // all that are short
        it.commands(id).runs(1, id).commandEnds(1, id, Ending.SUCCEEDED);
      }

      it.commands(range(100, 103)).runs(1, 100).follow(1, 101, 102, 103).nothingElse();
    }

    @Test
    void whileCommandsFollowOneAnother_theThreadsAreLookedAfterEveryFewMilliseconds() {
      ManagerDriver it = manager(1).functionsTake(2_000);

      it.commands(1).runs(0, 1);
      assertThat(it.state.untilDue()).isEqualTo(100_000);
      it.commands(2).follow(0, 2);
      assertThat(it.state.untilDue()).isEqualTo(5_000);
    }
  }

  @Nested
  class Recalling {
    private final ManagerDriver it = manager(2).functionsTake(100);

    @Test
    void whatWaitsBehindALongTask_isRecalled_andRunsElsewhere() {
      it.functions(1, 2, 3, 4).runsInWorker(0, 1, 2).runsInWorker(1, 3, 4).nothingElse();
      it.workerEnds(1, 3, 4).nothingElse();

      it.after(Duration.ofMillis(100)).tick().recalls(0).saysStarted(1).tick().nothingElse();
      it.workerGivesBack(0, 2).runsInWorker(1, 2).nothingElse();
      it.tells(2, Ending.SUCCEEDED, 3, 4);
    }

    @Test
    void whatComesBack_keepsItsOrder_beforeWhatCameLater() {
      ManagerDriver one = manager(1).functionsTake(100);
      one.functions(range(1, 4)).runsInWorker(0, 1, 2, 3, 4);
      one.after(Duration.ofMillis(100)).tick().recalls(0).saysStarted(1).functions(5);
      one.workerGivesBack(0, 2, 3, 4).nothingElse();

      one.workerEnds(0, 1).runsInWorker(0, 2).nothingElse();
      one.workerEnds(0, 2).runsInWorker(0, 3).nothingElse();
    }

    @Test
    void aTaskThatBeganBeforeTheRecallCame_staysThere() {
      it.functions(1, 2, 3, 4).runsInWorker(0, 1, 2).runsInWorker(1, 3, 4);
      it.after(Duration.ofMillis(100)).tick().recalls(0).recalls(1).saysStarted(1, 3);

      it.workerEnds(0, 1).workerGivesBack(0).nothingElse();
      it.workerEnds(0, 2).nothingElse();
      it.tells(2, Ending.SUCCEEDED, 1, 2).nothingElse();
    }

    @Test
    void anAnswerThatComesLate_harmsNobody() {
      it.functions(1, 2).runsInWorker(0, 1).runsInWorker(1, 2);
      it.workerGivesBack(0, 7).workerGivesBack(1).nothingElse();
      it.workerEnds(0, 1).workerEnds(0, 1).nothingElse().tells(2, Ending.SUCCEEDED, 1);
    }

    @Test
    void aRecalledTaskThatEndedAllTheSame_isToldOnce() {
      it.functions(1, 2, 3, 4).runsInWorker(0, 1, 2).runsInWorker(1, 3, 4);
      it.after(Duration.ofMillis(100)).tick().recalls(0).recalls(1).saysStarted(1, 3);
      it.workerGivesBack(0, 2).nothingElse();

      it.workerEnds(0, 2).nothingElse();
      it.workerEnds(0, 1).runsInWorker(0, 2).workerEnds(0, 2).nothingElse();
      it.tells(2, Ending.SUCCEEDED, 1, 2);
    }
  }

  @Nested
  class RecallingCommands {
    private final ManagerDriver it = manager(2).functionsTake(2_000);

    private void fourOnTwoSlots() {
      it.commands(1, 2, 3, 4).runs(0, 1).runs(1, 2).follow(0, 3).follow(1, 4).nothingElse();
    }

    @Test
    void whatWaitsBehindALongCommand_isRecalled_andRunsElsewhere() {
      fourOnTwoSlots();
      it.commandsEnd(1, 2, 4).nothingElse();

      it.after(Duration.ofMillis(100)).tick().recallsCommands(0).saysStarted(1).nothingElse();
      it.threadGivesBack(0, 3).runs(1, 3).nothingElse();
    }

    @Test
    void aWaitingCommandThatIsCancelled_neverRuns() {
      fourOnTwoSlots();

      it.cancel(3).recallsCommands(0).threadGivesBack(0, 3).nothingElse();
      it.tells(2, Ending.CANCELLED, 3).nothingElse().holds(1, 2, 3, 4);
    }

    @Test
    void aCancelledCommandThatBeganBeforeTheRecall_isEnded_onceThatIsKnown() {
      fourOnTwoSlots();

      it.cancel(3).recallsCommands(0).threadGivesBack(0).nothingElse(); // 1 has ended, untold
      it.commandsEnd(0, 1).endsCommand(0, 3, false).nothingElse();
      it.commandEnds(0, 3, Ending.SIGNALLED);
      assertThat(it.tells(2))
          .extracting(TaskOutcome::ending)
          .containsExactly(Ending.SUCCEEDED, Ending.CANCELLED);
    }

    @Test
    void theEndOfARunningCommand_harmsNoneBehindIt() {
      fourOnTwoSlots();

      it.cancel(1).recallsCommands(0).endsCommand(0, 1, false);
      it.threadGivesBack(0, 3).follow(1, 3).nothingElse();
      it.commandEnds(0, 1, Ending.SIGNALLED).tells(2, Ending.CANCELLED, 1).nothingElse();
    }

    @Test
    void aTimeout_countsFromTheEndOfTheOneBefore_andMeansNoOtherTask() {
      ManagerDriver one = manager(1).functionsTake(2_000);
      one.assigned(shell(Duration.ofMillis(50)), 1, 1, 2).runs(0, 1).follow(0, 2);
      one.after(Duration.ofMillis(30)).commandsEnd(0, 1).after(Duration.ofMillis(49)).tick();
      one.nothingElse().after(Duration.ofMillis(1)).tick().endsCommand(0, 2, true).nothingElse();
    }

    @Test
    void aStop_endsWhatRuns_alsoWhatBeganUntold_andGivesBackTheRest() {
      ManagerDriver one = manager(1).functionsTake(2_000);
      one.commands(1, 2, 3).runs(0, 1).follow(0, 2, 3).stop();

      one.recallsCommands(0).endsCommand(0, 1, false).nothingElse();
      one.threadGivesBack(0, 3).givesBack(0, 3).nothingElse(); // 1 has ended, untold; 2 runs
      one.commandsEnd(0, 1).endsCommand(0, 2, false).nothingElse();
      one.commandEnds(0, 2, Ending.SIGNALLED);
      assertThat(one.tells(2))
          .extracting(TaskOutcome::ending)
          .containsExactly(Ending.SUCCEEDED, Ending.MANAGER_LOST);
      one.leaves("the node goes down").nothingElse();
    }

    @Test
    void aDrain_givesBackWhatHasNotBegun() {
      fourOnTwoSlots();

      it.drain().says(new FromManager.Draining("drain"));
      it.recallsCommands(0).recallsCommands(1).nothingElse();
      it.threadGivesBack(0, 3).givesBack(0, 3).threadGivesBack(1, 4).givesBack(0, 4);
      it.nothingElse().holds(1, 2);
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

  @Nested
  class Prefetching {
    @Test
    void aFixedPrefetch_isWantedBeyondTheSlots() {
      assertThat(new ManagerDriver(3, 4).state.capacity()).isEqualTo(7);
    }

    @Test
    void autoPrefetch_growsWithShortTasks_andShrinksWithLongOnes_andIsTold() {
      ManagerDriver it = new ManagerDriver(1, AUTO);
      assertThat(it.state.capacity()).isEqualTo(1);

      it.commands(1).runs(0, 1).afterMicros(1_000).commandEnds(0, 1, Ending.SUCCEEDED).flush();
      assertThat(it.state.capacity()).isEqualTo(101);
      it.says(finished(it, 1, 1, 101)).nothingElse();

      it.commands(2, 3).runs(0, 2).follow(0, 3).after(Duration.ofMillis(101)).tick();
      it.recallsCommands(0).saysStarted(2).threadGivesBack(0, 3).flush();
      it.says(new FromManager.Heartbeat(1)).nothingElse().flush().nothingElse();
    }

    private FromManager finished(ManagerDriver it, long batch, long id, int capacity) {
      List<TaskOutcome> outcomes = it.state.unacknowledged().get(0).outcomes();
      assertThat(outcomes).extracting(o -> o.id().value()).containsExactly(id);
      return new FromManager.TasksFinished(batch, outcomes, capacity);
    }

    @Test
    void whatWaitedTooLong_isGivenBack() {
      ManagerDriver it = new ManagerDriver(1, AUTO);
      it.commands(1).runs(0, 1).afterMicros(1_000).commandEnds(0, 1, Ending.SUCCEEDED).flush();
      it.says(finished(it, 1, 1, 101));
      it.commands(range(2, 10)).runs(0, 2).follow(0, range(3, 10));
      it.after(Duration.ofMillis(500)).tick().recallsCommands(0).saysStarted(2).nothingElse();
      it.threadGivesBack(0, range(3, 10)).nothingElse();

      it.after(MICRO).tick().givesBack(1, range(3, 10)).nothingElse().holds(1, 2);
    }

    @Test
    void aFixedPrefetch_isKept_howeverLongItWaits() {
      ManagerDriver it = new ManagerDriver(1, 2);
      it.commands(1, 2, 3).runs(0, 1).after(Duration.ofHours(1)).tick().saysStarted(1);
      it.tick().nothingElse().holds(1, 2, 3);
    }

    @Test
    void shortTasks_areNeverSaidToHaveStarted() {
      ManagerDriver it = manager(1);
      it.commands(1).runs(0, 1).after(Duration.ofMillis(100).minus(MICRO)).tick().nothingElse();
      it.after(MICRO).tick().saysStarted(1).tick().nothingElse();
    }
  }

  @Nested
  class Telling {
    @Test
    void outcomesOfOneRound_leaveInOneBatch_countedUp() {
      ManagerDriver it = manager(3);
      it.commands(1, 2, 3).runs(0, 1).runs(1, 2).runs(2, 3);
      it.commandEnds(2, 3, Ending.FAILED).commandEnds(0, 1, Ending.FAILED);
      it.tells(1, Ending.FAILED, 3, 1).nothingElse();
      it.commandEnds(1, 2, Ending.SUCCEEDED).tells(2, Ending.SUCCEEDED, 2).nothingElse();

      assertThat(batches(it)).containsExactly(1L, 2L);
      it.acknowledge(1).holds(2);
      assertThat(batches(it)).containsExactly(2L);
      it.acknowledge(0).acknowledge(1).holds(2).acknowledge(99).holds();
      assertThat(batches(it)).isEmpty();
    }

    private List<Long> batches(ManagerDriver it) {
      return it.state.unacknowledged().stream().map(FromManager.TasksFinished::batch).toList();
    }

    @Test
    void held_namesWhatWaitsRunsAndHasEnded_eachOnce() {
      ManagerDriver it = manager(1).functionsTake(100);
      it.functions(range(1, 11)).runsInWorker(0, range(1, 10));
      it.workerEnds(0, 1).tells(2, Ending.SUCCEEDED, 1).workerEnds(0, 2).nothingElse();

      it.holds(range(1, 11));
    }

    @Test
    void whileThereIsWorkInHand_outcomesGatherForAMoment() {
      ManagerDriver it = manager(1);
      it.assigned(inManager(), 1, range(1, 9)).runs(0, 1).commandEnds(0, 1, Ending.SUCCEEDED);
      it.runs(0, 2).flush().nothingElse();

      it.commandEnds(0, 2, Ending.SUCCEEDED).runs(0, 3).after(Duration.ofMillis(10));
      it.tells(1, Ending.SUCCEEDED, 1, 2).nothingElse();
    }

    @Test
    void eventsThatComeTwice_changeNothing() {
      ManagerDriver it = manager(2);
      it.commands(1).runs(0, 1).commandEnds(0, 1, Ending.SUCCEEDED);
      it.commandEnds(0, 1, Ending.SUCCEEDED).commandEnds(1, 1, Ending.FAILED).nothingElse();
      it.tells(1, Ending.SUCCEEDED, 1).commands(2).runs(0, 2);

      it.commandEnds(0, 1, Ending.FAILED).nothingElse().flush().nothingElse().holds(1, 2);
    }

    @Test
    void aFlushWithNothingNew_saysNothing() {
      manager(1).flush().flush().nothingElse();
    }
  }

  @Test
  void manyTasks_allEnd_inTheOrderOfTheirComing_onOneSlot() {
    ManagerDriver it = manager(1);
    List<TaskAssignment> tasks = new ArrayList<>();
    for (long id = 1; id <= 1_000; id++) {
      tasks.add(task(id, shell(NO_LIMIT), 1));
    }
    it.assigned(tasks).runs(0, 1);
    for (long id = 1; id < 1_000; id++) {
      it.after(Duration.ofMillis(20)).commandEnds(0, id, Ending.SUCCEEDED).runs(0, id + 1);
    }
    it.nothingElse();
  }
}
