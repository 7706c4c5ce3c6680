package dev.drover.manager;

import dev.drover.mpi.MpiLauncher;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;

/**
 * How a manager runs MPI tasks.
 *
 * @param launcher whose words are a task's {@code PARSL_MPI_PREFIX}
 * @param isLeadNode whether this manager stands for all nodes of its block: its slots are then MPI
 *     tasks at once, each of which has whole nodes to itself
 * @param nodeFile a file that names the block's nodes, one on each line; empty = its scheduler
 *     tells them. Of use on a lead node only
 */
public record MpiOptions(MpiLauncher launcher, boolean isLeadNode, Optional<Path> nodeFile) {
  /** {@code mpiexec}, and a manager for its own node. */
  public static final MpiOptions DEFAULT =
      new MpiOptions(MpiLauncher.MPIEXEC, false, Optional.empty());

  public MpiOptions {
    Objects.requireNonNull(launcher);
    if (nodeFile.isPresent() && !isLeadNode) {
      throw new IllegalArgumentException(
          "a file of the block's nodes is for the manager on its lead node, not for " + nodeFile);
    }
  }

  /** For the one manager of a block; a node file is used where one is given. */
  public static MpiOptions ofLeadNode(MpiLauncher launcher, Optional<Path> nodeFile) {
    return new MpiOptions(launcher, true, nodeFile);
  }
}
