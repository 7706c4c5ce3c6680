package dev.drover.interchange;

import static dev.drover.interchange.InterchangeDriver.FOUR_CORES;
import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.submit.TaskBatch;
import dev.drover.submit.TaskOptions;
import dev.drover.submit.TaskReport;
import dev.drover.task.Ending;
import dev.drover.task.ResourceRequest;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Which manager gets which task. */
class PlacementTest {
  private static final TaskOptions PLAIN = TaskOptions.DEFAULT;
  private static final ResourceRequest TWO_CORES = new ResourceRequest(2, 0, 0, 0, 0);
  private static final ResourceRequest EIGHT_CORES = new ResourceRequest(8, 0, 0, 0, 0);

  private final InterchangeDriver it = new InterchangeDriver();

  private static InterchangeDriver packing() {
    return new InterchangeDriver(
        InterchangeDriver.settings(Placement.PACK, failed -> 1, Optional.empty()));
  }

  @Test
  void spread_givesTheManagerThatWaitedLongest_theNextTask() {
    it.manager("a", 2).manager("b", 2).manager("c", 2);
    it.submit(1).dispatch().given("a", 1);
    it.submit(1).dispatch().given("b", 2);
    it.submit(1).dispatch().given("c", 3);
    it.submit(1).dispatch().given("a", 4).nothingElse();
  }

  @Test
  void spread_fillsEvenly_andLeavesNoSlotIdleWhileAnotherQueues() {
    it.manager("a", "", 2, 10).manager("b", "", 3, 10).manager("c", "", 1, 10).submit(6);

    it.dispatch().given("a", 1, 2).given("b", 3, 4, 6).given("c", 5).nothingElse();
  }

  @Test
  void veryManyTasks_areGivenInSeveralGoes_andNoneIsLeftBehind() {
    it.manager("a", 12_000).manager("b", 12_000).submitArray(30_000);
    int goes = 0;
    do {
      it.dispatch();
      goes++;
    } while (it.state.hasMoreToGive());
    assertThat(goes).isGreaterThan(1);
    it.counts(6_000, 24_000, 0);
  }

  @Test
  void moreTasksThanSlotsOfSeveralGoes_goInOneMessage_slotsAndTheirPartBeyond_andNoSlotIdles() {
    it.manager("a", "", 9_000, 12_000).manager("b", "", 9_000, 12_000);
    it.manager("c", "", 9_000, 12_000).submitArray(30_000);

    it.dispatch();
    assertThat(it.assignments("a")).hasSize(9_000 + 1_000);
    assertThat(it.assignments("b")).hasSize(16_384 - 10_000);
    it.nothingElse();
    do {
      it.dispatch();
    } while (it.state.hasMoreToGive());

    it.counts(0, 30_000, 0);
    assertThat(it.state.managers())
        .allSatisfy(manager -> assertThat(manager.tasks.size()).isBetween(9_000, 11_000));
  }

  @Test
  void pack_fillsTheFullestManagerOfTheNewestBlockFirst() {
    InterchangeDriver pack = packing();
    pack.manager("a", "b-0001", 4, 4).manager("b", "b-0002", 4, 4).manager("c", "b-0002", 4, 4);
    pack.submit(2).dispatch().given("b", 1, 2).nothingElse();
    pack.submit(3).dispatch().given("b", 3, 4).given("c", 5).nothingElse();
    pack.submit(4).dispatch().given("c", 6, 7, 8).given("a", 9).nothingElse();
  }

  @Test
  void pack_keepsToTheManagersThatHaveWork() {
    InterchangeDriver pack = packing();
    pack.manager("a", "b-0001", 4, 4).submit(1).dispatch().given("a", 1);
    pack.manager("b", "b-0002", 4, 4).submit(1).dispatch().given("a", 2).nothingElse();
  }

  @Test
  void prefetch_isServedOnlyWhenNoSlotIsIdle() {
    it.manager("a", "", 2, 4).manager("b", "", 2, 2).submit(5).dispatch();
    it.given("a", 1, 2, 5).given("b", 3, 4).nothingElse();
  }

  @Test
  void aLargeTask_reservesTheManagerNearestToFitting_andTheOthersGoOn() {
    it.manager("a", 4).manager("b", 4).submit(8).dispatch();
    it.given("a", 1, 2, 3, 4).given("b", 5, 6, 7, 8);
    it.submit(1, PLAIN, FOUR_CORES).submit(50);

    it.succeeds("a", 1).finished(Ending.SUCCEEDED, 1).dispatch().nothingElse();
    it.succeeds("b", 5).finished(Ending.SUCCEEDED, 5).dispatch().given("b", 10).nothingElse();
    it.succeeds("a", 2, 3, 4).finished(Ending.SUCCEEDED, 2, 3, 4).dispatch();
    it.given("a", 9).nothingElse();
  }

