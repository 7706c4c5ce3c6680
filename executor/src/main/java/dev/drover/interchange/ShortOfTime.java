package dev.drover.interchange;

import dev.drover.block.BlockId;
import dev.drover.task.ResourceRequest;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Finds managers that have too little time left for anything that waits. When nothing runs in their
 * whole block either, they drain, so that the block is given back and a fresh one takes the work.
 */
final class ShortOfTime {
  static final String REASON = "what waits needs more time than its block has left";

  private ShortOfTime() {}

  /** Marks each manager that is short of time; those that are returned should drain. */
  static List<Manager> find(
      Collection<Manager> managers, PendingTasks pending, TaskTimes times, long now) {
    List<Manager> empty = new ArrayList<>(0);
    Set<BlockId> useful = new HashSet<>();
    for (Manager manager : managers) {
      if (!manager.isLimited) {
        continue;
      }
      manager.shortOfTime =
          manager.takesTasks() && pending.size() > 0 && isShort(manager, pending, times, now);
      if (manager.shortOfTime && manager.tasks.isEmpty()) {
        empty.add(manager);
      } else if (!manager.draining || !manager.tasks.isEmpty()) {
        useful.add(manager.block);
      }
    }
    empty.removeIf(
        manager -> !manager.block.equals(BlockId.NONE) && useful.contains(manager.block));
    return empty;
  }

  /** Something waits that its node can hold, and for none of that there is time. */
  private static boolean isShort(Manager manager, PendingTasks pending, TaskTimes times, long now) {
    boolean any = false;
    for (Map<ResourceRequest, Lane> level : pending.levels()) {
      for (Lane lane : level.values()) {
        if (manager.slotsFor(lane.request) == NodeShape.NEVER) {
          continue;
        }
        for (TaskQueue queue : lane.queues()) {
          if (queue.size() > 0) {
            if (manager.time.fits(queue.needMicros(times), 1, now)) {
              return false;
            }
            any = true;
          }
        }
      }
    }
    return any;
  }

  /** A time that a task needs; those that need a whole block have no number. */
  static String words(long needMicros) {
    return needMicros >= Integer.MAX_VALUE * 1_000_000L
        ? "a whole block"
        : (long) Math.ceil(needMicros / 1e6) + " s";
  }
}
