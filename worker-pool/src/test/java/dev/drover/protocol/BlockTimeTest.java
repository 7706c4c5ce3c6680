package dev.drover.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class BlockTimeTest {
  private static final Duration GRACE = Duration.ofSeconds(5);

  private static long marginSeconds(Duration length, Duration grace) {
    BlockTime time = BlockTime.of(1_000, 1_000 + length.toMillis(), grace);
    assertThat(time.endMillis()).isEqualTo(1_000 + length.toMillis());
    assertThat(time.isLimited()).isTrue();
    return (time.endMillis() - time.tasksEndMillis()) / 1000;
  }

  @Test
  void tasksEnd_theirGraceAndTenSecondsBeforeTheBlock() {
    assertThat(marginSeconds(Duration.ofHours(1), GRACE)).isEqualTo(15);
  }

  @Test
  void ofAShortBlock_theMarginTakesASmallPart_andNeverMoreThanHalf() {
    assertThat(marginSeconds(Duration.ofSeconds(100), GRACE)).isEqualTo(10);
    assertThat(marginSeconds(Duration.ofSeconds(10), Duration.ofMinutes(5))).isEqualTo(5);
  }

  @Test
  void aBlockWithoutAnEnd_isNotLimited_andTasksCannotEndAfterTheirBlock() {
    assertThat(BlockTime.NONE.isLimited()).isFalse();
    assertThatThrownBy(() -> new BlockTime(5, 6)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new BlockTime(-1, -1)).isInstanceOf(IllegalArgumentException.class);
  }
}
