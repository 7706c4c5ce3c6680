package dev.drover.mpi;

import java.util.List;

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
   */
  record BlockPlan(int start, int length, int nodes, int slots) {}

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
