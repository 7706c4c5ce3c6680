package dev.drover.manager;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class PatienceTest {
  private static final long SECOND = 1_000_000;

  @Test
  void aManagerGivesUp_beforeItsInterchangeGivesItUp_andRegistersAgainBeforeThat() {
    assertThat(Patience.DEFAULT)
        .isEqualTo(new Patience(30 * SECOND, 48 * SECOND, 72 * SECOND, 36 * SECOND, SECOND));
    assertThat(Patience.of(Duration.ofSeconds(1), Duration.ofSeconds(120)).registerAgain())
        .as("three missed signs of life")
        .isEqualTo(3 * SECOND);
    for (int threshold = 2; threshold < 1_000; threshold++) {
      Patience patience =
          Patience.of(Duration.ofMillis(300L * threshold), Duration.ofSeconds(threshold));
      assertThat(patience.registerAgain()).isLessThan(patience.fence());
      assertThat(patience.fence()).isLessThan(threshold * SECOND);
      assertThat(patience.fenceAfter().toNanos()).isEqualTo(1_000 * patience.fence());
      assertThat(patience.beat()).isBetween(1L, SECOND);
    }
  }

  @Test
  void theShortestThreshold_stillGivesAWholeSecond() {
    Patience patience = Patience.of(Duration.ofMillis(50), Duration.ofMillis(200));
    assertThat(patience.fence()).isEqualTo(SECOND);
    assertThat(patience.registerAgain()).isEqualTo(150_000);
  }
}
