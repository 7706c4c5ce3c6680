package dev.drover.interchange;

import dev.drover.block.BlockId;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Decides which waiting task goes to which manager. It is told of each change that may make room or
 * work, and decides once for all of them. The loop's thread only.
 */
interface Dispatcher {
  /** These came to wait, for the first time. */
  default void submitted(Submission submission, long now) {}

  /** These were out and wait again. */
  default void putBack(List<Task> tasks) {}

  /** This one waits no more, and was not given out. */
  default void withdrawn(long task) {}

  /** Something about a manager changed that may give it room or take it. */
  void changed(Manager manager);

  /** A manager no longer has a task, however that ended. */
  default void tookBack(Task task) {}

  /**
   * A manager left, or was lost.
   *
   * @return tasks of other managers that have a part of its node, which is lost with it
   */
  List<Task> gone(Manager manager, boolean orderly);

  /** A block's job is over: its nodes are gone, and all managers there will be. */
  default void blockOver(BlockId block) {}

  /** Time has passed. */
  void tick(long now);

  /**
   * Takes tasks off the queue for all who have room; what each gets, in the order of its running.
   */
  Map<Manager, List<Task>> assign(long now);

  /** Whether {@link #assign} stopped before it was through, to be called again soon. */
  default boolean hasMore() {
    return false;
  }

  /** Managers that shall drain, and why; each is told once. */
  default Map<Manager, String> toDrain() {
    return Map.of();
  }

  /** Whether tasks of other managers have a part of this one's node, so that it should stay. */
  default boolean isNeeded(Manager manager) {
    return false;
  }

  /** What its user should hear; each is told once. */
  default List<String> warnings() {
    return List.of();
  }

  /** What a task waits for, in a sentence; empty = for a slot, or it does not wait. */
  default Optional<String> explain(long task, long now) {
    return Optional.empty();
  }
}
