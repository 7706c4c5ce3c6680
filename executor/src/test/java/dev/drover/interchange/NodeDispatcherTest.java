package dev.drover.interchange;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.block.BlockId;
import dev.drover.protocol.BlockTime;
import dev.drover.protocol.FromManager;
import dev.drover.protocol.ToManager;
import dev.drover.submit.TaskOptions;
import dev.drover.submit.TaskReport;
import dev.drover.task.Ending;
import dev.drover.task.NodeShare;
import dev.drover.task.Payload;
import dev.drover.task.ResourceRequest;
import dev.drover.task.TaskAssignment;
import dev.drover.task.TaskId;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Tasks that are given nodes: event by event, and nothing else. */
class NodeDispatcherTest {
  private static final TaskOptions PLAIN = TaskOptions.DEFAULT;

  private InterchangeDriver it = nodes(2, 0);

  private static InterchangeDriver nodes(int perBlock, int launches) {
    return new InterchangeDriver(
        InterchangeDriver.settings(
            Placement.SPREAD,
            failed -> 1,
            Optional.empty(),
            perBlock,
            new MpiSettings(false, perBlock, 1, launches)));
  }

  private static InterchangeDriver leadNodes(int nodes, int tasksAtOnce) {
    return new InterchangeDriver(
        InterchangeDriver.settings(
            Placement.SPREAD,
            failed -> 1,
            Optional.empty(),
            1,
            new MpiSettings(true, nodes, tasksAtOnce, 0)));
  }

  private static InterchangeDriver nodesInARow(int perBlock) {
    return new InterchangeDriver(
        InterchangeDriver.settings(
            Placement.SPREAD,
            failed -> 1,
            Optional.empty(),
            perBlock,
            new MpiSettings(false, perBlock, 1, 0, true)));
  }

  private static ResourceRequest nodesAndRanks(int nodes, int ranks) {
    return new ResourceRequest(0, 0, 0, nodes, ranks);
  }

  private void manager(String id, String block, int slots) {
    it.manager(id, block, slots, slots);
  }

  private List<NodeShare> givenShares(String id, long task) {
    List<TaskAssignment> given = it.assignments(id);
    assertThat(given).extracting(TaskAssignment::id).containsExactly(new TaskId(task));
    return given.get(0).shares();
  }

  private static NodeShare share(String id, Integer... slots) {
    return new NodeShare("node-" + id, List.of(slots));
  }

  private String explain(long task) {
    return it.state.explain(new TaskId(task));
  }

  @Test
  void aTaskOnAPartOfANode_hasSlotsOfOneSocket_whileThereAreEnough() {
    it = nodes(1, 0);
    it.submit(3, PLAIN, nodesAndRanks(0, 4));
    it.managerAt("a", 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1);

    it.dispatch();
    assertThat(it.assignments("a"))
        .extracting(TaskAssignment::shares)
        .containsExactly(
            List.of(share("a", 0, 1, 2, 3)),
            List.of(share("a", 6, 7, 8, 9)),
            List.of(share("a", 4, 5, 10, 11)));
    it.succeeds("a", 1, 2, 3).finished(Ending.SUCCEEDED, 1, 2, 3);
    it.submit(2, PLAIN, nodesAndRanks(0, 6)).dispatch();
    assertThat(it.assignments("a"))
        .extracting(TaskAssignment::shares)
        .containsExactly(
            List.of(share("a", 0, 1, 2, 3, 4, 5)), List.of(share("a", 6, 7, 8, 9, 10, 11)));
  }

  @Test
  void slots_partsOfANode_andSeveralNodes_areGivenSideBySide() {
    it.submit(1, PLAIN, nodesAndRanks(2, 4));
    it.submit(1, PLAIN, nodesAndRanks(0, 2));
    it.submit(1);
    manager("a", "b-0001", 4);
    it.dispatch().nothingElse();
    assertThat(explain(1)).contains("waits for 2 nodes", "1 of 2 managers are ready");
    manager("b", "b-0001", 4);

    it.dispatch();
    assertThat(givenShares("a", 1)).containsExactly(share("a", 0, 1, 2, 3), share("b", 0, 1, 2, 3));
    it.nothingElse();
    assertThat(explain(1)).contains("on node-a, node-b (manager a, block b-0001)");
    it.succeeds("a", 1).finished(Ending.SUCCEEDED, 1).dispatch();
    List<TaskAssignment> given = it.assignments("a");
    assertThat(given).extracting(TaskAssignment::slots).containsExactly(2, 1);
    assertThat(given.get(0).shares()).containsExactly(share("a", 0, 1));
    assertThat(given.get(1).shares()).containsExactly(share("a", 2));
    it.nothingElse();
  }

