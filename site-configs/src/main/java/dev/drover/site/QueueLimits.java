package dev.drover.site;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * What a site allows in one of its queues.
 *
 * @param name the queue's name in the site's file
 * @param queue the scheduler's queue or partition for its jobs; empty = none is named
 * @param qos the quality of service for its jobs; empty = as {@code provider.qos} says
 * @param minNodes nodes of a job, at least; 1 or more
 * @param maxNodes nodes of a job, at most; 0 = no limit
 * @param minWalltime walltime of a job, at least; zero = no limit
 * @param maxWalltime walltime of a job, at most; zero = no limit
 * @param maxQueued jobs of a user, queued and running; 0 = no limit
 * @param maxRunning jobs of a user that run at once; 0 = no limit
 * @param auto whether {@code provider.queue = auto} may choose it
 * @param note one line for people; may be empty
 */
public record QueueLimits(
    String name,
    Optional<String> queue,
    Optional<String> qos,
    int minNodes,
    int maxNodes,
    Duration minWalltime,
    Duration maxWalltime,
    int maxQueued,
    int maxRunning,
    boolean auto,
    String note) {

  public QueueLimits {
    Objects.requireNonNull(name);
    Objects.requireNonNull(queue);
    Objects.requireNonNull(qos);
    Objects.requireNonNull(minWalltime);
    Objects.requireNonNull(maxWalltime);
    Objects.requireNonNull(note);
  }

  /**
   * Why a job would not be taken, such as {@code takes at most 2 nodes}; empty = it fits.
   *
   * @param nodes of the job, 1 or more
   * @param walltime of the job; zero = the scheduler's own, which fits
   */
  public Optional<String> refusal(int nodes, Duration walltime) {
    List<String> reasons = new ArrayList<>();
    if (nodes < minNodes) {
      reasons.add("takes at least " + counted(minNodes, "node"));
    }
    if (maxNodes > 0 && nodes > maxNodes) {
      reasons.add("takes at most " + counted(maxNodes, "node"));
    }
    if (!walltime.isZero() && walltime.compareTo(minWalltime) < 0) {
      reasons.add("runs at least " + DurationText.print(minWalltime));
    }
    if (!maxWalltime.isZero() && walltime.compareTo(maxWalltime) > 0) {
      reasons.add("runs at most " + DurationText.print(maxWalltime));
    }
    return reasons.isEmpty() ? Optional.empty() : Optional.of(String.join(" and ", reasons));
  }

  /** How many jobs of {@code wanted} a user may have there at once. */
  public int mostJobs(int wanted) {
    int most = maxQueued > 0 ? Math.min(wanted, maxQueued) : wanted;
    return maxRunning > 0 ? Math.min(most, maxRunning) : most;
  }

  static String counted(int count, String noun) {
    return count + " " + noun + (count == 1 ? "" : "s");
  }
}
