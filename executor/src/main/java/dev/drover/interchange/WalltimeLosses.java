package dev.drover.interchange;

import dev.drover.block.BlockId;
import dev.drover.task.TaskSpec;
import java.util.Locale;

/**
 * What becomes of a task that was lost to the end of its block: it runs again where there is more
 * time than it had, at no cost, unless it had all the time that a block has. So it is given a whole
 * block at its third attempt at the latest, and is never begun without end. The loop's thread only.
 */
final class WalltimeLosses {
  /** The last of so many attempts had a whole block, as nearly as that can be had. */
  static final int MOST = 4;

  /** After so many losses a task is not begun in what is left of a block any more. */
  private static final int SOME = 2;

  private WalltimeLosses() {}

  /**
   * {@code lost to the end of block b-0003 (walltime)} and how long it ran, where that is known.
   */
  static String message(BlockId block, long ranMicros) {
    return "lost to the end of %s (walltime)%s"
        .formatted(name(block), ranMicros == 0 ? "" : " after " + seconds(ranMicros));
  }

  /**
   * Counts a loss and says why the task can never end; empty = it may.
   *
   * @param ranMicros how long it ran; 0 = unknown
   */
  static String count(Task task, Manager manager, long ranMicros, TaskTimes times, long now) {
    task.walltimeLosses++;
    String block = name(manager.block);
    String mend =
        "\n  fix: set a longer provider.walltime, or make the task smaller, or let it write checkpoints when it gets a TERM";
    if (manager.time.hadWholeBlock(ranMicros, now)) {
      return "it ran for %s in %s, whose walltime was %d s, and did not end: so long a task can never end in such a block%s"
          .formatted(seconds(ranMicros), block, manager.time.blockSeconds(now), mend);
    }
    if (task.walltimeLosses >= MOST) {
      return "the ends of %d blocks cut it off, the last time after %s in %s, whose walltime was %d s%s"
          .formatted(
              task.walltimeLosses,
              ranMicros == 0 ? "an unknown time" : seconds(ranMicros),
              block,
              manager.time.blockSeconds(now),
              mend);
    }
    task.needSeconds =
        task.walltimeLosses >= SOME ? Integer.MAX_VALUE : moreThan(ranMicros, task, times);
    return "";
  }

  /** Twice what it had, as far as its limit allows, and no less than others of its kind. */
  private static int moreThan(long ranMicros, Task task, TaskTimes times) {
    TaskSpec spec = task.batch.spec();
    long limit = TaskTimes.limitMicros(spec);
    long twice = limit == 0 ? 2 * ranMicros : Math.min(limit, 2 * ranMicros);
    long need = Math.max(twice, times.needMicros(TaskTimes.kindOf(spec), limit));
    return (int) Math.min(Integer.MAX_VALUE, (need + 999_999) / 1_000_000);
  }

  private static String name(BlockId block) {
    return block.equals(BlockId.NONE) ? "its manager's time" : "block " + block;
  }

  private static String seconds(long micros) {
    return micros < 10_000_000
        ? String.format(Locale.ROOT, "%.1f s", micros / 1e6)
        : "%d s".formatted(micros / 1_000_000);
  }
}
