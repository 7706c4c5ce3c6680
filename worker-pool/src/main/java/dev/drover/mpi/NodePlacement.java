package dev.drover.mpi;

import dev.drover.task.NodeShare;
import dev.drover.task.TaskId;
import java.util.List;
import java.util.Objects;

/**
 * Where one task runs: nodes of one block, and which slots of each.
 *
 * @param shares one for each node, in the order of the block's nodes for equal choices
 */
public record NodePlacement(TaskId task, String block, List<NodeShare> shares) {
  public NodePlacement {
    Objects.requireNonNull(task);
    Objects.requireNonNull(block);
    shares = List.copyOf(shares);
  }

  /** The hosts, each once. */
  public List<String> nodes() {
    return shares.stream().map(NodeShare::node).toList();
  }
}
