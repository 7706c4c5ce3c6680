package dev.drover.interchange;

import dev.drover.mpi.MpiRequest;
import dev.drover.task.ResourceRequest;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * How blocks run MPI tasks.
 *
 * @param onLeadNode whether a block has one manager, on its first node, that stands for all nodes,
 *     and every task has whole nodes ({@code executor.type = mpi})
 * @param nodesPerBlock nodes of a block, as tasks may have them; 0 = unknown
 * @param tasksPerBlock that run in a block at once, with {@code onLeadNode}, at least 1
 * @param launchesPerBlock MPI tasks begun in a block until it is given back; 0 = no limit
 * @param nodesInARow whether the nodes of a task follow one another in the list of its job's
 */
public record MpiSettings(
    boolean onLeadNode,
    int nodesPerBlock,
    int tasksPerBlock,
    int launchesPerBlock,
    boolean nodesInARow) {
  /** A manager on each node, as many tasks and launches as there may be. */
  public static final MpiSettings NONE = new MpiSettings(false, 0, 1, 0);

  /** For launchers that take any hosts of a job. */
  public MpiSettings(
      boolean onLeadNode, int nodesPerBlock, int tasksPerBlock, int launchesPerBlock) {
    this(onLeadNode, nodesPerBlock, tasksPerBlock, launchesPerBlock, false);
  }

  public MpiSettings {
    if (nodesPerBlock < 0 || tasksPerBlock < 1 || launchesPerBlock < 0) {
      throw new IllegalArgumentException(
          "MPI blocks: nodes %d, tasks %d, launches %d"
              .formatted(nodesPerBlock, tasksPerBlock, launchesPerBlock));
    }
  }

  /**
   * What is wrong with a task where a block's manager is on its lead node, and in a second line the
   * mend; empty = nothing.
   *
   * @param nodesOfBlock 0 = unknown
   */
  public static String problem(ResourceRequest request, int nodesOfBlock) {
    if (request.cores() > 0 || request.accelerators() > 0 || request.memoryBytes() > 0) {
      return "it asks for %s, and with executor.type = mpi a task has whole nodes, with all that they have\n  fix: leave out cores, accelerators and memory"
          .formatted(request);
    }
    Map<String, String> numbers = new LinkedHashMap<>();
    if (request.nodes() > 0) {
      numbers.put("num_nodes", Integer.toString(request.nodes()));
    }
    if (request.ranksPerNode() > 0) {
      numbers.put("ranks_per_node", Integer.toString(request.ranksPerNode()));
    }
    try {
      MpiRequest asked = MpiRequest.of(numbers);
      if (nodesOfBlock > 0) {
        asked.checkFits(nodesOfBlock);
      }
      return "";
    } catch (IllegalArgumentException e) {
      return e.getMessage();
    }
  }
}
