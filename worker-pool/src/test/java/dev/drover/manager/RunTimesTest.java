package dev.drover.manager;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RunTimesTest {
  private final RunTimes times = new RunTimes();

  @Test
  void asLongAsNothingRan_nothingIsHeldReady() {
    times.atLeast(1_000_000);

    assertThat(times.readyPerSlot()).isZero();
    assertThat(times.pipelinedPerWorker()).isEqualTo(1);
  }

  @Test
  void whatIsHeldReady_lastsATenthOfASecond_onAThreadAFifthOfThat_andInAWorkerAMillisecond() {
    times.observe(1_000);
    assertThat(times.readyPerSlot()).isEqualTo(100);
    assertThat(times.pipelinedPerThread()).isEqualTo(20);
    assertThat(times.pipelinedPerWorker()).isEqualTo(1);
  }

  @Test
  void shorterTasks_areHeldInGreaterNumber() {
    times.observe(250);

    assertThat(times.readyPerSlot()).isEqualTo(400);
    assertThat(times.pipelinedPerThread()).isEqualTo(64);
    assertThat(times.pipelinedPerWorker()).isEqualTo(4);
  }

  @Test
  void theShortestTasks_meetTheLimits() {
    times.observe(0);

    assertThat(times.readyPerSlot()).isEqualTo(512);
    assertThat(times.pipelinedPerWorker()).isEqualTo(64);
  }

  @Test
  void longTasks_areNeitherPrefetchedNorPipelined() {
    times.observe(100_001);

    assertThat(times.readyPerSlot()).isZero();
    assertThat(times.pipelinedPerThread()).isEqualTo(1);
    assertThat(times.pipelinedPerWorker()).isEqualTo(1);
  }

  @Test
  void oneLongTask_makesItCarefulAtOnce_andShortOnesReassureItSlowly() {
    times.observe(100);
    times.atLeast(200_000);
    assertThat(times.readyPerSlot()).isZero();

    int reassured = 0;
    while (times.readyPerSlot() < 100) {
      times.observe(100);
      reassured++;
    }
    assertThat(reassured).isBetween(50, 300);
  }

  @Test
  void aShorterRunningTask_doesNotLowerTheEstimate() {
    times.observe(10_000);
    times.atLeast(10);

    assertThat(times.readyPerSlot()).isEqualTo(10);
  }

  @Test
  void theEstimate_risesFasterThanItFalls() {
    RunTimes rising = new RunTimes();
    rising.observe(100);
    rising.observe(1_100);
    RunTimes falling = new RunTimes();
    falling.observe(1_100);
    falling.observe(100);

    assertThat(rising.readyPerSlot()).isEqualTo(100_000 / 300);
    assertThat(falling.readyPerSlot()).isEqualTo(100_000 / 1_050);
  }
}
