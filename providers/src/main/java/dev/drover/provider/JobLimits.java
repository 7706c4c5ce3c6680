package dev.drover.provider;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.Optional;

/**
 * What a scheduler says that a job, or a user's jobs, may have. Each is empty when the scheduler
 * does not tell, and zero when it tells that there is no limit: the two are not the same, since
 * what is not told may be limited elsewhere.
 *
 * @param minNodes nodes of a job, at least; 1 or more
 * @param maxNodes nodes of a job, at most
 * @param minWalltime walltime of a job, at least
 * @param maxWalltime walltime of a job, at most
 * @param maxQueued jobs that one user may have, queued and running
 * @param maxRunning jobs of one user that run at once
 */
public record JobLimits(
    Optional<Integer> minNodes,
    Optional<Integer> maxNodes,
    Optional<Duration> minWalltime,
    Optional<Duration> maxWalltime,
    Optional<Integer> maxQueued,
    Optional<Integer> maxRunning) {
  /** Nothing is told. */
  public static final JobLimits UNTOLD =
      new JobLimits(
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty());

  public JobLimits {
    requireNonNull(minNodes, "minNodes");
    requireNonNull(maxNodes, "maxNodes");
    requireNonNull(minWalltime, "minWalltime");
    requireNonNull(maxWalltime, "maxWalltime");
    requireNonNull(maxQueued, "maxQueued");
    requireNonNull(maxRunning, "maxRunning");
    minNodes
        .filter(least -> least < 1)
        .ifPresent(
            least -> {
              throw new IllegalArgumentException("a job of at least " + least + " nodes is none");
            });
  }

  /**
   * The same in a queue of so many nodes: a job cannot have more, whatever the limit.
   *
   * @param nodes 0 = not told
   */
  public JobLimits withinNodes(int nodes) {
    return nodes == 0
        ? this
        : new JobLimits(
            minNodes,
            maxNodes.map(most -> most == 0 ? 0 : Math.min(most, nodes)),
            minWalltime,
            maxWalltime,
            maxQueued,
            maxRunning);
  }
}
