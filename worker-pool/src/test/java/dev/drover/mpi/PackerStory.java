package dev.drover.mpi;

import dev.drover.pinning.DeviceSlots;
import java.util.List;
import java.util.stream.IntStream;

/**
 * What happens to a packer in a test: blocks, tasks, and what goes wrong. Times in seconds from the
 * beginning.
 *
 * @param blocks the first one stays for ever and suffers no fault, so that each task can end
 */
record PackerStory(
    PackerSettings settings, List<BlockPlan> blocks, List<Job> jobs, List<Fault> faults) {
  /**
   * A block that comes.
   *
   * @param length seconds until its job ends; 0 = it does not
   * @param slotsPerDevice slots that share an accelerator, the last one of a node may have fewer; 0
   *     = nodes without
   */
  record BlockPlan(int start, int length, int nodes, int slots, int slotsPerDevice) {
    BlockPlan(int start, int length, int nodes, int slots) {
      this(start, length, nodes, slots, 0);
    }

    /** The slots of one of its nodes; neighbours are at different NUMA nodes, as a list can do. */
    DeviceSlots node() {
      List<String> devices = IntStream.range(0, slots).mapToObj(i -> "gpu" + i).toList();
      DeviceSlots own =
          slotsPerDevice == 0
              ? DeviceSlots.none(slots)
              : DeviceSlots.ofEntries(slots, devices, slotsPerDevice);
      List<Integer> numaNodes = IntStream.range(0, slots).mapToObj(slot -> slot % 2).toList();
      return DeviceSlots.of(slots, own.names(), numaNodes);
    }
  }

  /**
   * A task that is submitted.
   *
   * @param limit what the packer is told, seconds; 0 = none
   * @param duration how long it really runs, seconds
   */
  record Job(int arrival, NodeRequest request, int limit, int duration) {}

  /** What goes wrong, and with which of the nodes, blocks or tasks that are there. */
  record Fault(int time, Kind kind, int pick) {}

  /** What can go wrong. */
  enum Kind {
    LOSE_NODE,
    NODE_BACK,
    REMOVE_BLOCK,
    CLOSE_BLOCK,
    CANCEL_TASK,
    FINISH_WHAT_DOES_NOT_RUN
  }
}
