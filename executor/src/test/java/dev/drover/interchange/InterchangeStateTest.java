package dev.drover.interchange;

import static dev.drover.interchange.InterchangeDriver.FOUR_CORES;
import static dev.drover.interchange.InterchangeDriver.range;
import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.protocol.ToManager;
import dev.drover.submit.TaskOptions;
import dev.drover.task.Ending;
import dev.drover.task.ResourceRequest;
import dev.drover.task.TaskId;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.lang.management.MemoryUsage;
import java.time.Duration;
import java.util.Objects;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class InterchangeStateTest {
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
      // An object each would be 16 MB.
      assertThat(usedMemory() - before).isLessThan(4 << 20);

      it.manager("a", 64);
      for (int round = 0; round < 100; round++) {
        long[] ids = range(round * 64L + 1, round * 64L + 64);
        it.dispatch().given("a", ids).succeeds("a", ids).finished(Ending.SUCCEEDED, ids);
        it.nothingElse();
      }
      it.cancel(500_000).finished(Ending.CANCELLED, 500_000).counts(993_599, 0, 6_401);
    }

    /** As the collection left it: other threads of this JVM fill the heap again at once. */
    private long usedMemory() {
      System.gc();
      return ManagementFactory.getMemoryPoolMXBeans().stream()
          .filter(pool -> pool.getType() == MemoryType.HEAP)
          .map(MemoryPoolMXBean::getCollectionUsage)
          .filter(Objects::nonNull)
          .mapToLong(MemoryUsage::getUsed)
          .sum();
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

  @Test
  void demand_countsSlots_asSoonAsANodeIsKnown() {
    it.submit(3, new TaskOptions(0, 0, 0), new ResourceRequest(2, 0, 0, 0, 0)).submit(2);
    assertThat(it.state.demandedSlots()).isEqualTo(5);
    it.manager("a", 4);
    assertThat(it.state.demandedSlots()).isEqualTo(8);
  }
}
