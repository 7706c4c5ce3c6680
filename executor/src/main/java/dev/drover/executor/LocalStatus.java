package dev.drover.executor;

import dev.drover.block.BlockId;
import dev.drover.interchange.InterchangeState;
import dev.drover.submit.ExecutorStatus;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/**
 * What is going on in an engine of this JVM: the interchange's tasks and managers, and how the
 * blocks stand. Told of blocks on their thread; asked on the interchange's loop.
 */
final class LocalStatus {
  private final Map<String, ExecutorStatus.Block> blocks = new ConcurrentHashMap<>();
  private final Supplier<Optional<String>> badState;

  /**
   * @param badState why the engine takes no more tasks; empty = it is well
   */
  LocalStatus(Supplier<Optional<String>> badState) {
    this.badState = badState;
  }

  /** A block stands differently. */
  void changed(ExecutorStatus.Block block) {
    blocks.put(block.id(), block);
  }

  /** What is going on. */
  ExecutorStatus of(InterchangeState state) {
    List<ExecutorStatus.Manager> managers = state.managerStatus();
    return new ExecutorStatus(
        state.pendingTasks(),
        state.assignedTasks(),
        state.finishedTasks(),
        state.failedTasks(),
        managers.stream().mapToInt(ExecutorStatus.Manager::slots).sum(),
        managers,
        blockStatus(managers, state.placementProblems()),
        badState.get());
  }

  /** Once the interchange has ended. */
  ExecutorStatus last() {
    return new ExecutorStatus(
        0, 0, 0, 0, 0, List.of(), List.copyOf(blocks.values()), badState.get());
  }

  private List<ExecutorStatus.Block> blockStatus(
      List<ExecutorStatus.Manager> managers, Map<BlockId, String> problems) {
    Map<String, Integer> count = new HashMap<>();
    managers.forEach(manager -> count.merge(manager.block(), 1, Integer::sum));
    return blocks.values().stream()
        .map(
            b ->
                new ExecutorStatus.Block(
                    b.id(),
                    b.job(),
                    b.state(),
                    count.getOrDefault(b.id(), 0),
                    b.reason().isEmpty()
                        ? problems.getOrDefault(new BlockId(b.id()), "")
                        : b.reason()))
        .toList();
  }
}
