package dev.drover.site;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** Picks the queue for a block among those of a site, as {@code provider.queue = auto} does. */
public final class QueueChoice {
  private QueueChoice() {}

  /**
   * The first queue that may be chosen and that the block fits.
   *
   * @param nodes of the block, 1 or more
   * @param walltime of the block; zero = the scheduler's own, which fits every queue
   */
  public static Optional<QueueLimits> first(
      List<QueueLimits> queues, int nodes, Duration walltime) {
    return queues.stream()
        .filter(queue -> queue.auto() && queue.refusal(nodes, walltime).isEmpty())
        .findFirst();
  }

  /** Why each of the queues is not chosen, such as {@code debug takes at most 2 nodes; …}. */
  public static String refusals(List<QueueLimits> queues, int nodes, Duration walltime) {
    return queues.stream()
        .map(
            queue ->
                queue.name()
                    + " "
                    + queue
                        .refusal(nodes, walltime)
                        .orElse("is chosen by its name only (queue." + queue.name() + ".auto)"))
        .collect(Collectors.joining("; "));
  }
}
