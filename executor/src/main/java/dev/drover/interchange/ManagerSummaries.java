package dev.drover.interchange;

import dev.drover.block.BlockId;
import dev.drover.block.BlockSupervisor;
import dev.drover.submit.ExecutorStatus;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What others than the interchange are told of its managers. The loop's thread only. */
final class ManagerSummaries {
  private ManagerSummaries() {}

  /** What the managers of each block do; managers of no block are left out. */
  static Map<BlockId, BlockSupervisor.Managers> byBlock(Collection<Manager> managers, long now) {
    Map<BlockId, BlockSupervisor.Managers> byBlock = new HashMap<>();
    for (Manager manager : managers) {
      long idle = manager.tasks.isEmpty() ? 1000 * (now - manager.idleSinceMicros) : -1;
      byBlock.merge(
          manager.block,
          new BlockSupervisor.Managers(1, manager.usefulSlots(), idle),
          (a, b) ->
              new BlockSupervisor.Managers(
                  a.count() + b.count(),
                  a.slots() + b.slots(),
                  Math.min(a.idleNanos(), b.idleNanos())));
    }
    byBlock.remove(BlockId.NONE);
    return byBlock;
  }

  /** The managers as they are now, for a user who asks. */
  static List<ExecutorStatus.Manager> status(Collection<Manager> managers, long now) {
    return managers.stream()
        .map(
            m ->
                new ExecutorStatus.Manager(
                    m.id().value(),
                    m.facts.host(),
                    m.facts.block(),
                    m.facts.slots(),
                    m.tasks.size(),
                    m.state(),
                    m.tasks.isEmpty() ? (now - m.idleSinceMicros) / 1_000_000 : 0))
        .toList();
  }
}
