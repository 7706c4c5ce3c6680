package dev.drover.mpi;

import dev.drover.task.TaskId;
import java.util.List;
import java.util.Objects;

/**
 * Where one task runs: nodes of one block, and which slots of each.
 *
 * @param shares one for each node, in the order of the block's nodes for equal choices
 */
public record NodePlacement(TaskId task, String block, List<Share> shares) {
  /**
   * The slots of one node that a task has.
   *
   * @param slots their numbers, counted from 0, ascending: they say which cpus and devices
   */
  public record Share(String node, List<Integer> slots) {
    public Share {
      Objects.requireNonNull(node);
      slots = List.copyOf(slots);
    }
  }

  public NodePlacement {
    Objects.requireNonNull(task);
    Objects.requireNonNull(block);
    shares = List.copyOf(shares);
  }

  /** The hosts, each once. */
  public List<String> nodes() {
    return shares.stream().map(Share::node).toList();
  }
}