  @Test
  void aLargeTask_isNotStarved_whateverTheOrderInWhichSlotsBecomeFree() {
    it.manager("a", "", 4, 8).manager("b", "", 4, 8).submit(16).dispatch();
    it.given("a", 1, 2, 3, 4, 9, 10, 11, 12).given("b", 5, 6, 7, 8, 13, 14, 15, 16);
    it.submit(1, PLAIN, FOUR_CORES); // task 17
    it.submit(1_000);
    java.util.Random random = new java.util.Random(3);
    java.util.Map<String, java.util.ArrayDeque<Long>> has = new java.util.HashMap<>();
    has.put("a", deque(1, 2, 3, 4, 9, 10, 11, 12));
    has.put("b", deque(5, 6, 7, 8, 13, 14, 15, 16));
    int ended = 0;
    while (it.state.explain(new dev.drover.task.TaskId(17)).contains("waits")) {
      assertThat(ended++).as("small tasks that went before the large one").isLessThan(200);
      String one = random.nextBoolean() ? "a" : "b";
      if (has.get(one).isEmpty()) {
        continue;
      }
      long id = has.get(one).poll();
      it.succeeds(one, id).finished(Ending.SUCCEEDED, id);
      for (Effect effect : it.state.on(new Event.Dispatch(), 1_000_000_000)) {
        Effect.Send send = (Effect.Send) effect;
        ((dev.drover.protocol.ToManager.RunTasks) send.message())
            .tasks()
            .forEach(t -> has.get(send.manager().value()).add(t.id().value()));
      }
    }
  }

  private static java.util.ArrayDeque<Long> deque(long... ids) {
    return new java.util.ArrayDeque<>(java.util.Arrays.stream(ids).boxed().toList());
  }

  @Test
  void severalShapes_goInTheOrderOfSubmission() {
    it.submit(1, PLAIN, TWO_CORES).submit(1).submit(1, PLAIN, TWO_CORES).submit(1);

    it.manager("a", 6).dispatch().given("a", 1, 2, 3, 4).nothingElse();
    assertThat(it.state.managers()).allMatch(m -> m.usedSlots == 6);
  }

  /** In a second, not in minutes: managers are not put in order anew for each task. */
  @Test
  void tasksOfTwoCores_fillThousandsOfManagers_withoutALookAtAllOfThemForEach() {
    InterchangeDriver pack = packing();
    for (int i = 0; i < 4096; i++) {
      pack.manager("m" + i, "b-000" + i % 8, 64, 128);
    }
    TaskBatch twoCores =
        new TaskBatch(
            InterchangeDriver.spec(TWO_CORES), PLAIN, 0, 150_000, InterchangeDriver.NOBODY);
    pack.on(new Event.Submitted(List.of(new Submission(1, twoCores))));
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    long begin = threads.getCurrentThreadCpuTime();
    do {
      pack.dispatch();
    } while (pack.state.hasMoreToGive());

    // Of the processor's time: others may keep it busy.
    assertThat(Duration.ofNanos(threads.getCurrentThreadCpuTime() - begin))
        .isLessThan(Duration.ofSeconds(10));
    pack.counts(150_000 - 4096 * 32, 4096 * 32, 0);
  }

  @Test
  void aSmallTask_passesALargeOneThatFitsNowhereYet_onAnotherManager() {
    it.manager("a", 2).manager("b", 4).submit(1, PLAIN, ResourceRequest.ONE_SLOT).dispatch();
    it.given("a", 1);
    it.submit(2).dispatch().given("b", 2).given("a", 3);
    it.submit(1, PLAIN, FOUR_CORES).submit(1);
    it.dispatch().nothingElse(); // b is kept for the large one, a is full

    it.succeeds("a", 1).finished(Ending.SUCCEEDED, 1).dispatch().given("a", 5).nothingElse();
    it.succeeds("b", 2).finished(Ending.SUCCEEDED, 2).dispatch().given("b", 4).nothingElse();
  }

  @Test
  void aRequestThatTheLargestNodeCannotHold_isRefusedWhenItIsSubmitted_withTheMend() {
    InterchangeDriver known =
        new InterchangeDriver(
            InterchangeDriver.settings(
                Placement.SPREAD, failed -> 1, Optional.of(new NodeShape(4, 1, 0, 0))));

    known.submit(1, PLAIN, EIGHT_CORES);

    TaskReport report = known.finished();
    assertThat(report.outcome().ending()).isEqualTo(Ending.REFUSED);
    assertThat(report.outcome().message())
        .contains("it asks for cores=8")
        .contains("the largest node has 4 slots of 1.0 cores")
        .contains("ask for less");
    known.submit(1, PLAIN, FOUR_CORES).nothingElse().counts(1, 0, 1);
  }

  @Test
  void aRequestThatNobodyCanHold_isRefusedWhenTheFirstManagerRegisters_andTheOthersStay() {
    it.submit(2, PLAIN, EIGHT_CORES).submit(1).submit(1, PLAIN, FOUR_CORES).nothingElse();

    it.registers("a", "", 4, 4).joined("a").sessionOpened("a", 0);

    it.finished(Ending.REFUSED, 1, 2).nothingElse().counts(2, 0, 2);
    it.ready("a").dispatch().given("a", 3).nothingElse();
  }

  @Test
  void aRequestThatNoManagerHereCanHold_isRefusedAtOnce_alsoWhenItComesLate() {
    it.manager("a", 4);

    it.submit(1, PLAIN, EIGHT_CORES).finished(Ending.REFUSED, 1).nothingElse();
    it.manager("b", 8).submit(1, PLAIN, EIGHT_CORES).dispatch().given("b", 2).nothingElse();
  }
}
