package dev.drover.interchange;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.task.TaskId;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class BlockHostsTest {
  private static final Duration PATIENCE = Duration.ofSeconds(120);

  private final InterchangeDriver it = ofNodes(3);

  private static InterchangeDriver ofNodes(int nodes) {
    return new InterchangeDriver(
        new InterchangeSettings(
            Duration.ofHours(1),
            Duration.ofHours(2),
            Placement.SPREAD,
            failed -> 1,
            Optional.empty(),
            nodes));
  }

  @Test
  void twoManagersOfABlockOnOneHost_areToldOnce_withTheMend() {
    it.registersFrom("nid1", "a", "b-0001").sessionOpened("a", 0).nothingElse();
    it.registersFrom("nid1", "b", "b-0001");
    assertThat(it.warned())
        .contains("block b-0001: 2 managers are on one host, nid1, of 3 nodes")
        .contains("fix: launcher.type");
    it.sessionOpened("b", 0);
    it.registersFrom("nid1", "c", "b-0001").sessionOpened("c", 0).nothingElse();
    it.after(PATIENCE).tick().nothingElse();

    it.submit(1);
    assertThat(it.state.explain(new TaskId(1))).contains("2 managers are on one host");
    assertThat(it.state.placementProblems()).containsOnlyKeys(InterchangeDriver.block(1));
    assertThat(StatusText.of(it.state)).contains("2 managers are on one host");
    it.on(new Event.BlockEnded(InterchangeDriver.block(1), "over"));
    assertThat(it.state.placementProblems()).isEmpty();
  }

  @Test
  void fewerHostsThanNodes_areToldOnce_someTimeAfterTheFirst() {
    it.registersFrom("nid1", "a", "b-0001").sessionOpened("a", 0);
    it.registersFrom("nid2", "b", "b-0001").sessionOpened("b", 0);
    it.after(PATIENCE.minusNanos(1000)).tick().nothingElse();

    it.after(Duration.ofNanos(1000)).tick();
    assertThat(it.warned())
        .contains(
            "block b-0001: managers have registered from 2 of 3 nodes within 120 s of the first: nid1, nid2")
        .contains("fix: ");
    it.tick().nothingElse();
  }

  @Test
  void aCompleteBlock_andManagersOfNone_areFine() {
    for (int node = 1; node <= 3; node++) {
      it.registersFrom("nid" + node, "m" + node, "b-0001").sessionOpened("m" + node, 0);
    }
    it.registersFrom("nid1", "x", "").sessionOpened("x", 0);
    it.registersFrom("nid1", "y", "").sessionOpened("y", 0);
    it.after(PATIENCE).tick().nothingElse();
  }

  @Test
  void anotherBlockOnTheSameHost_orAManagerThatFollowsOneThatIsGone_isFine() {
    InterchangeDriver one = ofNodes(1);
    one.registersFrom("nid1", "a", "b-0001").sessionOpened("a", 0);
    one.registersFrom("nid1", "b", "b-0002").sessionOpened("b", 0);
    one.leaves("a").gone("a", true, "");
    one.registersFrom("nid1", "c", "b-0001").sessionOpened("c", 0);
    one.after(PATIENCE).tick().nothingElse();
  }

  @Test
  void whereTheNumberOfNodesIsUnknown_nobodyIsMissed() {
    InterchangeDriver unknown = ofNodes(0);
    unknown.registersFrom("nid1", "a", "b-0001").sessionOpened("a", 0);
    unknown.after(PATIENCE).tick().nothingElse();
  }
}
