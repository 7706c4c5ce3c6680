package dev.drover.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.drover.pinning.CpuSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class WorkerCountTest {
  private static final long GIB = 1L << 30;
  private static final NodeCapacity NODE = node(8, 16 * GIB);

  private static NodeCapacity node(int cores, long memoryBytes) {
    return new NodeCapacity("node042", CpuSet.parse("0-7"), cores, "mask", memoryBytes, "free");
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 5, 10})
  void count_isTheMaximum_whenNothingElseIsSaid(int max) {
    assertThat(WorkerCount.of(NODE, WorkerLimits.NONE.withMaxWorkers(max)))
        .isEqualTo(new WorkerCount(max, "max workers per node = " + max));
  }

  @Test
  void count_isTheCores_whenNothingIsSaid() {
    assertThat(WorkerCount.of(NODE, WorkerLimits.NONE))
        .isEqualTo(new WorkerCount(8, "cores: 8 (mask) at 1.0 per worker"));
  }

  @Test
  void count_isNotMoreThanTheCores_whenOnlyMemoryIsSaid() {
    assertThat(WorkerCount.of(NODE, WorkerLimits.NONE.withMemoryPerWorker(1 << 20)).workers())
        .isEqualTo(8);
  }

  @ParameterizedTest
  @CsvSource({"8,4,2", "8,3,2", "8,0.5,16", "3,0.1,30", "7,0.7,10", "1,0.05,20"})
  void count_isBoundByCores(int cores, double perWorker, int expected) {
    WorkerLimits limits = WorkerLimits.NONE.withMaxWorkers(100).withCoresPerWorker(perWorker);

    WorkerCount count = WorkerCount.of(node(cores, GIB), limits);

    assertThat(count.workers()).isEqualTo(expected);
    assertThat(count.boundBy())
        .isEqualTo("cores: " + cores + " (mask) at " + perWorker + " per worker");
  }

  @Test
  void count_isBoundByMemory() {
    WorkerLimits limits =
        WorkerLimits.NONE.withMaxWorkers(10).withMemoryPerWorker(16 * GIB).withCoresPerWorker(1);

    assertThat(WorkerCount.of(NODE, limits))
        .isEqualTo(new WorkerCount(1, "memory: 16.0 GiB (free) at 16.0 GiB per worker"));
  }

  @Test
  void count_isCappedByAccelerators_andZeroOfThemCapNothing() {
    WorkerLimits ten = WorkerLimits.NONE.withMaxWorkers(10);

    assertThat(WorkerCount.of(NODE, ten.withAccelerators(3)))
        .isEqualTo(new WorkerCount(3, "accelerators: 3, one per worker"));
    assertThat(WorkerCount.of(NODE, ten.withAccelerators(0)).workers()).isEqualTo(10);
  }

  @Test
  void count_refusesZeroWorkers_withTheNumbersAndTheMend() {
    assertThatThrownBy(() -> WorkerCount.of(NODE, WorkerLimits.NONE.withMemoryPerWorker(17 * GIB)))
        .hasMessageContaining("no worker fits on node042")
        .hasMessageContaining("16.0 GiB (free) at 17.0 GiB per worker")
        .hasMessageContaining("fix:");
    assertThatThrownBy(() -> WorkerCount.of(NODE, WorkerLimits.NONE.withCoresPerWorker(9)))
        .hasMessageContaining("cores: 8 (mask) at 9.0 per worker");
  }

  @Test
  void limits_refuseWhatMakesNoSense() {
    assertThatThrownBy(() -> WorkerLimits.NONE.withMaxWorkers(0))
        .hasMessageContaining("max workers per node is at least 1");
    assertThatThrownBy(() -> WorkerLimits.NONE.withCoresPerWorker(0))
        .hasMessageContaining("cores per worker is above 0");
    assertThatThrownBy(() -> WorkerLimits.NONE.withMemoryPerWorker(0))
        .hasMessageContaining("memory per worker");
    assertThatThrownBy(() -> WorkerLimits.NONE.withAccelerators(-1))
        .hasMessageContaining("accelerators");
  }
}
