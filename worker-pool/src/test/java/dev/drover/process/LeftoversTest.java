package dev.drover.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** How often, and for how long, what is left of a task is looked for; time is moved. */
class LeftoversTest {
  /** No node has so large a pid: no signal can reach it. */
  private static final ProcessTree.Member HANGING = new ProcessTree.Member(1 << 30, 1);

  private final List<Duration> pauses = new ArrayList<>();
  private long now = Long.MAX_VALUE - 1; // it may wrap around
  private final long begun = now;
  private int looks;

  private final Leftovers.Clock clock =
      new Leftovers.Clock() {
        @Override
        public long nanoTime() {
          return now;
        }

        @Override
        public void pause(long nanos) {
          now += nanos;
          pauses.add(Duration.ofNanos(nanos));
        }
      };

  /** On a node where each look takes this long. */
  private void killWhatHangs(Duration aLook) {
    Leftovers.kill(
        () -> {
          looks++;
          now += aLook.toNanos();
          return List.of(HANGING);
        },
        true,
        clock);
  }

  @Test
  void aProcessThatHangsInTheKernel_isWaitedForASecondInAll_howeverLongALookTakes() {
    killWhatHangs(Duration.ofMillis(71));

    assertThat(Duration.ofNanos(now - begun))
        .isBetween(Duration.ofMillis(900), Duration.ofMillis(1_071));
    assertThat(looks).isLessThan(15);
  }

  @Test
  void thePausesBetweenLooks_grow_soThatAHangingProcessCostsFewOfThem() {
    killWhatHangs(Duration.ZERO);

    assertThat(pauses)
        .startsWith(Duration.ofMillis(1), Duration.ofMillis(2), Duration.ofMillis(4))
        .allMatch(pause -> pause.compareTo(Duration.ofMillis(100)) <= 0);
    assertThat(looks).isLessThan(20);
    assertThat(Duration.ofNanos(now - begun)).isEqualTo(Duration.ofSeconds(1));
  }

  private List<List<ProcessTree.Member>> unseenOf(
      boolean byForce, List<List<ProcessTree.Member>> seen) {
    ArrayDeque<List<ProcessTree.Member>> next = new ArrayDeque<>(seen);
    Leftovers.kill(next::pollFirst, byForce, clock);
    return List.copyOf(next);
  }

  @Test
  void whereSomethingIsEndedByForce_oneEmptyLookIsNotTrusted_twoAre() {
    List<ProcessTree.Member> none = List.of();
    List<ProcessTree.Member> one = List.of(HANGING);

    assertThat(unseenOf(true, List.of(none, none, one))).containsExactly(one);
    assertThat(unseenOf(true, List.of(none, one, none, none, one))).containsExactly(one);
    assertThat(unseenOf(false, List.of(one, none, one, none, none, one))).containsExactly(one);
  }

  @Test
  void afterATaskThatEndedByItself_oneEmptyLookIsAll() {
    assertThat(unseenOf(false, List.of(List.of(), List.of()))).hasSize(1);
    assertThat(pauses).isEmpty();
  }
}
