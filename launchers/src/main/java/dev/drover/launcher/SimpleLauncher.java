package dev.drover.launcher;

import dev.drover.job.ResourceSpec;
import java.util.List;

/**
 * Starts one manager, on the block's first node, whatever the block's size: for a manager that
 * reaches the other nodes itself, as one does that runs MPI programs.
 */
public final class SimpleLauncher implements Launcher {
  @Override
  public List<String> launch(List<String> managerCommand, ResourceSpec resources) {
    return List.copyOf(managerCommand);
  }
}
