package dev.drover.block;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.block.BlockSupervisor.LoadReport;
import dev.drover.block.BlockSupervisor.Managers;
import dev.drover.job.JobId;
import dev.drover.job.JobState;
import dev.drover.job.JobStatus;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What follows from what is seen of the blocks. Time is moved; no scheduler is there. */
class BlockFleetTest {
  private static final JobId JOB = new JobId("4711");
  private static final BlockId FIRST = BlockId.of(1);

  private long now = 1;
  private BlockFleet fleet = fleet(1, 0, 1, BlockErrorHandler.none());
  private long load = 1;
  private final Map<BlockId, Managers> managers = new HashMap<>();

  private static BlockSettings settings(int init, int min, int max, int maxQueued) {
    return settings(init, min, max, maxQueued, new BlockSettings.Pace(Duration.ofSeconds(10), 2));
  }

  private static BlockSettings settings(
      int init, int min, int max, int maxQueued, BlockSettings.Pace pace) {
    return new BlockSettings(
        BlockSettings.Strategy.SIMPLE,
        1,
        init,
        min,
        max,
        1,
        Duration.ofSeconds(120),
        Duration.ofSeconds(300),
        Duration.ofSeconds(15),
        pace,
        maxQueued,
        Duration.ofMinutes(15));
  }

  private static BlockFleet fleet(int init, int min, int max, BlockErrorHandler errors) {
    return new BlockFleet(
        settings(init, min, max, 0), errors, 1, 4, id -> Path.of("/run/blocks/" + id));
  }

  private void pass(Duration time) {
    now += time.toNanos();
  }

  private List<BlockEffect> look(JobStatus... statuses) {
    Map<JobId, JobStatus> seen = new HashMap<>();
    int number = 0;
    for (JobStatus status : statuses) {
      seen.put(new JobId(Integer.toString(4711 + number++)), status);
    }
    fleet.look(Optional.of(seen), new LoadReport(load, Map.copyOf(managers)), now);
    return fleet.effects();
  }

  /** The scheduler could not be asked. */
  private List<BlockEffect> lookInVain() {
    fleet.look(Optional.empty(), new LoadReport(load, Map.copyOf(managers)), now);
    return fleet.effects();
  }

  private static JobStatus status(JobState state) {
    return status(state, "");
  }

  private static JobStatus status(JobState state, String reason) {
    return new JobStatus(state, Instant.EPOCH, OptionalInt.empty(), reason);
  }

  private void live(BlockId id) {
    managers.put(id, new Managers(1, 4, -1));
  }

  private static List<BlockId> submits(List<BlockEffect> effects) {
    return effects.stream()
        .filter(BlockEffect.Submit.class::isInstance)
        .map(e -> ((BlockEffect.Submit) e).id())
        .toList();
  }

  private static <E extends BlockEffect> List<E> only(Class<E> type, List<BlockEffect> effects) {
    return effects.stream().filter(type::isInstance).map(type::cast).toList();
  }

  private static BlockEnd end(List<BlockEffect> effects) {
    return only(BlockEffect.Over.class, effects).get(0).block().end();
  }

  /** A first block, that the scheduler has taken. */
  private void queue() {
    fleet.begin(now);
    assertThat(submits(fleet.effects())).containsExactly(FIRST);
    fleet.submitted(FIRST, JOB);
    fleet.effects();
  }

  @Test
  void theFirstBlocks_areAskedFor_andJournaledBeforeThat() {
    fleet.begin(now);

    assertThat(fleet.effects())
        .containsExactly(
            new BlockEffect.Changed(FIRST, Optional.empty(), new BlockState.Submitting("")),
            new BlockEffect.Submit(FIRST));
  }

  @Test
  void submissions_arePaced_andNoneIsForgotten() {
    fleet = fleet(5, 0, 9, BlockErrorHandler.none());
    load = 0;
    fleet.begin(now);
    assertThat(submits(fleet.effects())).hasSize(2);
    pass(Duration.ofSeconds(9));
    assertThat(submits(look())).isEmpty();
    pass(Duration.ofSeconds(1));
    assertThat(submits(look())).hasSize(1);
    pass(Duration.ofSeconds(100));
    assertThat(submits(look())).hasSize(2);
    pass(Duration.ofSeconds(100));
    assertThat(submits(look())).isEmpty();
  }

