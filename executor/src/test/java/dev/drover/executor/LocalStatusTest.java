package dev.drover.executor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.interchange.Event;
import dev.drover.interchange.InterchangeSettings;
import dev.drover.interchange.InterchangeState;
import dev.drover.interchange.Placement;
import dev.drover.protocol.FromManager;
import dev.drover.protocol.ManagerFacts;
import dev.drover.protocol.ManagerId;
import dev.drover.submit.ExecutorStatus;
import dev.drover.task.Payload;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What a user is told who asks how blocks stand. */
class LocalStatusTest {
  private final InterchangeState interchange =
      new InterchangeState(
          new InterchangeSettings(
              Duration.ofSeconds(30),
              Duration.ofSeconds(120),
              Placement.SPREAD,
              failed -> 1,
              Optional.empty()));
  private final LocalStatus status = new LocalStatus(Optional::empty);

  private void manager(String id, String block) {
    ManagerFacts facts =
        new ManagerFacts(
            new ManagerId(id), block, "node-" + id, 1, 2, 1, 0, List.of(), 2, 0, "", "v", "17", 0);
    interchange.on(
        new Event.Registered(
            new FromManager.Register(facts, Payload.of(new byte[16]), 2, List.of())),
        1);
  }

  private void block(String id, String state, String reason) {
    status.changed(new ExecutorStatus.Block(id, "job-" + id, state, 0, reason));
  }

  @Test
  void eachBlock_isToldWithItsOwnManagers_andThoseOfNoBlockCountInNone() {
    block("b-0001", "live", "");
    block("b-0002", "live", "");
    block("b-0003", "queued", "Priority");
    block("b-0004", "ended", "job 4 completed");
    manager("a", "b-0001");
    manager("b", "b-0002");
    manager("c", "b-0002");
    manager("d", "");

    ExecutorStatus seen = status.of(interchange);

    assertThat(seen.managers()).hasSize(4);
    assertThat(seen.slots()).isEqualTo(8);
    assertThat(seen.blocks())
        .containsExactlyInAnyOrder(
            new ExecutorStatus.Block("b-0001", "job-b-0001", "live", 1, ""),
            new ExecutorStatus.Block("b-0002", "job-b-0002", "live", 2, ""),
            new ExecutorStatus.Block("b-0003", "job-b-0003", "queued", 0, "Priority"),
            new ExecutorStatus.Block("b-0004", "job-b-0004", "ended", 0, "job 4 completed"));
  }
}