  @Test
  void aRunThatComesToAskForNodes_waitsForWhatWasGivenOutBefore() {
    it.submit(1);
    manager("a", "b-0001", 1);
    manager("b", "b-0001", 1);
    it.dispatch().given("a", 1);
    it.submit(1, PLAIN, nodesAndRanks(2, 1)).dispatch().nothingElse();
    it.succeeds("a", 1).finished(Ending.SUCCEEDED, 1).dispatch();
    assertThat(givenShares("a", 2)).containsExactly(share("a", 0), share("b", 0));
  }

  @Test
  void nodesAreInTheOrderOfTheirNumbers_inWhateverOrderTheirManagersCome() {
    it.submit(1, PLAIN, nodesAndRanks(2, 1));
    manager("10", "b-0001", 1);
    manager("9", "b-0001", 1);
    it.dispatch();
    assertThat(givenShares("9", 1)).containsExactly(share("9", 0), share("10", 0));
  }

  @Test
  void forALauncherThatStartsRanksByPlace_aTasksNodesFollowOneAnother() {
    it = nodesInARow(3);
    it.submit(1, PLAIN, nodesAndRanks(1, 1)).submit(1, PLAIN, nodesAndRanks(1, 1));
    it.submit(1, PLAIN, nodesAndRanks(1, 1));
    manager("a", "b-0001", 1);
    manager("b", "b-0001", 1);
    manager("c", "b-0001", 1);
    it.dispatch().given("a", 1).given("b", 2).given("c", 3);
    it.submit(1, PLAIN, nodesAndRanks(2, 1));
    it.succeeds("a", 1).finished(Ending.SUCCEEDED, 1);
    it.succeeds("c", 3).finished(Ending.SUCCEEDED, 3).dispatch().nothingElse();
    it.succeeds("b", 2).finished(Ending.SUCCEEDED, 2).dispatch();
    assertThat(givenShares("a", 4)).containsExactly(share("a", 0), share("b", 0));
  }

  @Test
  void forALauncherThatStartsRanksByPlace_nodesOfABlockThatIsNotAllThere_followNone() {
    it = nodesInARow(3);
    it.submit(1, PLAIN, nodesAndRanks(2, 1));
    manager("a", "b-0001", 1);
    manager("c", "b-0001", 1); // b, between them, may come yet
    it.dispatch().after(Duration.ofSeconds(61)).tick();
    it.told("a", new ToManager.Heartbeat()).told("c", new ToManager.Heartbeat()).dispatch();
    assertThat(it.warned()).contains("tasks begin on 2 of its 3 nodes");
    it.nothingElse();
    assertThat(explain(1)).contains("waits for 2 nodes", "it needs a larger block");
  }

  @Test
  void lowerPriorities_goFirst_alsoWhenTheyCameLast() {
    it.submit(1, PLAIN.withPriority(5), nodesAndRanks(2, 1));
    it.submit(1, PLAIN.withPriority(-5), nodesAndRanks(2, 2));
    manager("a", "b-0001", 1);
    manager("b", "b-0001", 1);
    it.dispatch();
    assertThat(givenShares("a", 2)).hasSize(2);
    it.nothingElse();
  }

  @Test
  void afterAWhile_aBlockBeginsWithThoseWhoCame_andSaysSo_andTheLateOneIsUsed() {
    it.submit(1, PLAIN, nodesAndRanks(1, 1)).submit(1, PLAIN, nodesAndRanks(2, 1));
    manager("a", "b-0001", 1);
    it.dispatch().after(Duration.ofSeconds(61)).tick().told("a", new ToManager.Heartbeat());
    it.dispatch();
    assertThat(givenShares("a", 1)).containsExactly(share("a", 0));
    assertThat(it.warned()).contains("tasks begin on 1 of its 2 nodes");
    it.succeeds("a", 1).finished(Ending.SUCCEEDED, 1);
    manager("late", "b-0001", 1);
    it.dispatch();
    assertThat(givenShares("a", 2)).containsExactly(share("a", 0), share("late", 0));
  }

