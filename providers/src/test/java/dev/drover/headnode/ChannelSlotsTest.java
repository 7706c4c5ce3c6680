package dev.drover.headnode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class ChannelSlotsTest {
  private final ChannelSlots slots = new ChannelSlots(2);

  @Test
  void takers_waitInLine_andAreToldWhenItLastsTooLong() throws Exception {
    slots.take(Duration.ZERO);
    slots.take(Duration.ZERO);
    assertThatIOException()
        .isThrownBy(() -> slots.take(Duration.ofMillis(1)))
        .withMessageContaining("all 2 channels of the SSH connection are busy")
        .withMessageContaining("not begun");
    CompletableFuture<Void> third =
        CompletableFuture.runAsync(
            () -> {
              try {
                slots.take(Duration.ofSeconds(30));
              } catch (java.io.IOException e) {
                throw new java.io.UncheckedIOException(e);
              }
            });
    slots.free();
    third.get();
  }

  @Test
  void idleChannel_isClosedForAnotherUse_butOnlyThen() throws Exception {
    AtomicBoolean closed = new AtomicBoolean();
    slots.take(Duration.ZERO);
    assertThat(slots.keep(() -> closed.set(true))).isTrue();
    slots.take(Duration.ZERO);
    assertThat(closed).isFalse();
    assertThat(slots.keep(() -> {})).isFalse();
    slots.take(Duration.ZERO);
    assertThat(closed).isTrue();
    assertThat(slots.takeIdle()).isFalse();
  }

  @Test
  void refusal_lowersTheLimit_toWhatTheServerHasAllowed() throws Exception {
    ChannelSlots many = new ChannelSlots(10);
    many.take(Duration.ZERO);
    many.take(Duration.ZERO);
    many.free();
    assertThat(many.refused()).isTrue();
    assertThat(many.limit()).isEqualTo(1);
    many.free();
    assertThat(many.refused()).isFalse();
    assertThat(many.limit()).isEqualTo(1);
  }
}
