package dev.drover.job;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What one block asks for. Every absent value leaves the choice to the scheduler.
 *
 * @param nodes whole nodes, one or more
 * @param coresPerNode one or more
 * @param memoryPerNode more than zero
 * @param acceleratorsPerNode zero or more; zero asks for none
 * @param walltime after which the scheduler ends the job; more than zero
 */
public record ResourceSpec(
    int nodes,
    OptionalInt coresPerNode,
    Optional<ByteSize> memoryPerNode,
    OptionalInt acceleratorsPerNode,
    Optional<Duration> walltime) {

  public ResourceSpec {
    if (nodes < 1) {
      throw new IllegalArgumentException("nodes is " + nodes + "; a block has at least one node");
    }
    if (coresPerNode.isPresent() && coresPerNode.getAsInt() < 1) {
      throw new IllegalArgumentException(
          "cores per node is "
              + coresPerNode.getAsInt()
              + "; give at least 1, or leave it out for the site's default");
    }
    if (memoryPerNode.isPresent() && memoryPerNode.get().bytes() == 0) {
      throw new IllegalArgumentException(
          "memory per node is 0 B; give more, or leave it out for the site's default");
    }
    if (acceleratorsPerNode.isPresent() && acceleratorsPerNode.getAsInt() < 0) {
      throw new IllegalArgumentException(
          "accelerators per node is "
              + acceleratorsPerNode.getAsInt()
              + "; give 0 for none, or more");
    }
    if (walltime.isPresent() && (walltime.get().isNegative() || walltime.get().isZero())) {
      throw new IllegalArgumentException(
          "walltime is " + walltime.get() + "; give more than zero, such as PT20M");
    }
  }

  /** So many nodes, and nothing said of what is on them. */
  public static ResourceSpec ofNodes(int nodes) {
    return new ResourceSpec(
        nodes, OptionalInt.empty(), Optional.empty(), OptionalInt.empty(), Optional.empty());
  }
}