  @Test
  void blocksInTheQueue_stayBelowTheSitesLimit() {
    fleet =
        new BlockFleet(
            settings(1, 0, 9, 1), BlockErrorHandler.none(), 1, 4, id -> Path.of("/run/" + id));
    load = 100;
    queue();
    pass(Duration.ofSeconds(20));
    assertThat(submits(look(status(JobState.PENDING)))).isEmpty();
    pass(Duration.ofSeconds(20));
    assertThat(submits(look(status(JobState.RUNNING)))).containsExactly(BlockId.of(2));
  }

  @Test
  void noAnswer_changesNothing_howeverLongItLasts() {
    queue();
    for (int minute = 0; minute < 60; minute++) {
      pass(Duration.ofMinutes(1));
      assertThat(lookInVain()).isEmpty();
    }
  }

  @Test
  void noEntry_changesNothing_forTenMinutes_andThenTheJobIsCancelledAndGivenUp() {
    queue();
    look(status(JobState.PENDING));
    for (int minute = 0; minute <= 10; minute++) {
      assertThat(look()).isEmpty();
      pass(Duration.ofMinutes(1));
    }
    List<BlockEffect> effects = look();
    assertThat(end(effects)).isEqualTo(BlockEnd.TAKEN);
    assertThat(only(BlockEffect.Cancel.class, effects))
        .containsExactly(new BlockEffect.Cancel(List.of(JOB)));
  }

  @Test
  void noEntryOfAJobWhoseManagersWork_isNoMatter() {
    queue();
    live(FIRST);
    look(status(JobState.RUNNING));
    pass(Duration.ofMinutes(60));
    assertThat(look()).isEmpty();
    pass(Duration.ofMinutes(60));
    assertThat(look()).isEmpty();
  }

  @Test
  void aHeldJob_countsAsABlock_andItsReasonIsTold() {
    queue();
    load = 100;
    pass(Duration.ofSeconds(20));
    assertThat(look(status(JobState.HELD, "JobHeldAdmin")))
        .containsExactly(
            new BlockEffect.Changed(
                FIRST, Optional.of(JOB), new BlockState.Queued(JOB, "held: JobHeldAdmin")));
    assertThat(look(status(JobState.HELD, "JobHeldAdmin"))).isEmpty();
  }

  @Test
  void aBlockThatEndsBeforeAManagerCame_isMissing_andOneThatWorkedIsOver() {
    queue();
    assertThat(end(look(status(JobState.COMPLETED)))).isEqualTo(BlockEnd.MISSING);
    fleet = fleet(1, 0, 1, BlockErrorHandler.none());
    queue();
    fleet.joined(FIRST);
    assertThat(end(look(status(JobState.FAILED)))).isEqualTo(BlockEnd.OVER);
  }

  @Test
  void aBlockThatSomebodyElseTookAway_isNoFailure_andTheNextWaitsAWhile() {
    fleet = fleet(1, 0, 1, BlockErrorHandler.simple(1));
    queue();
    List<BlockEffect> effects = look(status(JobState.CANCELLED, "by 1001"));
    assertThat(end(effects)).isEqualTo(BlockEnd.TAKEN);
    assertThat(only(BlockEffect.GiveUp.class, effects)).isEmpty();
    assertThat(submits(effects)).isEmpty();
    pass(Duration.ofSeconds(10));
    assertThat(submits(look())).containsExactly(BlockId.of(2));
  }

