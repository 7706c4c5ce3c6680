package dev.drover.mpi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.drover.task.TaskId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What goes where, by example; Parsl's MPI scheduler's measured defects among them. */
class NodePackerTest {
  private static final long FOREVER = Long.MAX_VALUE;
  private static final Duration NO_LIMIT = Duration.ZERO;

  private final NodePacker packer = new NodePacker(PackerSettings.DEFAULT);
  private long now;

  private static List<BlockNode> nodes(int count, int slots) {
    return IntStream.range(0, count).mapToObj(i -> new BlockNode("n" + i, slots)).toList();
  }

  private static TaskId id(long value) {
    return new TaskId(value);
  }

  private void submit(long task, NodeRequest request, Duration limit) {
    packer.submit(id(task), request, limit, now);
  }

  private void submitNodes(long task, int nodes) {
    submit(task, NodeRequest.wholeNodes(nodes), NO_LIMIT);
  }

  private List<Long> place() {
    return packer.place(now).stream().map(placement -> placement.task().value()).toList();
  }

  private void after(int seconds) {
    now += seconds * 1_000_000L;
  }

  private static Duration seconds(long seconds) {
    return Duration.ofSeconds(seconds);
  }

  // Parsl, section by section.

  @Test
  void aTaskOfTwoOfEightNodes_leavesSix_andGivesThemBack() {
    packer.addBlock("b", nodes(8, 1), FOREVER);
    for (int wanted = 1; wanted <= 8; wanted++) {
      submitNodes(wanted, wanted);
      assertThat(place()).containsExactly((long) wanted);
      assertThat(packer.freeSlots("b")).isEqualTo(8 - wanted);
      assertThat(packer.finished(id(wanted))).isTrue();
      assertThat(packer.freeSlots("b")).isEqualTo(8);
    }
  }

  @Test
  void threeTasksOfAllNodes_runOneAfterTheOther() {
    // Parsl recurses without end on the first result, and loses the third.
    packer.addBlock("b", nodes(8, 1), FOREVER);
    submitNodes(1, 8);
    submitNodes(2, 8);
    submitNodes(3, 8);
    assertThat(place()).containsExactly(1L);
    assertThat(place()).isEmpty();
    packer.finished(id(1));
    assertThat(place()).containsExactly(2L);
    packer.finished(id(2));
    assertThat(place()).containsExactly(3L);
    packer.finished(id(3));
    assertThat(packer.waiting() + packer.running()).isZero();
    assertThat(packer.freeSlots("b")).isEqualTo(8);
  }

  @Test
  void eightEightTwoFour_onEightNodes_loseNone() {
    // Parsl places 2 and 4, and drops the second 8.
    packer.addBlock("b", nodes(8, 1), FOREVER);
    submitNodes(1, 8);
    submitNodes(2, 8);
    submitNodes(3, 2);
    submitNodes(4, 4);
    List<Long> order = new ArrayList<>(place());
    for (int i = 0; i < 4; i++) {
      order.forEach(task -> packer.finished(id(task)));
      order.addAll(place());
    }
    assertThat(order).containsExactly(1L, 2L, 4L, 3L);
  }

