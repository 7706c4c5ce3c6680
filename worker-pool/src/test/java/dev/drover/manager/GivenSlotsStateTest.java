package dev.drover.manager;

import static dev.drover.manager.ManagerDriver.HOST;
import static dev.drover.manager.ManagerDriver.function;
import static dev.drover.manager.ManagerDriver.given;
import static dev.drover.manager.ManagerDriver.mpi;
import static dev.drover.manager.ManagerDriver.shell;
import static dev.drover.manager.ManagerDriver.task;
import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.pinning.DeviceSlots;
import dev.drover.task.Ending;
import dev.drover.task.NodeShare;
import dev.drover.task.ResourceRequest;
import dev.drover.task.TaskAssignment;
import dev.drover.task.TaskSpec;
import dev.drover.task.TaskWork;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Tasks that come with slots or nodes of their own, as an interchange that packs gives them. */
class GivenSlotsStateTest {
  private static final TaskSpec COMMAND = shell(Duration.ZERO);

  private final ManagerDriver driver =
      new ManagerDriver(ManagerDriver.settings(4, 0, Duration.ZERO, List.of()));

  private static NodeShare slots(int... slots) {
    return share(HOST, slots);
  }

  private static NodeShare share(String node, int... slots) {
    return new NodeShare(node, IntStream.of(slots).boxed().toList());
  }

  private ManagerDriver gives(TaskAssignment... tasks) {
    return driver.assigned(List.of(tasks));
  }

  @Test
  void aTask_runsInTheSlotsThatItWasGiven_theFirstOnesLeading() {
    gives(given(1, COMMAND, slots(3)), given(2, COMMAND, slots(2, 0)))
        .runs(3, 1)
        .runsWith(2, List.of(0), 2)
        .nothingElse();
  }

  @Test
  void aFunction_hasItsGivenSlotsToo_andNothingFollowsInItsWorker() {
    driver.functionsTake(10);
    TaskSpec function = function("", Duration.ZERO);

    gives(given(1, function, slots(1, 2)), given(2, function, slots(3)))
        .runsWith(1, List.of(2), 1)
        .runsInWorker(3, 2);
    driver.assigned(List.of(task(3, function, 1), task(4, function, 1)));
    driver.runsInWorker(0, 3, 4).nothingElse();
  }

  @Test
  void aSlotOfAnotherTask_isNotTakenTwice_theTaskIsGivenBackWithTheReason() {
    gives(given(1, COMMAND, slots(0, 1))).runsWith(0, List.of(1), 1);

    gives(given(2, COMMAND, slots(1)), given(3, COMMAND, slots(2)))
        .givesBackFor("task 2 was given slot 1 of n0, which task 1 has", 2)
        .runs(2, 3)
        .nothingElse()
        .holds(1, 3);
  }

  @Test
  void twoTasksOfOneMessage_withTheSameSlot_areNotBothRun() {
    gives(given(1, COMMAND, slots(1)), given(2, COMMAND, slots(0, 1)))
        .givesBackFor("task 2 was given slot 1 of n0, which task 1 has", 2)
        .runs(1, 1)
        .nothingElse();
  }

  @Test
  void aSlotWhoseTaskHasEnded_andIsCleanedUpStill_isWaitedFor_andHoldsUpNoOther() {
    TaskSpec function = function("", Duration.ZERO);
    gives(given(1, function, slots(0))).runsInWorker(0, 1).cancel(1).killsWorker(0);
    driver.workerEnds(0, 1); // it ended by itself, and its worker is being killed still

    gives(given(2, COMMAND, slots(0, 1)), given(3, COMMAND, slots(2))).runs(2, 3).nothingElse();
    gives(given(4, COMMAND, slots(1)))
        .givesBackFor("task 4 was given slot 1 of n0, which task 2 has", 4)
        .nothingElse();

    driver.workerDies(0).runsWith(0, List.of(1), 2).nothingElse();
  }

  @Test
  void aTaskForAnotherNode_orForSlotsThatAreNotThere_isNotStarted_andSaysWhy() {
    gives(
        given(1, COMMAND, share("n1", 0)),
        given(2, COMMAND, slots(3, 4)),
        given(3, mpi(1, 2), slots()));

    assertThat(driver.tells(1))
        .allMatch(outcome -> outcome.ending() == Ending.NOT_STARTED)
        .extracting(outcome -> outcome.message())
        .containsExactly(
            "no node for it: it was given n1 first, and came to the manager of n0",
            "no node for it: it was given the slots [3, 4] of n0, which has 0 to 3",
            "no node for it: it was given the slots [] of n0, which has 0 to 3");
  }

  @Test
  void aTaskOfSeveralNodes_runsOnItsFirst_andTakesNoSlotsForTheOthers() {
    gives(given(1, mpi(2, 4), slots(0, 1, 2, 3), share("n7", 0, 1, 2, 3)))
        .runsWith(0, List.of(1, 2, 3), 1)
        .nothingElse();
  }