  @Test
  void blocksThatFailOneAfterTheOther_areAskedForEverMorePatiently() {
    queue();
    for (int number = 1; number <= 6; number++) {
      int wait = 1 << number - 1;
      assertThat(end(look(status(JobState.FAILED)))).isEqualTo(BlockEnd.MISSING);
      pass(Duration.ofSeconds(wait).minusMillis(1));
      assertThat(submits(look())).isEmpty();
      pass(Duration.ofSeconds(20));
      BlockId next = BlockId.of(number + 1);
      assertThat(submits(look())).containsExactly(next);
      fleet.submitted(next, JOB);
      fleet.effects();
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"PREEMPTED", "CANCELLED"})
  void aBlockThatWorkedAndWasTakenAway_isOver_andTheNextComesAtOnce_howeverOftenThatHappens(
      JobState taken) {
    queue();
    for (int number = 1; number <= 9; number++) {
      live(BlockId.of(number));
      look(status(JobState.RUNNING));
      managers.clear();
      pass(Duration.ofHours(6));
      List<BlockEffect> effects = look(status(taken));
      assertThat(end(effects)).isEqualTo(BlockEnd.OVER);
      BlockId next = BlockId.of(number + 1);
      assertThat(submits(effects)).containsExactly(next);
      fleet.submitted(next, JOB);
      fleet.effects();
    }
  }

  @Test
  void blocksTakenAwayInOneLook_areOneTrouble() {
    BlockSettings unpaced = settings(9, 0, 9, 0, new BlockSettings.Pace(Duration.ZERO, 1));
    fleet = new BlockFleet(unpaced, BlockErrorHandler.none(), 1, 4, id -> Path.of("/run/" + id));
    load = 100;
    JobStatus[] taken = new JobStatus[9];
    fleet.begin(now);
    for (int number = 0; number < 9; number++) {
      fleet.submitted(BlockId.of(number + 1), new JobId(Integer.toString(4711 + number)));
      taken[number] = status(JobState.PREEMPTED);
    }
    fleet.effects();

    assertThat(submits(look(taken))).isEmpty();
    assertThat(fleet.isEmpty()).isTrue();
    pass(Duration.ofSeconds(1));
    assertThat(submits(look())).hasSize(9);
  }

  @Test
  void walltime_isTold_andTheNextBlockComesAtOnce() {
    queue();
    live(FIRST);
    look(status(JobState.RUNNING));
    managers.clear();
    pass(Duration.ofSeconds(60));
    List<BlockEffect> effects = look(status(JobState.TIMED_OUT, "TimeLimit"));
    assertThat(only(BlockEffect.Over.class, effects).get(0).walltime()).isTrue();
    assertThat(submits(effects)).containsExactly(BlockId.of(2));
  }

  @Test
  void aRefusalThatMayPass_isTriedAgain_withTheSameBlock_moreAndMorePatiently() {
    fleet.begin(now);
    fleet.effects();
    long[] waits = {10, 20, 40, 80, 160, 300};
    for (long wait : waits) {
      fleet.refused(FIRST, "down, so wait " + wait, now);
      assertThat(fleet.effects())
          .containsExactly(
              new BlockEffect.Changed(
                  FIRST, Optional.empty(), new BlockState.Submitting("down, so wait " + wait)));
      pass(Duration.ofSeconds(wait - 1));
      assertThat(look()).isEmpty();
      pass(Duration.ofSeconds(1));
      assertThat(look()).containsExactly(new BlockEffect.Submit(FIRST));
    }
  }

  @Test
  void aRefusalThatLasts_endsTheBlock_andTheErrorHandlerDecides() {
    fleet = fleet(1, 0, 1, BlockErrorHandler.simple(1));
    fleet.begin(now);
    fleet.effects();
    fleet.refused(FIRST, "too many jobs", now);
    fleet.effects();
    pass(Duration.ofMinutes(16));
    look();
    fleet.refused(FIRST, "too many jobs", now);
    List<BlockEffect> effects = fleet.effects();
    assertThat(end(effects)).isEqualTo(BlockEnd.NOT_SUBMITTED);
    assertThat(only(BlockEffect.GiveUp.class, effects)).hasSize(1);
  }

  @Test
  void aBlockThatCanNeverBe_endsTheRunAtOnce() {
    fleet.begin(now);
    fleet.effects();
    fleet.invalid(FIRST, "invalid partition");
    assertThat(only(BlockEffect.GiveUp.class, fleet.effects())).hasSize(1);
    assertThat(look()).isEmpty();
  }

