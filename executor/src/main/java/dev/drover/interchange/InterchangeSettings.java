package dev.drover.interchange;

import dev.drover.submit.RetryCost;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

/**
 * What the interchange decides by.
 *
 * @param heartbeatPeriod how often each side says that it is alive, more than zero
 * @param heartbeatThreshold silence after which a manager is given up, more than the period
 * @param largestNode what the largest node of the site offers, where it is known beforehand: a task
 *     that asks for more is refused when it is submitted
 * @param nodesPerBlock from how many hosts managers of each block should register; 0 = unknown
 * @param mpi how blocks run MPI tasks
 */
public record InterchangeSettings(
    Duration heartbeatPeriod,
    Duration heartbeatThreshold,
    Placement placement,
    RetryCost retryCost,
    Optional<NodeShape> largestNode,
    int nodesPerBlock,
    MpiSettings mpi) {
  public InterchangeSettings {
    Objects.requireNonNull(placement);
    Objects.requireNonNull(retryCost);
    Objects.requireNonNull(largestNode);
    Objects.requireNonNull(mpi);
    if (heartbeatPeriod.isNegative()
        || heartbeatPeriod.isZero()
        || heartbeatThreshold.compareTo(heartbeatPeriod) <= 0) {
      throw new IllegalArgumentException(
          "the heartbeat threshold (%s) must be longer than the period (%s)"
              .formatted(heartbeatThreshold, heartbeatPeriod));
    }
    if (nodesPerBlock < 0) {
      throw new IllegalArgumentException("a block cannot have " + nodesPerBlock + " nodes");
    }
  }

  /** With managers on so many nodes of a block, all of which one task may have. */
  public InterchangeSettings(
      Duration heartbeatPeriod,
      Duration heartbeatThreshold,
      Placement placement,
      RetryCost retryCost,
      Optional<NodeShape> largestNode,
      int nodesPerBlock) {
    this(
        heartbeatPeriod,
        heartbeatThreshold,
        placement,
        retryCost,
        largestNode,
        nodesPerBlock,
        new MpiSettings(false, nodesPerBlock, 1, 0));
  }

  /** Without knowing how many nodes a block has. */
  public InterchangeSettings(
      Duration heartbeatPeriod,
      Duration heartbeatThreshold,
      Placement placement,
      RetryCost retryCost,
      Optional<NodeShape> largestNode) {
    this(
        heartbeatPeriod,
        heartbeatThreshold,
        placement,
        retryCost,
        largestNode,
        0,
        MpiSettings.NONE);
  }
}
