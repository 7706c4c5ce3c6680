package dev.drover.launcher;

import dev.drover.job.ResourceSpec;
import java.util.List;

/** Turns the command that starts one manager into the command that starts a block's managers. */
public interface Launcher {
  /**
   * The argv that the job script runs on the block's first node. Its exit ends the job; a TERM sent
   * to it reaches the managers.
   *
   * @throws LaunchImpossibleException if this launcher cannot serve such a block
   */
  List<String> launch(List<String> managerCommand, ResourceSpec resources);
}
