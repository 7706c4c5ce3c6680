package dev.drover.mpi;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.task.TaskId;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What goes where when a task's nodes follow one another in the list of its job's, by example. */
class NodesInARowTest {
  private final NodePacker rows = new NodePacker(PackerSettings.DEFAULT.inARow(true));

  private static List<BlockNode> block(int nodes, int slots) {
    return IntStream.range(0, nodes).mapToObj(i -> new BlockNode("n" + i, slots)).toList();
  }

  private void submit(long task, int nodes) {
    rows.submit(new TaskId(task), NodeRequest.wholeNodes(nodes), Duration.ZERO, 0);
  }

  private List<List<String>> place() {
    return rows.place(0).stream().map(NodePlacement::nodes).toList();
  }

  @Test
  void aTaskWaitsWhileThoseThatAreFreeAreApart() {
    rows.addBlock("b", block(4, 1), Long.MAX_VALUE);
    for (int task = 1; task <= 4; task++) {
      submit(task, 1);
    }
    assertThat(place()).containsExactly(List.of("n0"), List.of("n1"), List.of("n2"), List.of("n3"));
    submit(5, 2);
    rows.finished(new TaskId(1));
    rows.finished(new TaskId(3));
    assertThat(place()).isEmpty();
    assertThat(rows.explain(new TaskId(5), 0)).startsWith("task 5 waits for 2 nodes: it is next, ");
    rows.finished(new TaskId(2));
    assertThat(place()).containsExactly(List.of("n0", "n1"));
  }

  @Test
  void theShortestRowIsBroken_soThatLongOnesStayLong() {
    rows.addBlock("b", block(8, 1), Long.MAX_VALUE);
    for (int task = 1; task <= 8; task++) {
      submit(task, 1);
    }
    place();
    for (long task : new long[] {1, 2, 3, 4, 6, 7}) {
      rows.finished(new TaskId(task)); // n0 to n3, n5 and n6
    }
    submit(9, 2);
    assertThat(place()).containsExactly(List.of("n5", "n6"));
    submit(10, 4);
    assertThat(place()).containsExactly(List.of("n0", "n1", "n2", "n3"));
  }

  @Test
  void oneThatCameLaterFollowsNone() {
    rows.addBlock("b", block(2, 1), Long.MAX_VALUE);
    rows.addNode("b", new BlockNode("late", 1));
    submit(1, 3);
    submit(2, 1);
    submit(3, 2);
    assertThat(place()).containsExactly(List.of("n0", "n1"), List.of("late"));
    assertThat(rows.explain(new TaskId(1), 0))
        .isEqualTo(
            "task 1 waits for 3 nodes: the best block has 2 such nodes in order; it needs a larger block");
  }

  @Test
  void thoseThatAreFreeSoonestTogetherAreKept() {
    rows.addBlock("b", block(5, 1), Long.MAX_VALUE);
    for (int task = 1; task <= 4; task++) {
      rows.submit(new TaskId(task), NodeRequest.wholeNodes(1), Duration.ofSeconds(10L * task), 0);
    }
    place();
    submit(5, 2);
    place();
    assertThat(rows.explain(new TaskId(5), 0))
        .isEqualTo(
            "task 5 waits for 2 nodes: it is next, and has kept for it n0, n1 of block b, free in 20 s at the latest");
  }
}
