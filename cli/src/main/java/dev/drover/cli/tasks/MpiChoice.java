package dev.drover.cli.tasks;

import dev.drover.task.ResourceRequest;
import java.util.Objects;

/**
 * The nodes and ranks that tasks have which do not say themselves.
 *
 * @param nodes whole nodes; 0 = within one
 * @param ranksPerNode 0 = no MPI tasks, or one rank on each of the nodes
 * @param launcherOptions more words for what starts the ranks; empty = none
 */
public record MpiChoice(int nodes, int ranksPerNode, String launcherOptions) {
  /** A slot, as any task. */
  public static final MpiChoice NONE = new MpiChoice(0, 0, "");

  public MpiChoice {
    Objects.requireNonNull(launcherOptions);
  }

  ResourceRequest resources() {
    return nodes == 0 && ranksPerNode == 0
        ? ResourceRequest.ONE_SLOT
        : new ResourceRequest(0, 0, 0, nodes, ranksPerNode);
  }
}