  @Test
  void nineOfEightNodes_areRefusedAtOnce_whereTheBlocksAreKnown() {
    NodePacker known = new NodePacker(new PackerSettings(Duration.ZERO, Duration.ZERO, 8, 4));
    assertThatThrownBy(() -> known.submit(id(1), NodeRequest.wholeNodes(9), NO_LIMIT, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("a task asks for 9 nodes, and the largest block has 8 nodes");
    assertThatThrownBy(() -> known.submit(id(1), NodeRequest.slots(5), NO_LIMIT, 0))
        .hasMessage("a task asks for 5 slots, and a node has 4 slots");
    assertThat(known.waiting()).isZero();
  }

  @Test
  void nineOfEightNodes_harmNobody_andSayWhatTheyWaitFor() {
    // In Parsl one such task poisons the others.
    packer.addBlock("b", nodes(8, 1), FOREVER);
    submitNodes(1, 9);
    submitNodes(2, 8);
    submitNodes(3, 8);
    assertThat(place()).containsExactly(2L);
    packer.finished(id(2));
    assertThat(place()).containsExactly(3L);
    assertThat(packer.explain(id(1), now))
        .isEqualTo(
            "task 1 waits for 9 nodes: the best block has 8 such nodes in order; it needs a larger block");
    packer.addBlock("c", nodes(9, 1), FOREVER);
    assertThat(place()).containsExactly(1L);
  }

  @Test
  void aTaskThatTookNoNodes_givesNoneBack() {
    packer.addBlock("b", nodes(2, 1), FOREVER);
    assertThat(packer.finished(id(7))).isFalse();
    submitNodes(1, 2);
    assertThat(packer.finished(id(1))).as("it waits").isFalse();
    assertThat(place()).containsExactly(1L);
    assertThat(packer.finished(id(1))).isTrue();
    assertThat(packer.finished(id(1))).as("told twice").isFalse();
    assertThat(packer.freeSlots("b")).isEqualTo(2);
  }

  // Shapes beside one another.

  @Test
  void slotsPartsAndNodes_shareABlock_withDisjointSlots() {
    packer.addBlock("b", nodes(3, 4), FOREVER);
    submitNodes(1, 2);
    submit(2, NodeRequest.slots(2), NO_LIMIT);
    submit(3, NodeRequest.ONE_SLOT, NO_LIMIT);
    submit(4, NodeRequest.ONE_SLOT, NO_LIMIT);
    submit(5, NodeRequest.ONE_SLOT, NO_LIMIT);
    assertThat(packer.place(now))
        .extracting(placement -> placement.task().value() + ":" + placement.shares())
        .containsExactly(
            "1:[NodeShare[node=n0, slots=[0, 1, 2, 3]], NodeShare[node=n1, slots=[0, 1, 2, 3]]]",
            "2:[NodeShare[node=n2, slots=[0, 1]]]",
            "3:[NodeShare[node=n2, slots=[2]]]",
            "4:[NodeShare[node=n2, slots=[3]]]");
    packer.finished(id(2));
    assertThat(packer.place(now))
        .singleElement()
        .satisfies(p -> assertThat(p.shares()).hasToString("[NodeShare[node=n2, slots=[0]]]"));
  }

  @Test
  void aPartOfTwoNodes_getsAsManySlotsOnEach() {
    packer.addBlock("b", nodes(2, 4), FOREVER);
    submit(1, new NodeRequest(2, 3), NO_LIMIT);
    submit(2, new NodeRequest(2, 1), NO_LIMIT);
    submit(3, NodeRequest.ONE_SLOT, NO_LIMIT);
    assertThat(place()).containsExactly(1L, 2L);
    assertThat(packer.freeSlots("b")).isZero();
  }

  @Test
  void smallTasks_fillBegunNodes_soThatWholeNodesStayWhole() {
    packer.addBlock("b", nodes(4, 4), FOREVER);
    for (int task = 1; task <= 4; task++) {
      submit(task, NodeRequest.ONE_SLOT, NO_LIMIT);
    }
    place();
    submitNodes(5, 3);
    assertThat(place()).containsExactly(5L);
  }

  @Test
  void nodesOfDifferentSizes_holdWhatTheyCan() {
    packer.addBlock("b", List.of(new BlockNode("small", 2), new BlockNode("big", 8)), FOREVER);
    submitNodes(1, 1);
    submit(2, NodeRequest.slots(4), NO_LIMIT);
    assertThat(packer.place(now))
        .extracting(NodePlacement::nodes)
        .containsExactly(List.of("small"), List.of("big"));
    submit(3, NodeRequest.slots(9), NO_LIMIT);
    assertThat(packer.explain(id(3), now)).contains("0 such nodes", "larger block");
  }

  // Order.

  @Test
  void largerTasksGoFirst_untilSmallerOnesHaveAged() {
    NodePacker ageing =
        new NodePacker(new PackerSettings(Duration.ofSeconds(60), Duration.ZERO, 8, 1));
    ageing.addBlock("b", nodes(8, 1), FOREVER);
    ageing.submit(id(1), NodeRequest.wholeNodes(8), NO_LIMIT, 0);
    ageing.place(0);
    ageing.submit(id(2), NodeRequest.wholeNodes(1), NO_LIMIT, 0);
    // Worth 180 s beside one node: this one comes too late, the next one does not.
    ageing.submit(id(3), NodeRequest.wholeNodes(8), NO_LIMIT, 181_000_000);
    ageing.submit(id(4), NodeRequest.wholeNodes(8), NO_LIMIT, 179_000_000);
    List<Long> order = new ArrayList<>();
    for (long task : new long[] {1, 4, 2, 3}) {
      assertThat(ageing.finished(id(task))).isTrue();
      ageing.place(200_000_000).forEach(placement -> order.add(placement.task().value()));
    }
    assertThat(order).containsExactly(4L, 2L, 3L);
  }

  @Test
  void aTaskThatRunsAgain_hasItsOldPlace() {
    packer.addBlock("b", nodes(1, 1), FOREVER);
    submitNodes(9, 1);
    place();
    after(1);
    submitNodes(1, 1);
    after(1);
    submitNodes(2, 1);
    packer.finished(id(9));
    packer.submit(id(9), NodeRequest.wholeNodes(1), NO_LIMIT, 0);
    assertThat(place()).containsExactly(9L);
  }

  @Test
  void whereAllIsBusy_theNodesThatAreFreeFirst_areTold() {
    packer.addBlock("b", nodes(4, 1), FOREVER);
    submit(1, NodeRequest.wholeNodes(2), NO_LIMIT);
    submit(2, NodeRequest.wholeNodes(2), seconds(30));
    assertThat(place()).containsExactlyInAnyOrder(1L, 2L);
    submit(3, NodeRequest.wholeNodes(2), NO_LIMIT);
    submit(4, NodeRequest.wholeNodes(3), NO_LIMIT);
    assertThat(place()).isEmpty();
    String free = "all such nodes are busy; the first to be free are ";
    assertThat(packer.explain(id(3), now))
        .endsWith(" of block b, in 30 s at the latest")
        .contains("task 3 waits for 2 nodes: " + free);
    assertThat(packer.explain(id(4), now))
        .startsWith("task 4 waits for 3 nodes: " + free)
        .endsWith(" of block b, when tasks without a time limit end");
  }

  // Backfill.

  @Test
  void backfill_takesWhatEndsInTime_andNothingElse() {
    packer.addBlock("b", nodes(4, 1), FOREVER);
    submit(1, NodeRequest.wholeNodes(3), seconds(100));
    place();
    submit(2, NodeRequest.wholeNodes(4), seconds(50));
    submit(3, NodeRequest.wholeNodes(1), seconds(101));
    submit(4, NodeRequest.wholeNodes(1), NO_LIMIT);
    submit(5, NodeRequest.wholeNodes(1), seconds(100));
    assertThat(place()).containsExactly(5L);
    assertThat(packer.explain(id(2), now))
        .isEqualTo(
            "task 2 waits for 4 nodes: it is next, and has kept for it n0, n1, n2, n3 of block b,"
                + " free in 100 s at the latest");
    assertThat(packer.explain(id(4), now)).endsWith("all such nodes are busy, and task 2 is next");
    after(100);
    packer.finished(id(1));
    packer.finished(id(5));
    assertThat(place()).containsExactly(2L);
  }

  @Test
  void backfill_leavesNodesThatTheFirstTaskDoesNotNeed_toAll() {
    packer.addBlock("b", nodes(8, 1), FOREVER);
    submit(1, NodeRequest.wholeNodes(5), seconds(100));
    place();
    submit(2, NodeRequest.wholeNodes(5), seconds(100));
    submit(3, NodeRequest.wholeNodes(3), NO_LIMIT);
    // It starts when the five come free: the three are nobody's.
    assertThat(place()).containsExactly(3L);
  }

  @Test
  void backfill_insideANode_keepsTheSlotsThatTheFirstNeeds() {
    packer.addBlock("b", nodes(1, 8), FOREVER);
    submit(1, NodeRequest.slots(4), seconds(100));
    submit(2, NodeRequest.slots(2), seconds(50));
    place();
    submit(3, NodeRequest.slots(4), NO_LIMIT);
    submit(4, NodeRequest.ONE_SLOT, NO_LIMIT);
    submit(5, NodeRequest.ONE_SLOT, seconds(50));
    assertThat(place()).containsExactly(5L);
    after(50);
    packer.finished(id(2));
    packer.finished(id(5));
    assertThat(place()).containsExactly(3L);
  }

  @Test
  void withoutLimits_theFirstTask_hasItsNodesKept_afterItsPatience() {
    packer.addBlock("b", nodes(2, 1), FOREVER);
    submitNodes(1, 1);
    submitNodes(2, 1);
    place();
    submitNodes(3, 2);
    submitNodes(4, 1);
    submitNodes(5, 1);
    packer.finished(id(1));
    assertThat(place()).as("nobody knows how long task 2 runs").containsExactly(4L);
    after(599);
    packer.finished(id(2));
    assertThat(place()).containsExactly(5L);
    after(1);
    packer.finished(id(4));
    submitNodes(6, 1);
    assertThat(place()).as("now the free node is kept").isEmpty();
    assertThat(packer.explain(id(3), now))
        .contains("has kept for it n0, n1", "without a time limit");
    packer.finished(id(5));
    assertThat(place()).containsExactly(3L);
  }

  @Test
  void patience_isThatOfOneTasksRun_onceTwentyHaveEnded() {
    packer.addBlock("b", nodes(4, 1), FOREVER);
    for (int ended = 1; ended <= 20; ended++) {
      submitNodes(ended, 1);
      place();
      after(3);
      packer.finished(id(ended));
    }
    submitNodes(101, 1);
    place();
    submitNodes(102, 4);
    assertThat(place()).isEmpty();
    after(2);
    submitNodes(103, 1);
    assertThat(place()).as("2 s: passed over").containsExactly(103L);
    packer.finished(id(103));
    after(1);
    submitNodes(104, 1);
    assertThat(place()).as("3 s, as long as a task runs: kept").isEmpty();
    packer.finished(id(101));
    assertThat(place()).containsExactly(102L);
  }

  @Test
  void busyTimes_areThoseOfTasksThatHoldSlotsForLong_notOfTheManyThatDoNot() {
    BusyTimes times = new BusyTimes();
    for (int i = 0; i < 19; i++) {
      times.observe(1, 1_000_000);
    }
    assertThat(times.meanMicros(-1)).as("too few").isEqualTo(-1);
    times.observe(16, 100_000_000);
    assertThat(times.meanMicros(-1)).isBetween(98_000_000L, 100_000_000L);
  }

  @Test
  void aTaskThatOutstaysItsLimit_isNotCountedOn() {
    packer.addBlock("b", nodes(2, 1), FOREVER);
    submit(1, NodeRequest.wholeNodes(1), seconds(10));
    place();
    submit(2, NodeRequest.wholeNodes(2), seconds(10));
    submit(3, NodeRequest.wholeNodes(1), seconds(20));
    assertThat(place()).isEmpty();
    after(15);
    assertThat(place()).as("it may stay 5 s more").isEmpty();
    packer.finished(id(1));
    assertThat(place()).containsExactly(2L);
  }

  // Blocks and nodes that come and go.

  @Test
  void aBlockNearItsEnd_takesOnlyWhatEndsInTime() {
    packer.addBlock("b", nodes(2, 1), 100_000_000);
    submit(1, NodeRequest.wholeNodes(1), seconds(101));
    submit(2, NodeRequest.wholeNodes(1), seconds(100));
    submit(3, NodeRequest.wholeNodes(1), NO_LIMIT);
    assertThat(place()).containsExactly(2L, 3L);
    assertThat(packer.explain(id(1), now)).contains("needs 101 s", "needs a new block");
    after(1);
    packer.addBlock("c", nodes(1, 1), 102_000_000);
    assertThat(place()).containsExactly(1L);
  }

  @Test
  void aTaskForWhichTheTimeIsOver_keepsNobodyBack() {
    packer.addBlock("b", nodes(2, 1), 100_000_000);
    submit(1, NodeRequest.wholeNodes(1), seconds(60));
    place();
    submit(2, NodeRequest.wholeNodes(2), seconds(60));
    submit(3, NodeRequest.wholeNodes(1), NO_LIMIT);
    assertThat(place()).containsExactly(3L);
  }

  @Test
  void removeBlock_tellsEachTaskOnce_andTheyMayComeAgain() {
    packer.addBlock("b", nodes(3, 2), FOREVER);
    submitNodes(1, 2);
    submit(2, NodeRequest.ONE_SLOT, NO_LIMIT);
    place();
    submitNodes(3, 3);
    assertThat(place()).isEmpty();
    assertThat(packer.removeBlock("b")).containsExactlyInAnyOrder(id(1), id(2));
    assertThat(packer.removeBlock("b")).isEmpty();
    assertThat(packer.finished(id(1))).isFalse();
    assertThat(packer.explain(id(3), now)).contains("no block that takes tasks");
    submitNodes(1, 2);
    packer.addBlock("c", nodes(3, 2), FOREVER);
    assertThat(place()).containsExactly(3L);
    packer.finished(id(3));
    assertThat(place()).containsExactly(1L);
  }

  @Test
  void closeBlock_letsWhatRunsGoOn_andBeginsNothing() {
    packer.addBlock("b", nodes(2, 1), FOREVER);
    submitNodes(1, 1);
    place();
    packer.closeBlock("b");
    submitNodes(2, 1);
    assertThat(place()).isEmpty();
    assertThat(packer.finished(id(1))).isTrue();
    assertThat(place()).isEmpty();
  }

  @Test
  void aLostNode_getsNoTask_untilItIsBack() {
    packer.addBlock("b", nodes(3, 2), FOREVER);
    submitNodes(1, 2);
    place();
    assertThat(packer.nodeLost("b", "n1")).containsExactly(id(1));
    assertThat(packer.nodeLost("b", "n1")).as("told twice").containsExactly(id(1));
    packer.finished(id(1));
    assertThat(packer.freeSlots("b")).isEqualTo(4);
    submitNodes(2, 3);
    assertThat(place()).isEmpty();
    assertThat(packer.explain(id(2), now)).contains("2 such nodes in order");
    packer.nodeBack("b", "n1");
    packer.nodeBack("b", "n1");
    assertThat(packer.freeSlots("b")).isEqualTo(6);
    assertThat(place()).containsExactly(2L);
    assertThat(packer.nodeLost("b", "n9")).isEmpty();
    assertThat(packer.nodeLost("x", "n1")).isEmpty();
  }

  @Test
  void cancel_takesATaskOffTheQueue_andWhatWasKeptForIt() {
    packer.addBlock("b", nodes(2, 1), FOREVER);
    submit(1, NodeRequest.wholeNodes(1), seconds(100));
    place();
    submit(2, NodeRequest.wholeNodes(2), NO_LIMIT);
    submit(3, NodeRequest.wholeNodes(1), NO_LIMIT);
    assertThat(place()).isEmpty();
    assertThat(packer.cancel(id(2))).isTrue();
    assertThat(packer.cancel(id(2))).isFalse();
    assertThat(packer.cancel(id(1))).as("it runs").isFalse();
    assertThat(place()).containsExactly(3L);
    assertThat(packer.explain(id(2), now)).isEqualTo("task 2 neither waits nor runs");
    assertThat(packer.explain(id(3), now)).isEqualTo("task 3 runs in block b on n1");
  }

  @Test
  void whatIsKnownAlready_isRefused() {
    packer.addBlock("b", nodes(1, 1), FOREVER);
    assertThatThrownBy(() -> packer.addBlock("b", nodes(1, 1), FOREVER))
        .hasMessageContaining("known already");
    assertThatThrownBy(
            () -> packer.addBlock("c", List.of(new BlockNode("n", 1), new BlockNode("n", 1)), 1))
        .hasMessageContaining("names node n twice");
    submitNodes(1, 1);
    assertThatThrownBy(() -> submitNodes(1, 1)).hasMessageContaining("known already");
    place();
    assertThatThrownBy(() -> submitNodes(1, 1)).hasMessageContaining("known already");
  }

  @Test
  void lowerPriorities_goFirst_whateverTheirSizeAndAge() {
    packer.addBlock("b", nodes(4, 1), FOREVER);
    packer.submit(id(1), NodeRequest.wholeNodes(4), new RunTime.Limit(0), 5, 0);
    packer.submit(id(2), NodeRequest.wholeNodes(1), new RunTime.Limit(0), 0, 1_000);
    packer.submit(id(3), NodeRequest.wholeNodes(4), new RunTime.Limit(0), -1, 2_000);
    assertThat(place()).containsExactly(3L);
    packer.finished(id(3));
    assertThat(place()).containsExactly(2L);
    packer.finished(id(2));
    assertThat(place()).containsExactly(1L);
  }

  @Test
  void aNodeThatComesLater_isUsed_alsoWhenItIsTheLargest() {
    packer.addBlock("b", nodes(1, 2), FOREVER);
    submit(1, NodeRequest.wholeNodes(2), NO_LIMIT);
    submit(2, NodeRequest.slots(5), NO_LIMIT);
    assertThat(place()).isEmpty();
    packer.addNode("b", new BlockNode("late", 6));
    assertThat(place()).containsExactly(1L);
    packer.finished(id(1));
    assertThat(place()).containsExactly(2L);
    assertThat(packer.freeSlots("b")).isEqualTo(3);
    assertThatThrownBy(() -> packer.addNode("b", new BlockNode("late", 6)))
        .hasMessageContaining("names node late twice");
    assertThatThrownBy(() -> packer.addNode("x", new BlockNode("late", 6)))
        .hasMessageContaining("block x is not known");
  }

  @Test
  void aBlockThatRunsNoMoreTasksAtOnce_keepsTheOthersWaiting_thoughNodesAreFree() {
    packer.addBlock("b", nodes(5, 1), new BlockLimits(FOREVER, FOREVER, 2));
    submitNodes(1, 1);
    submitNodes(2, 1);
    submitNodes(3, 1);
    assertThat(place()).containsExactly(1L, 2L);
    assertThat(packer.explain(id(3), now)).contains("as many tasks run as may run in a block");
    packer.finished(id(1));
    assertThat(place()).containsExactly(3L);
    packer.removeBlock("b");
    assertThat(packer.running()).isZero();
  }

  @Test
  void aTaskThatNeedsMoreThanAnyBlockHas_isBegunInAFreshOne() {
    packer.addBlock("b", nodes(2, 1), new BlockLimits(100_000_000, 90_000_000, 0));
    submit(1, NodeRequest.wholeNodes(1), seconds(100_000));
    assertThat(place()).containsExactly(1L);
    after(11);
    submit(2, NodeRequest.wholeNodes(1), seconds(100_000));
    assertThat(place()).as("89 s are less than a whole block").isEmpty();
  }

  @Test
  void whatTasksReallyNeed_decidesWhetherABlockHasTime_andTheirLimitWhatMayPassThem() {
    record Observed(long limitMicros, long needMicros) implements RunTime {}
    packer.addBlock("b", nodes(2, 1), 50_000_000);
    packer.submit(
        id(1), NodeRequest.wholeNodes(1), new Observed(1_000_000_000, 40_000_000), 0, now);
    assertThat(place()).containsExactly(1L);
    submit(2, NodeRequest.wholeNodes(2), seconds(5));
    submit(3, NodeRequest.wholeNodes(1), seconds(45));
    assertThat(place()).as("the limit of the first frees its node only in 1000 s").contains(3L);
  }

  @Test
  void tasksSubmittedAtOnce_keepTheOrderOfTheirIds_alsoWhenOneRunsAgain() {
    packer.addBlock("b", nodes(1, 1), FOREVER);
    for (long task = 1; task <= 4; task++) {
      submitNodes(task, 1);
    }
    assertThat(place()).containsExactly(1L);
    packer.finished(id(1));
    submitNodes(1, 1);
    assertThat(place()).containsExactly(1L);
  }
}