  @Test
  void aTaskWhoseOtherNodeIsLost_endsWhereItRuns_andRunsAgain_atTheCostOfNoRetry() {
    it.submit(1, PLAIN, nodesAndRanks(2, 1));
    manager("a", "b-0001", 1);
    manager("b", "b-0001", 1);
    it.dispatch();
    givenShares("a", 1);
    it.after(Duration.ofSeconds(100)).says("a", new FromManager.Heartbeat(1));
    it.after(Duration.ofSeconds(21)).tick().told("a", new ToManager.Heartbeat());
    it.gone("b", false, "").toldToCancel("a", 1).nothingElse();
    assertThat(explain(1)).contains("and is ended: node-b, one of its nodes, was lost");
    it.ends("a", Ending.CANCELLED, 1);
    Effect.AttemptEnded ended = it.attemptEnded();
    assertThat(ended.report().outcome().ending()).isEqualTo(Ending.MANAGER_LOST);
    assertThat(ended.cost()).isZero();
    it.dispatch().nothingElse();
    assertThat(explain(1)).contains("the best block has 1 such node in order");

    manager("b", "b-0001", 1);
    it.dispatch();
    assertThat(givenShares("a", 1)).hasSize(2);
    it.succeeds("a", 1);
  }

  @Test
  void aTaskThatSucceedsAllTheSame_thoughANodeOfItWasLost_isDone() {
    it.submit(1, PLAIN, nodesAndRanks(2, 1));
    manager("a", "b-0001", 1);
    manager("b", "b-0001", 1);
    it.dispatch();
    givenShares("a", 1);
    it.after(Duration.ofSeconds(100)).says("a", new FromManager.Heartbeat(1));
    it.after(Duration.ofSeconds(21)).tick().told("a", new ToManager.Heartbeat());
    it.gone("b", false, "").toldToCancel("a", 1).nothingElse();
    it.succeeds("a", 1).finished(Ending.SUCCEEDED, 1).nothingElse();
  }

  @Test
  void aDrainedManager_isToldOnlyWhenTasksOfOthersNeedItsNodeNoMore() {
    it.submit(1, PLAIN, nodesAndRanks(2, 1));
    manager("a", "b-0001", 1);
    manager("b", "b-0001", 1);
    it.dispatch();
    givenShares("a", 1);
    it.on(new Event.DrainedBlock(new BlockId("b-0001"), "idle"));
    it.told("a", new ToManager.Drain("idle")).nothingElse();
    it.succeeds("a", 1).finished(Ending.SUCCEEDED, 1).told("a", new ToManager.Heartbeat());
    it.dispatch().told("b", new ToManager.Drain("idle")).nothingElse();
  }

  @Test
  void aBlockThatHasLaunchedAsManyAsItMay_drains_andTheNextGoesOn() {
    it = nodes(1, 2);
    it.submit(3, PLAIN, nodesAndRanks(0, 1)).submit(1);
    manager("a", "b-0001", 8);
    it.dispatch().given("a", 1, 2, 4);
    ToManager.Drain drain = (ToManager.Drain) it.sent("a").message();
    assertThat(drain.reason()).contains("2 MPI tasks", "mpi.max-launches-per-block");
    it.dispatch().nothingElse();
    manager("b", "b-0002", 8);
    it.dispatch().given("b", 3).nothingElse();
  }

  @Test
  void aManagerThatCannotBeginWhatItWasGiven_getsNothingUntilSomeTimeHasPassed() {
    it = nodes(1, 0);
    it.submit(1, PLAIN, nodesAndRanks(1, 1));
    manager("a", "b-0001", 1);
    it.dispatch().given("a", 1);
    it.says(
        "a",
        new FromManager.TasksReturned(
            List.of(InterchangeDriver.held(1, 1)), 1, "slot 0 is task 9's"));
    assertThat(it.warned()).contains("manager a on node-a gave 1 tasks back: slot 0 is task 9's");
    it.dispatch().nothingElse();
    it.tick().dispatch().givenAttempt("a", 1, 1);
  }