  @Test
  void anAnswerThatIsMissing_isLookedFor_andNoSecondJobIsAskedForMeanwhile() {
    fleet = fleet(1, 0, 1, BlockErrorHandler.none());
    load = 100;
    fleet.begin(now);
    fleet.effects();
    fleet.unanswered(FIRST, "sbatch timed out", now);
    fleet.effects();
    for (int look = 0; look < 12; look++) {
      pass(Duration.ofSeconds(5));
      assertThat(look()).containsExactly(new BlockEffect.Find(FIRST));
      if (look % 2 == 0) {
        fleet.notFound(FIRST, now);
      } else {
        fleet.found(FIRST, Optional.empty(), now - 1);
      }
      assertThat(fleet.effects()).isEmpty();
    }
    pass(Duration.ofSeconds(5));
    look();
    fleet.found(FIRST, Optional.of(JOB), now);
    assertThat(fleet.effects())
        .containsExactly(
            new BlockEffect.Changed(FIRST, Optional.of(JOB), new BlockState.Queued(JOB, "")));
  }

  @Test
  void aJobThatTurnsUpAfterItsBlockWasGivenUp_isCancelled() {
    fleet.begin(now);
    fleet.effects();
    fleet.unanswered(FIRST, "sbatch timed out", now);
    fleet.found(FIRST, Optional.empty(), now);
    pass(Duration.ofSeconds(60));
    fleet.found(FIRST, Optional.empty(), now);
    assertThat(end(fleet.effects())).isEqualTo(BlockEnd.NOT_SUBMITTED);
    fleet.joined(FIRST);
    assertThat(fleet.effects()).containsExactly(new BlockEffect.Find(FIRST));
    fleet.found(FIRST, Optional.of(JOB), now);
    assertThat(fleet.effects()).containsExactly(new BlockEffect.Cancel(List.of(JOB)));
  }

  @Test
  void aJobWithoutAManager_isCancelledAfterTheStartTimeout_once() {
    queue();
    look(status(JobState.RUNNING));
    pass(Duration.ofSeconds(300));
    assertThat(look(status(JobState.RUNNING))).isEmpty();
    pass(Duration.ofSeconds(1));
    assertThat(look(status(JobState.RUNNING)))
        .containsExactly(new BlockEffect.Cancel(List.of(JOB)));
    assertThat(look(status(JobState.RUNNING))).isEmpty();
    List<BlockEffect> effects = look(status(JobState.CANCELLED));
    assertThat(end(effects)).isEqualTo(BlockEnd.MISSING);
    assertThat(only(BlockEffect.Over.class, effects).get(0).block().reason())
        .contains("executor.start-timeout");
  }

  @Test
  void aQueuedBlockThatIsNotNeededAnyMore_isCancelled_andIsNoFailure() {
    queue();
    load = 0;
    pass(Duration.ofSeconds(121));
    assertThat(only(BlockEffect.Cancel.class, look(status(JobState.PENDING)))).hasSize(1);
    assertThat(end(look(status(JobState.CANCELLED)))).isEqualTo(BlockEnd.SCALED_IN);
  }

  @Test
  void aBlockWhoseManagersAreStillStarting_isNotIdle_howeverLongItWaitedInTheQueue() {
    queue();
    load = 0;
    pass(Duration.ofSeconds(119));
    assertThat(look(status(JobState.PENDING))).isEmpty();
    pass(Duration.ofSeconds(1));
    assertThat(only(BlockEffect.Cancel.class, look(status(JobState.RUNNING)))).isEmpty();
    pass(Duration.ofSeconds(299));
    assertThat(look(status(JobState.RUNNING))).isEmpty();
    managers.put(FIRST, new Managers(1, 4, 0));
    assertThat(only(BlockEffect.Drain.class, look(status(JobState.RUNNING)))).isEmpty();
    managers.put(FIRST, new Managers(1, 4, Duration.ofSeconds(121).toNanos()));
    assertThat(only(BlockEffect.Drain.class, look(status(JobState.RUNNING)))).hasSize(1);
  }

