package dev.drover.interchange;

import dev.drover.block.BlockId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * On which hosts the managers of each block are, and whether the launcher put one on each node.
 * Where it did not, that is said once for each block, and nothing is refused. The loop's thread
 * only.
 */
final class BlockHosts {
  /** After the first manager of a block the others have had time to start. */
  private static final long PATIENCE_MICROS = 120_000_000;

  private static final String MEND =
      "\n  fix: launcher.type must start one process on each node of the block, and the block's stderr says why one did not start";

  private static final class Block {
    final long sinceMicros;

    /** Hosts that ever had a manager, and those that it has now. */
    final Map<String, Set<Manager>> hosts = new LinkedHashMap<>();

    String problem = "";

    Block(long sinceMicros) {
      this.sinceMicros = sinceMicros;
    }
  }

  private final int nodesPerBlock;
  private final Map<BlockId, Block> blocks = new LinkedHashMap<>();

  /** Blocks whose other managers may still come. */
  private final Set<BlockId> incomplete = new LinkedHashSet<>();

  /**
   * @param nodesPerBlock 0 = unknown
   */
  BlockHosts(int nodesPerBlock) {
    this.nodesPerBlock = nodesPerBlock;
  }

  /** A manager registered for the first time; what there is to say about its block. */
  Optional<String> joined(Manager manager, long now) {
    BlockId id = manager.block;
    if (id.equals(BlockId.NONE)) {
      return Optional.empty();
    }
    Block block = blocks.get(id);
    if (block == null) {
      block = new Block(now);
      blocks.put(id, block);
      incomplete.add(id);
    }
    Set<Manager> here =
        block.hosts.computeIfAbsent(manager.facts.host(), host -> new LinkedHashSet<>());
    here.add(manager);
    if (block.hosts.size() >= nodesPerBlock) {
      incomplete.remove(id);
    }
    if (here.size() < 2) {
      return Optional.empty();
    }
    String nodes = nodesPerBlock == 0 ? "" : ", of " + nodesPerBlock + " nodes";
    return say(
        block,
        "block %s: %d managers are on one host, %s%s: they share its cores and memory, and other nodes may be idle%s"
            .formatted(id, here.size(), manager.facts.host(), nodes, MEND));
  }

  private static Optional<String> say(Block block, String problem) {
    if (!block.problem.isEmpty()) {
      return Optional.empty();
    }
    block.problem = problem;
    return Optional.of(problem);
  }

  /** Another that registers on its host is no second one. */
  void left(Manager manager) {
    Block block = blocks.get(manager.block);
    Set<Manager> here = block == null ? null : block.hosts.get(manager.facts.host());
    if (here != null) {
      here.remove(manager);
    }
  }

  /** Time has passed; what there is to say about blocks that are still incomplete. */
  List<String> tick(long now) {
    List<String> said = new ArrayList<>(0);
    for (BlockId id : List.copyOf(incomplete)) {
      Block block = blocks.get(id);
      if (now - block.sinceMicros >= PATIENCE_MICROS) {
        incomplete.remove(id);
        say(
                block,
                "block %s: managers have registered from %d of %d nodes within %d s of the first: %s%s"
                    .formatted(
                        id,
                        block.hosts.size(),
                        nodesPerBlock,
                        PATIENCE_MICROS / 1_000_000,
                        String.join(", ", block.hosts.keySet()),
                        MEND))
            .ifPresent(said::add);
      }
    }
    return said;
  }

  void ended(BlockId id) {
    blocks.remove(id);
    incomplete.remove(id);
  }

  /** What was said about blocks that have not ended. */
  Map<BlockId, String> problems() {
    Map<BlockId, String> problems = new LinkedHashMap<>();
    blocks.forEach(
        (id, block) -> {
          if (!block.problem.isEmpty()) {
            problems.put(id, block.problem);
          }
        });
    return problems;
  }
}
