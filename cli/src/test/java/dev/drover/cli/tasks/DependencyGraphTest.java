package dev.drover.cli.tasks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.cli.tasks.DependencyGraph.Doomed;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DependencyGraphTest {
  /** 0 and 1 before 2; 2 before 3 and 4; 5 alone; 6 after 1. */
  private final DependencyGraph graph =
      new DependencyGraph(Map.of(2, List.of(0, 1), 3, List.of(2), 4, List.of(2, 0), 6, List.of(1)));

  @Test
  void task_isReleased_onlyWhenAllItComesAfterSucceeded() {
    assertThat(graph.succeeded(0)).isEmpty();
    assertThat(graph.isWaiting(2)).isTrue();
    assertThat(graph.succeeded(1)).containsExactly(2, 6);
    assertThat(graph.succeeded(2)).containsExactly(3, 4);
    assertThat(graph.waiting()).isZero();
  }

  @Test
  void failure_doomsAllBehindIt_eachOnceAndNamingItsParent_butNothingElse() {
    graph.succeeded(1);
    assertThat(graph.failed(0))
        .containsExactly(new Doomed(2, 0), new Doomed(4, 0), new Doomed(3, 2));
    assertThat(graph.succeeded(2)).isEmpty();
    assertThat(graph.waiting()).isZero();
  }

  @Test
  void taskNobodyWaitsFor_changesNothing() {
    assertThat(graph.succeeded(5)).isEmpty();
    assertThat(graph.failed(3)).isEmpty();
    assertThat(graph.waiting()).isEqualTo(4);
  }
}
