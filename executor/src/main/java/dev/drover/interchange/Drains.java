package dev.drover.interchange;

import dev.drover.block.BlockId;
import dev.drover.protocol.ManagerId;
import dev.drover.protocol.ToManager;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Managers that finish what they run and leave. One whose node tasks of others need is told only
 * when they have ended: some launchers end their ranks with it. The loop's thread only.
 */
final class Drains {
  private static final String GIVEN_BACK = "its block is given back";

  private final Turn turn;
  private final Attempts attempts;
  private final Set<BlockId> blocks = new HashSet<>();
  private final Set<Manager> untold = new LinkedHashSet<>();

  /** Managers that a user wants drained, and why: also while they are away. */
  private final Map<ManagerId, String> wanted = new HashMap<>();

  Drains(Turn turn, Attempts attempts) {
    this.turn = turn;
    this.attempts = attempts;
  }

  void drain(Manager manager, String reason) {
    if (!manager.draining) {
      manager.draining = true;
      manager.drainReason = reason;
      attempts.dispatcher().changed(manager);
      tell(manager);
    }
  }

  /** A manager that may be away, and then is told when it comes back. */
  void drain(ManagerId id, Map<ManagerId, Manager> managers, String reason) {
    wanted.putIfAbsent(id, reason);
    Manager manager = managers.get(id);
    if (manager != null) {
      drain(manager, reason);
    }
  }

  /** All managers of a block, also those that come later. */
  void drainBlock(BlockId block, Collection<Manager> managers, String reason) {
    blocks.add(block);
    for (Manager manager : managers) {
      if (manager.block.equals(block)) {
        drain(manager, reason);
      }
    }
  }

  private void tell(Manager manager) {
    if (attempts.dispatcher().isNeeded(manager)) {
      untold.add(manager);
    } else if (manager.ready) {
      turn.send(manager, new ToManager.Drain(manager.drainReason));
    }
  }

  /** It can hear again: what it was told before may have been lost. */
  void ready(Manager manager) {
    if (manager.draining) {
      tell(manager);
    } else if (blocks.contains(manager.block)) {
      drain(manager, GIVEN_BACK);
    } else if (wanted.containsKey(manager.id())) {
      drain(manager, wanted.get(manager.id()));
    }
  }

  /** Tasks have ended: those whose nodes are needed no more are told. */
  void look() {
    if (!untold.isEmpty()) {
      for (Manager manager : List.copyOf(untold)) {
        if (!attempts.dispatcher().isNeeded(manager)) {
          untold.remove(manager);
          tell(manager);
        }
      }
    }
  }

  void gone(Manager manager) {
    untold.remove(manager);
  }

  void ended(BlockId block) {
    blocks.remove(block);
  }
}
