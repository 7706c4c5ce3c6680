package dev.drover.manager;

import java.time.Duration;

/**
 * What a manager decides by.
 *
 * @param slots workers, at least 1
 * @param prefetch tasks that it wants beyond its slots; -1 = as many as its tasks' run times
 *     warrant
 * @param drainPeriod how long after its start it drains; zero = never
 * @param tasksEndAfter how long after its start it ends what runs, since its block ends; zero =
 *     never
 */
public record ManagerSettings(
    int slots, int prefetch, Duration drainPeriod, Duration tasksEndAfter) {
  /** Prefetch by the tasks' run times. */
  public static final int AUTO = -1;

  public ManagerSettings {
    if (slots < 1 || prefetch < AUTO || drainPeriod.isNegative() || tasksEndAfter.isNegative()) {
      throw new IllegalArgumentException(
          "slots %d, prefetch %d, drain period %s, tasks' end %s"
              .formatted(slots, prefetch, drainPeriod, tasksEndAfter));
    }
  }
}
