package dev.drover.interchange;

import dev.drover.block.BlockId;
import dev.drover.task.NodeShare;
import dev.drover.task.TaskId;
import java.util.Collection;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Says in words what a task waits for or where it runs. It looks at what the interchange knows and
 * changes nothing. The loop's thread only.
 */
final class Explanation {
  private final PendingTasks pending;
  private final Attempts attempts;
  private final Collection<Manager> managers;
  private final TaskTimes times;
  private final BlockHosts blockHosts;
  private final Map<BlockId, String> comingBlocks;

  /** All are the interchange's own, and are seen as they change. */
  Explanation(
      PendingTasks pending,
      Attempts attempts,
      Collection<Manager> managers,
      TaskTimes times,
      BlockHosts blockHosts,
      Map<BlockId, String> comingBlocks) {
    this.pending = pending;
    this.attempts = attempts;
    this.managers = managers;
    this.times = times;
    this.blockHosts = blockHosts;
    this.comingBlocks = comingBlocks;
  }

  String of(TaskId id, long now) {
    Task task = attempts.assigned().get(id.value());
    if (task != null) {
      return String.format(
          Locale.ROOT,
          "task %s: attempt %d %s on %s (manager %s%s) for %.1f s%s%s",
          id,
          task.attempt,
          task.started ? "runs" : "is queued or has just begun",
          hosts(task),
          task.manager.id(),
          task.manager.block.equals(BlockId.NONE) ? "" : ", block " + task.manager.block,
          (now - task.assignedMicros) / 1e6,
          task.lostNode == null ? "" : ", and is ended: " + task.lostNode.words(),
          pinning(task.manager));
    }
    TaskQueue queue = pending.queueOf(id.value());
    if (queue == null) {
      return "task " + id + ": has ended, or was never submitted";
    }
    return "task "
        + id
        + ": waits for "
        + attempts.dispatcher().explain(id.value(), now).orElseGet(() -> whatFor(queue, now))
        + before(pending.single(id.value()))
        + problems();
  }

  private static String pinning(Manager manager) {
    String words = StatusText.pinning(manager);
    return words.isEmpty() ? "" : "\n  the workers there are pinned " + words;
  }

  private static String hosts(Task task) {
    return task.shares.isEmpty()
        ? task.manager.facts.host()
        : task.shares.stream().map(NodeShare::node).collect(Collectors.joining(", "));
  }

  private String whatFor(TaskQueue queue, long now) {
    if (managers.isEmpty()) {
      return "the first manager: none has registered yet";
    }
    long slots = managers.stream().mapToLong(m -> m.facts.slots()).sum();
    String load =
        "%d tasks wait, %d are out on %d slots of %d managers"
            .formatted(pending.size(), attempts.assigned().size(), slots, managers.size());
    long need = queue.needMicros(times);
    return managers.stream().noneMatch(m -> m.time.fits(need, 1, now))
        ? "a block with time for it: it needs %s, which no manager has left; %s"
            .formatted(ShortOfTime.words(need), load)
        : "a slot: " + load;
  }

  /** What a waiting task has been through, where that tells why it waits. */
  private static String before(Task task) {
    if (task == null || task.walltimeLosses == 0) {
      return "";
    }
    return task.walltimeLosses == 1
        ? "; an attempt was lost to the end of its block (walltime)"
        : "; %d attempts were lost to the ends of their blocks (walltime)"
            .formatted(task.walltimeLosses);
  }

  private String problems() {
    StringBuilder text = new StringBuilder();
    comingBlocks.forEach(
        (block, words) -> text.append("\n  block ").append(block).append(' ').append(words));
    blockHosts.problems().values().forEach(problem -> text.append("\n  ").append(problem));
    return text.toString();
  }
}