  @Test
  void aTaskThatAsksForNodes_andWasGivenNone_isNotStarted() {
    gives(task(1, mpi(2, 1), 1));

    assertThat(driver.tells(1))
        .singleElement()
        .satisfies(o -> assertThat(o.message()).contains("nodes=2", "was given no nodes"));
  }

  @Test
  void anMpiTaskWithinANode_takesIdleSlots_whereNoneWereChosenForIt() {
    gives(task(1, mpi(0, 2), 2)).runsWith(0, List.of(1), 1).nothingElse();
  }

  private static ManagerDriver leadNode(int slots, String... nodes) {
    return new ManagerDriver(ManagerDriver.settings(slots, 0, Duration.ZERO, List.of(nodes)));
  }

  @Test
  void onALeadNode_tasksTakeAnySlot_andTheNodesAreTheirOwn() {
    ManagerDriver lead = leadNode(2, "a", "b", "c", "d");

    lead.assigned(
            List.of(
                given(1, mpi(2, 4), share("c", 0), share("d", 0)),
                given(2, mpi(1, 4), share("a", 0))))
        .runs(0, 1)
        .runs(1, 2)
        .nothingElse();
    lead.assigned(List.of(given(3, mpi(2, 1), share("b", 0), share("d", 0))))
        .givesBackFor("task 3 was given node d of its block, which task 1 has", 3)
        .nothingElse();
    lead.commandEnds(0, 1, Ending.SUCCEEDED)
        .assigned(List.of(given(4, mpi(2, 1), share("b", 0), share("d", 0))))
        .runs(0, 4)
        .nothingElse();
  }

  @Test
  void onALeadNode_aTaskBeyondTheSlots_waits_andKeepsItsNodes() {
    ManagerDriver lead = leadNode(1, "a", "b");

    lead.assigned(List.of(given(1, mpi(1, 1), share("a", 0)), given(2, mpi(1, 1), share("b", 0))))
        .runs(0, 1)
        .nothingElse();
    lead.assigned(List.of(given(3, mpi(1, 1), share("b", 0))))
        .givesBackFor("task 3 was given node b of its block, which task 2 has", 3);
    lead.commandEnds(0, 1, Ending.FAILED).runs(0, 2).nothingElse();
  }

  @Test
  void onALeadNode_nodesOfAnotherBlock_orNone_areNoneToStartOn() {
    ManagerDriver lead = leadNode(2, "a", "b");
    lead.assigned(
        List.of(given(1, mpi(2, 1), share("b", 0), share("x", 0)), task(2, mpi(0, 2), 1)));

    assertThat(lead.tells(1))
        .allMatch(outcome -> outcome.ending() == Ending.NOT_STARTED)
        .extracting(outcome -> outcome.message())
        .containsExactly(
            "no node for it: it was given nodes that are not of this block: [x]",
            "no node for it: it asks for ranks_per_node=2 and was given no nodes");
  }

  @Test
  void partsOfDevices_areChosenByTheManager_whereNobodyElseDid() {
    ManagerDriver halves =
        new ManagerDriver(
            new ManagerSettings(
                4,
                0,
                Duration.ZERO,
                Duration.ZERO,
                HOST,
                List.of(),
                DeviceSlots.ofEntries(4, List.of("0", "1"), 2)));

    halves
        .assigned(asking(0.5), 1, 1)
        .runs(0, 1)
        .assigned(asking(1), 2, 2)
        .runsWith(2, List.of(3), 2)
        .assigned(asking(1), 2, 3)
        .assigned(asking(0.5), 1, 4)
        .nothingElse() // nobody overtakes the third, which waits for a whole device
        .commandEnds(0, 1, Ending.SUCCEEDED)
        .runsWith(0, List.of(1), 3)
        .commandEnds(2, 2, Ending.SUCCEEDED)
        .runs(2, 4)
        .nothingElse();
  }

  @Test
  void slotsThatTheManagerChooses_areOfOneNumaNode() {
    ManagerDriver twoSockets =
        new ManagerDriver(
            new ManagerSettings(
                6,
                0,
                Duration.ZERO,
                Duration.ZERO,
                HOST,
                List.of(),
                DeviceSlots.of(6, List.of(), List.of(0, 0, 0, 1, 1, 1))));

    TaskSpec twoCores =
        new TaskSpec(
            "", TaskWork.Shell.line("x"), new ResourceRequest(2, 0, 0, 0, 0), Duration.ZERO);

    twoSockets
        .assigned(twoCores, 2, 1)
        .runsWith(0, List.of(1), 1)
        .assigned(twoCores, 2, 2)
        .runsWith(3, List.of(4), 2)
        .assigned(twoCores, 2, 3)
        .runsWith(2, List.of(5), 3)
        .nothingElse();
  }

  private static TaskSpec asking(double accelerators) {
    return new TaskSpec(
        "", TaskWork.Shell.line("x"), new ResourceRequest(0, accelerators, 0, 0, 0), Duration.ZERO);
  }
}