  @Test
  void requestsThatNoBlockCanMeet_areRefusedAtOnce_orWhenTheFirstManagerTells() {
    it.submit(1, PLAIN, nodesAndRanks(3, 4));
    TaskReport refused = it.finished();
    assertThat(refused.outcome().ending()).isEqualTo(Ending.REFUSED);
    assertThat(refused.outcome().message())
        .contains("nodes=3 ranks_per_node=4", "a block has 2 nodes", "provider.nodes-per-block");
    it.submit(1, PLAIN, nodesAndRanks(0, 5)).nothingElse();
    it.registers("a", "b-0001", 4, 4).joined("a").sessionOpened("a", 0);
    assertThat(it.finished().outcome().message())
        .contains("ranks_per_node=5", "the largest node has 4 slots");
  }

  @Test
  void aBlockThatIsOver_givesBackWhatRanOnAllOfItsNodes() {
    it.submit(1, PLAIN, nodesAndRanks(2, 1));
    manager("a", "b-0001", 1);
    manager("b", "b-0001", 1);
    it.dispatch();
    givenShares("a", 1);
    it.on(new Event.BlockEnded(new BlockId("b-0001"), "its job is over"));
    it.attemptEnded(Ending.MANAGER_LOST, 1).gone("a", false, "").gone("b", false, "").nothingElse();
    manager("c", "b-0002", 1);
    manager("d", "b-0002", 1);
    it.dispatch();
    assertThat(givenShares("c", 1)).containsExactly(share("c", 0), share("d", 0));
  }

  @Test
  void nearItsEnd_aBlockTakesOnlyTasksThatEndInTime() {
    it = nodes(1, 0);
    it.submit(1, PLAIN, nodesAndRanks(1, 1)).limited("a", "b-0001", 1, Duration.ofMinutes(60));
    it.dispatch()
        .given("a", 1)
        .after(Duration.ofMinutes(30))
        .says("a", new FromManager.Heartbeat(1));
    it.succeeds("a", 1).finished(Ending.SUCCEEDED, 1);
    it.submitLimited(1, Duration.ofMinutes(40)).submitLimited(1, Duration.ofMinutes(20));
    it.dispatch().given("a", 3).nothingElse();
    assertThat(explain(2)).contains("it needs 2400 s", "it needs a new block");
  }

  @Test
  void onALeadNode_tasksHaveWholeNodes_asManyAtOnceAsMayRun() {
    it = leadNodes(4, 2);
    for (int nodes : new int[] {2, 1, 1, 4}) {
      it.submit(1, PLAIN, nodesAndRanks(nodes, 3));
    }
    it.submit(1, PLAIN, nodesAndRanks(0, 2));
    assertThat(it.finished().outcome().message()).contains("has only ranks_per_node=2");
    it.submit(1, PLAIN, nodesAndRanks(5, 3));
    assertThat(it.finished().outcome().message())
        .contains("num_nodes=5, ranks_per_node=3, num_ranks=15", "a block has 4");
    assertThat(it.state.demandedSlots()).as("2 + 2 + 2 + 4 of a block's 4").isEqualTo(2 + 4 + 4);
    lead("lead", "b-0001", 2, "n1", "n2", "n3", "n4");
    it.dispatch().given("lead", 4).nothingElse();
    assertThat(it.state.blockManagers().get(new BlockId("b-0001")).slots()).isEqualTo(4);
    it.succeeds("lead", 4).finished(Ending.SUCCEEDED, 4).dispatch().given("lead", 1, 2);
    assertThat(explain(3)).contains("as many tasks run as may run in a block at once");
    it.succeeds("lead", 1).finished(Ending.SUCCEEDED, 1).dispatch().given("lead", 3).nothingElse();
  }

  @Test
  void onALeadNode_aSmallerBlockThanTheSitePromised_isToldToTasksThatCannotFit() {
    it = leadNodes(4, 1);
    it.submit(1, PLAIN, nodesAndRanks(4, 1)).nothingElse();
    registerLead("lead", "b-0001", 1, "n1", "n2");
    it.joined("lead").sessionOpened("lead", 0);
    assertThat(it.finished().outcome().message()).contains("asks for 4 nodes", "a block has 2");
  }

  private void lead(String id, String block, int slots, String... nodes) {
    registerLead(id, block, slots, nodes);
    it.joined(id).sessionOpened(id, 0).ready(id);
  }

  private void registerLead(String id, String block, int slots, String... nodes) {
    it.expectCapacity(id, slots)
        .on(
            new Event.Registered(
                new FromManager.Register(
                    InterchangeDriver.facts(id, block, slots, 0, BlockTime.NONE, List.of(nodes)),
                    Payload.of(new byte[16]),
                    slots,
                    List.of())));
  }
}
