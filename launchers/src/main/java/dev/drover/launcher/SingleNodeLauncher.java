package dev.drover.launcher;

import dev.drover.job.ResourceSpec;
import java.util.List;

/**
 * Starts one manager on a block of one node, and refuses larger ones, whose other nodes would idle.
 */
public final class SingleNodeLauncher implements Launcher {
  @Override
  public List<String> launch(List<String> managerCommand, ResourceSpec resources) {
    if (resources.nodes() > 1) {
      throw new LaunchImpossibleException(
          "the single-node launcher starts a manager on one node, and "
              + (resources.nodes() - 1)
              + " of the block's "
              + resources.nodes()
              + " would idle; set nodes to 1, or take a launcher that spreads over nodes, or"
              + " \"simple\" if the manager itself uses the others (MPI)");
    }
    return List.copyOf(managerCommand);
  }
}
