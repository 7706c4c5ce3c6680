package dev.drover.interchange;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class DurationsTest {
  private final Durations durations = new Durations();

  @Test
  void withoutTasks_itIsZero_andAllTheSame_isExact() {
    assertThat(durations.mostTake()).isZero();

    for (int i = 0; i < 1000; i++) {
      durations.observe(1_234_567);
      assertThat(durations.mostTake()).isEqualTo(1_234_567);
    }
  }

  @Test
  void buckets_areInOrder_andAnEighthOfADoublingWide() {
    long before = 0;
    for (long micros = 1; micros < 1L << 50; micros += Math.max(1, micros / 20)) {
      int bucket = Durations.bucket(micros);
      assertThat(bucket).isBetween((int) before, Durations.BUCKETS - 1);
      before = bucket;
    }
    assertThat(Durations.bucket(0)).isZero();
    assertThat(Durations.bucket(Long.MAX_VALUE)).isEqualTo(Durations.BUCKETS - 1);
  }

  @Test
  void itIsTheTimeWithinWhich95Of100End_toAnEighth() {
    for (int seed = 0; seed < 50; seed++) {
      Random random = new Random(seed);
      Durations seen = new Durations();
      int count = 1 + random.nextInt(5_000);
      long[] all = new long[count];
      for (int i = 0; i < count; i++) {
        all[i] = (long) Math.exp(random.nextDouble() * 25);
        seen.observe(all[i]);
      }
      Arrays.sort(all);
      long exact = all[(int) Math.ceil(0.95 * count) - 1];
      // It is looked for again only when there are some more.
      long low = all[Math.max(0, (int) (0.93 * count) - 2)];
      assertThat(seen.mostTake())
          .isGreaterThanOrEqualTo(low)
          .isLessThanOrEqualTo(exact + exact / 7 + 2);
    }
  }

  @Test
  void oldTasks_fade() {
    for (int i = 0; i < 100_000; i++) {
      durations.observe(3_600_000_000L);
    }
    for (int i = 0; i < 1_000_000; i++) {
      durations.observe(1_000);
    }
    assertThat(durations.mostTake()).isLessThan(1_200);
  }
}
