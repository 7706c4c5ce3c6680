package dev.drover.manager;

import static dev.drover.manager.ManagerDriver.AUTO;
import static dev.drover.manager.ManagerDriver.function;
import static dev.drover.manager.ManagerDriver.inManager;
import static dev.drover.manager.ManagerDriver.shell;
import static dev.drover.manager.ManagerDriver.task;
import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.protocol.FromManager;
import dev.drover.task.Ending;
import dev.drover.task.TaskAssignment;
import dev.drover.task.TaskOutcome;
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
