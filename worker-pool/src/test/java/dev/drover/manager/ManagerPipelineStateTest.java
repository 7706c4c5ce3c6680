package dev.drover.manager;

import static dev.drover.manager.ManagerDriver.function;
import static dev.drover.manager.ManagerDriver.inManager;
import static dev.drover.manager.ManagerDriver.shell;
import static dev.drover.manager.ManagerDriver.task;
import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.protocol.FromManager;
import dev.drover.task.Ending;
import dev.drover.task.ResourceRequest;
import dev.drover.task.TaskOutcome;
import dev.drover.task.TaskSpec;
import dev.drover.task.TaskWork;
import java.time.Duration;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** Tasks that follow one another without a round through the manager, and how they are had back. */
class ManagerPipelineStateTest {
  private static final Duration NO_LIMIT = Duration.ZERO;

  private static ManagerDriver manager(int slots) {
    return new ManagerDriver(slots, 0);
  }

  private static long[] range(long from, long to) {
    return LongStream.rangeClosed(from, to).toArray();
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
}
