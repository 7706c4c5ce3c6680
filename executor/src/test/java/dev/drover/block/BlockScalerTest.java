package dev.drover.block;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.block.BlockScaler.ActiveBlock;
import dev.drover.block.BlockScaler.Decision;
import dev.drover.block.BlockScaler.Load;
import dev.drover.block.BlockScaler.Phase;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BlockScalerTest {
  private static final Duration IDLE = Duration.ofSeconds(120);

  private static BlockSettings blocks(int min, int max, double parallelism) {
    return blocks(BlockSettings.Strategy.HTEX_AUTO_SCALE, min, max, parallelism);
  }

  private static BlockSettings blocks(
      BlockSettings.Strategy strategy, int min, int max, double parallelism) {
    return new BlockSettings(
        strategy,
        1,
        0,
        min,
        max,
        parallelism,
        IDLE,
        Duration.ofSeconds(600),
        Duration.ofSeconds(5),
        BlockSettings.Pace.UNLIMITED,
        0,
        Duration.ZERO);
  }

  private static ActiveBlock busy(int number, int slots) {
    return new ActiveBlock(BlockId.of(number), slots, -1, Phase.LIVE);
  }

  private static ActiveBlock idle(int number, int slots, long seconds) {
    return new ActiveBlock(
        BlockId.of(number), slots, Duration.ofSeconds(seconds).toNanos(), Phase.LIVE);
  }

  private static ActiveBlock draining(int number, int slots) {
    return new ActiveBlock(BlockId.of(number), slots, 0, Phase.DRAINING);
  }

  private static List<ActiveBlock> allBusy(int count, int slots) {
    return IntStream.rangeClosed(1, count).mapToObj(n -> busy(n, slots)).toList();
  }

  private static Decision decide(
      long load, List<ActiveBlock> blocks, int perBlock, BlockSettings settings) {
    return BlockScaler.decide(new Load(load), blocks, perBlock, settings);
  }

  private static Decision submit(int count) {
    return new Decision(count, List.of());
  }

  private static Decision drain(int... numbers) {
    return new Decision(0, IntStream.of(numbers).mapToObj(BlockId::of).toList());
  }

  @ParameterizedTest
  @CsvSource({
    "14, 48, 1",
    "1, 1, 1",
    "100, 1, 20",
    "47, 48, 1",
    "48, 48, 1",
    "49, 48, 2",
    "149, 50, 3"
  })
  void aLoad_getsItsBlocks_thenNoMore_andAllGoWhenItIsGone(int tasks, int slots, int blocks) {
    BlockSettings settings = blocks(0, 20, 1);

    assertThat(decide(tasks, List.of(), slots, settings)).isEqualTo(submit(blocks));
    assertThat(decide(tasks, allBusy(blocks, slots), slots, settings)).isEqualTo(submit(0));
    List<ActiveBlock> atRest = new ArrayList<>();
    for (int n = 1; n <= blocks; n++) {
      atRest.add(idle(n, slots, 120));
    }
    assertThat(decide(0, atRest, slots, settings).drain())
        .containsExactlyInAnyOrderElementsOf(atRest.stream().map(ActiveBlock::id).toList());
    assertThat(decide(0, List.of(), slots, settings)).isEqualTo(submit(0));
  }

  @Test
  void blocksThatAreIdleForTooShortATime_stay() {
    assertThat(decide(0, List.of(idle(1, 4, 119)), 4, blocks(0, 2, 1))).isEqualTo(submit(0));
    assertThat(decide(0, List.of(idle(1, 4, 120)), 4, blocks(0, 2, 1))).isEqualTo(drain(1));
  }

  @Test
  void theLongestIdle_goFirst_andTheMinimumStays() {
    List<ActiveBlock> atRest = List.of(idle(1, 4, 130), idle(2, 4, 500), idle(3, 4, 200));

    assertThat(decide(0, atRest, 4, blocks(1, 9, 1))).isEqualTo(drain(2, 3));
    assertThat(decide(0, atRest, 4, blocks(3, 9, 1))).isEqualTo(submit(0));
  }

  @Test
  void theMinimum_isKeptAlive_alsoWithoutWork() {
    assertThat(decide(0, List.of(), 4, blocks(2, 9, 1))).isEqualTo(submit(2));
    assertThat(decide(0, List.of(idle(1, 4, 500)), 4, blocks(2, 9, 1))).isEqualTo(submit(1));
    assertThat(decide(1, List.of(busy(1, 4)), 4, blocks(2, 9, 1))).isEqualTo(submit(1));
  }

  @Test
  void aDrainingBlock_doesNotServe_butTakesARoomOfTheMaximum() {
    assertThat(decide(4, List.of(draining(1, 4)), 4, blocks(0, 2, 1))).isEqualTo(submit(1));
    assertThat(decide(4, List.of(draining(1, 4)), 4, blocks(0, 1, 1))).isEqualTo(submit(0));
    assertThat(decide(0, List.of(draining(1, 4), idle(2, 4, 500)), 4, blocks(1, 9, 1)))
        .isEqualTo(submit(0));
  }

  @Test
  void theMaximum_isNeverPassed_howeverMuchThereIsToDo() {
    assertThat(decide(Long.MAX_VALUE, List.of(), 1, blocks(0, 7, 1))).isEqualTo(submit(7));
    assertThat(decide(1_000, allBusy(5, 4), 4, blocks(0, 7, 1))).isEqualTo(submit(2));
    assertThat(decide(1_000, allBusy(7, 4), 4, blocks(0, 7, 1))).isEqualTo(submit(0));
    assertThat(decide(1_000, allBusy(9, 4), 4, blocks(0, 7, 1))).isEqualTo(submit(0));
  }

  @Test
  void parallelismZero_putsAllInOneBlock_andKeepsItWhileThereIsWork() {
    BlockSettings one = blocks(0, 9, 0);

    assertThat(decide(1_000, List.of(), 4, one)).isEqualTo(submit(1));
    assertThat(decide(1_000, List.of(busy(1, 4)), 4, one)).isEqualTo(submit(0));
    assertThat(decide(1_000, List.of(idle(1, 4, 500)), 4, one)).isEqualTo(submit(0));
    assertThat(decide(1_000, List.of(idle(1, 4, 500), idle(2, 4, 600)), 4, one))
        .isEqualTo(drain(2));
  }

  @Test
  void parallelismOneHalf_givesEachTwoTasksASlot() {
    BlockSettings half = blocks(0, 9, 0.5);

    assertThat(decide(16, List.of(), 4, half)).isEqualTo(submit(2));
    assertThat(decide(17, List.of(), 4, half)).isEqualTo(submit(3));
    assertThat(decide(16, allBusy(2, 4), 4, half)).isEqualTo(submit(0));
  }

  @Test
  void moreSlotsThanWork_giveBackWholeBlocksThatAreIdle_andNoBusyOnes() {
    BlockSettings settings = blocks(0, 9, 1);
    List<ActiveBlock> three = List.of(busy(1, 4), idle(2, 4, 300), idle(3, 4, 400));

    assertThat(decide(4, three, 4, settings)).isEqualTo(drain(3, 2));
    assertThat(decide(5, three, 4, settings)).isEqualTo(drain(3));
    assertThat(decide(9, three, 4, settings)).isEqualTo(submit(0));
    assertThat(decide(1, allBusy(3, 4), 4, settings)).isEqualTo(submit(0));
  }

  @Test
  void oneLongTask_letsTheOtherBlocksGo_downToItsOwn() {
    List<ActiveBlock> blocks = List.of(busy(1, 4), idle(2, 4, 200), idle(3, 4, 200));

    assertThat(decide(1, blocks, 4, blocks(0, 9, 1)).drain())
        .containsExactlyInAnyOrder(BlockId.of(2), BlockId.of(3));
  }

  @Test
  void workThatWaitsBesideAnIdleBlock_keepsAtLeastOneBlock() {
    assertThat(decide(1, List.of(idle(1, 8, 500)), 4, blocks(0, 9, 1))).isEqualTo(submit(0));
  }

  @Test
  void queuedBlocksThatAreTooMany_goFirst_thenStartingOnes_thenTheIdle() {
    List<ActiveBlock> blocks =
        List.of(
            idle(1, 4, 900),
            new ActiveBlock(BlockId.of(2), 4, IDLE.toNanos(), Phase.STARTING),
            new ActiveBlock(BlockId.of(3), 4, IDLE.toNanos(), Phase.QUEUED),
            new ActiveBlock(BlockId.of(4), 4, IDLE.toNanos() - 1, Phase.QUEUED));

    assertThat(decide(0, blocks, 4, blocks(0, 9, 1))).isEqualTo(drain(3, 2, 1));
    assertThat(decide(0, blocks, 4, blocks(3, 9, 1))).isEqualTo(drain(3));
  }

  @Test
  void strategySimple_givesBackOnlyWhenThereIsNothingToDo() {
    BlockSettings simple = blocks(BlockSettings.Strategy.SIMPLE, 0, 9, 1);
    List<ActiveBlock> blocks = List.of(busy(1, 4), idle(2, 4, 300));

    assertThat(decide(4, blocks, 4, simple)).isEqualTo(submit(0));
    assertThat(decide(9, blocks, 4, simple)).isEqualTo(submit(1));
    assertThat(decide(0, List.of(idle(2, 4, 300)), 4, simple)).isEqualTo(drain(2));
  }

  @Test
  void strategyNone_neitherAsksNorGivesBack() {
    BlockSettings none = blocks(BlockSettings.Strategy.NONE, 1, 9, 1);

    assertThat(decide(1_000, List.of(), 4, none)).isEqualTo(submit(0));
    assertThat(decide(0, List.of(idle(1, 4, 900), idle(2, 4, 900)), 4, none)).isEqualTo(submit(0));
  }

  @Test
  void noDecision_submitsAndDrainsAtOnce_norPassesTheLimits() {
    java.util.Random random = new java.util.Random(11);
    for (int round = 0; round < 20_000; round++) {
      int min = random.nextInt(4);
      BlockSettings settings =
          blocks(min, Math.max(1, min + random.nextInt(6)), random.nextInt(5) / 4.0);
      int perBlock = 1 + random.nextInt(8);
      List<ActiveBlock> blocks = new ArrayList<>();
      int serving = 0;
      for (int n = 1; n <= random.nextInt(10); n++) {
        boolean out = random.nextInt(4) == 0;
        serving += out ? 0 : 1;
        blocks.add(
            new ActiveBlock(
                BlockId.of(n),
                random.nextInt(perBlock + 1),
                random.nextBoolean() ? -1 : Duration.ofSeconds(random.nextInt(300)).toNanos(),
                out ? Phase.DRAINING : Phase.LIVE));
      }
      long load = random.nextInt(3) == 0 ? 0 : random.nextInt(60);

      Decision decision = decide(load, blocks, perBlock, settings);

      assertThat(decision.submit()).isNotNegative();
      assertThat(decision.submit() == 0 || decision.drain().isEmpty()).isTrue();
      assertThat(decision.submit() == 0 || blocks.size() + decision.submit() <= settings.max())
          .isTrue();
      assertThat(decision.drain()).doesNotHaveDuplicates();
      if (!decision.drain().isEmpty()) {
        int left = serving - decision.drain().size();
        assertThat(left).isGreaterThanOrEqualTo(load > 0 ? Math.max(1, min) : min);
        for (ActiveBlock block : blocks) {
          if (decision.drain().contains(block.id())) {
            assertThat(block.phase()).isNotEqualTo(Phase.DRAINING);
            assertThat(block.idleNanos()).isGreaterThanOrEqualTo(IDLE.toNanos());
          }
        }
      }
    }
  }
}
