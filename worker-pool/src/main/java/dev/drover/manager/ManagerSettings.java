package dev.drover.manager;

import dev.drover.pinning.DeviceSlots;
import java.time.Duration;
import java.util.List;

/**
 * What a manager decides by.
 *
 * @param slots workers, at least 1
 * @param prefetch tasks that it wants beyond its slots; -1 = as many as its tasks' run times
 *     warrant
 * @param drainPeriod how long after its start it drains; zero = never
 * @param tasksEndAfter how long after its start it ends what runs, since its block ends; zero =
 *     never
 * @param host its own node, as the interchange names it
 * @param nodes hosts of its block whose tasks it runs, on whole nodes; empty = it runs the tasks of
 *     its own node, in slots of it
 * @param devices which of its slots share which accelerator
 */
public record ManagerSettings(
    int slots,
    int prefetch,
    Duration drainPeriod,
    Duration tasksEndAfter,
    String host,
    List<String> nodes,
    DeviceSlots devices) {
  /** Prefetch by the tasks' run times. */
  public static final int AUTO = -1;

  public ManagerSettings {
    nodes = List.copyOf(nodes);
    if (slots < 1 || prefetch < AUTO || drainPeriod.isNegative() || tasksEndAfter.isNegative()) {
      throw new IllegalArgumentException(
          "slots %d, prefetch %d, drain period %s, tasks' end %s"
              .formatted(slots, prefetch, drainPeriod, tasksEndAfter));
    }
    if (devices.slots() != slots) {
      throw new IllegalArgumentException(
          "slots " + slots + ", and devices of " + devices.slots() + " slots");
    }
  }

  /** A manager of its own node, without accelerators. */
  public ManagerSettings(int slots, int prefetch, Duration drainPeriod, Duration tasksEndAfter) {
    this(slots, prefetch, drainPeriod, tasksEndAfter, "", List.of(), DeviceSlots.none(slots));
  }
}