  @Test
  void anIdleBlock_isDrained_andItsJobCancelledOnlyIfItStays() {
    queue();
    live(FIRST);
    look(status(JobState.RUNNING));
    load = 0;
    managers.put(FIRST, new Managers(1, 4, Duration.ofSeconds(121).toNanos()));
    assertThat(only(BlockEffect.Drain.class, look(status(JobState.RUNNING)))).hasSize(1);
    managers.clear();
    pass(Duration.ofSeconds(10));
    assertThat(look(status(JobState.RUNNING))).isEmpty();
    pass(Duration.ofSeconds(1));
    assertThat(look(status(JobState.RUNNING)))
        .containsExactly(new BlockEffect.Cancel(List.of(JOB)));
  }

  @Test
  void adoptedBlocks_countAsBlocks_andUnansweredOnesAreLookedForAtOnce() {
    fleet = fleet(2, 0, 2, BlockErrorHandler.none());
    fleet.adopt(BlockId.of(7), JOB, Path.of("/run/blocks/b-0007"), now);
    fleet.adoptUnanswered(BlockId.of(8), Path.of("/run/blocks/b-0008"), now);
    fleet.begin(now);
    assertThat(submits(fleet.effects())).isEmpty();
    assertThat(look(status(JobState.PENDING))).contains(new BlockEffect.Find(BlockId.of(8)));
    assertThat(fleet.jobs()).isEqualTo(Set.of(JOB));
  }

  @Test
  void theEnd_cancelsWhatNeverLived_andLeavesManagersAMomentToGo() {
    fleet = fleet(2, 0, 2, BlockErrorHandler.none());
    fleet.begin(now);
    fleet.submitted(FIRST, JOB);
    fleet.submitted(BlockId.of(2), new JobId("4712"));
    live(FIRST);
    look(status(JobState.RUNNING), status(JobState.PENDING));
    fleet.end(now);
    managers.clear();
    assertThat(look(status(JobState.RUNNING), status(JobState.PENDING)))
        .containsExactly(new BlockEffect.Cancel(List.of(new JobId("4712"))));
    pass(Duration.ofSeconds(11));
    assertThat(look(status(JobState.RUNNING), status(JobState.PENDING)))
        .containsExactly(new BlockEffect.Cancel(List.of(JOB)));
    assertThat(end(look(status(JobState.CANCELLED)))).isEqualTo(BlockEnd.SCALED_IN);
  }

  @Test
  void theEnd_withASubmissionInFlight_cancelsItsJobAsSoonAsItIsKnown() {
    fleet.begin(now);
    fleet.effects();
    fleet.unanswered(FIRST, "sbatch timed out", now);
    fleet.end(now);
    pass(Duration.ofSeconds(5));
    assertThat(look()).contains(new BlockEffect.Find(FIRST));
    fleet.found(FIRST, Optional.of(JOB), now);
    assertThat(only(BlockEffect.Cancel.class, fleet.effects()))
        .containsExactly(new BlockEffect.Cancel(List.of(JOB)));
  }

  @Test
  void errorHandlers_countAsTheyAreNamed() {
    List<EndedBlock> blocks = new ArrayList<>();
    BlockErrorHandler simple = BlockErrorHandler.simple(2);
    BlockErrorHandler windowed = BlockErrorHandler.windowed(3, 4);
    blocks.add(ended(1, BlockEnd.MISSING));
    assertThat(simple.givesUp(blocks, 0)).isFalse();
    blocks.add(ended(2, BlockEnd.NOT_SUBMITTED));
    assertThat(simple.givesUp(blocks, 1)).isFalse();
    assertThat(simple.givesUp(blocks, 0)).isTrue();
    assertThat(windowed.givesUp(blocks, 0)).isFalse();
    blocks.add(ended(3, BlockEnd.OVER));
    assertThat(simple.givesUp(blocks, 0)).isFalse();
    for (int number = 4; number < 6; number++) {
      blocks.add(ended(number, BlockEnd.MISSING));
      assertThat(windowed.givesUp(blocks, 0)).isFalse();
    }
    blocks.add(ended(6, BlockEnd.MISSING));
    assertThat(windowed.givesUp(blocks, 3)).isTrue();
    assertThat(BlockErrorHandler.none().givesUp(blocks, 0)).isFalse();
  }

  private static EndedBlock ended(int number, BlockEnd end) {
    return new EndedBlock(BlockId.of(number), end, Path.of("/run"), "");
  }
}
