package dev.drover.task;

import java.util.List;
import java.util.Objects;

/**
 * One attempt of one task, as it is handed to a manager.
 *
 * @param attempt counts from 1, over failures of the task and losses of managers alike
 * @param index place in its array, from 0; -1 = no array task
 * @param slots worker slots that the task takes on its manager, at least 1
 * @param shares the nodes that the task has, and which slots of each; its command runs on the first
 *     one. Empty = on its manager's own node, in slots that the manager chooses
 */
public record TaskAssignment(
    TaskId id, int attempt, TaskSpec spec, long index, int slots, List<NodeShare> shares) {
  public TaskAssignment {
    Objects.requireNonNull(id);
    Objects.requireNonNull(spec);
    shares = List.copyOf(shares);
    if (attempt < 1 || index < -1 || slots < 1) {
      throw new IllegalArgumentException(
          "attempt " + attempt + ", index " + index + ", slots " + slots);
    }
    if (shares.size() > 1
        && shares.stream().map(NodeShare::node).distinct().count() < shares.size()) {
      throw new IllegalArgumentException("task " + id + " has a node twice: " + shares);
    }
  }

  /** An attempt in slots that its manager chooses. */
  public TaskAssignment(TaskId id, int attempt, TaskSpec spec, long index, int slots) {
    this(id, attempt, spec, index, slots, List.of());
  }

  /** The hosts that the task has, its command's first; empty = its manager's own. */
  public List<String> nodes() {
    return shares.stream().map(NodeShare::node).toList();
  }
}
