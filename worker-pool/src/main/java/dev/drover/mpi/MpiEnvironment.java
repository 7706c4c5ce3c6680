package dev.drover.mpi;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What an MPI task finds in its environment: Parsl's names, so that its task files run as they are.
 * What a user sets for a task wins over these.
 */
public final class MpiEnvironment {
  private MpiEnvironment() {}

  /**
   * The variables of one task.
   *
   * @param launcher the site's own, whose words are {@code PARSL_MPI_PREFIX}
   * @param hosts the task's, as many as it has nodes
   * @param block all hosts of the block, in the scheduler's order
   * @throws IllegalArgumentException when the launcher cannot start ranks on just those hosts
   */
  public static Map<String, String> of(
      MpiLauncher launcher, MpiRequest request, List<String> hosts, List<String> block) {
    Map<String, String> variables = new LinkedHashMap<>();
    variables.put("PARSL_MPI_PREFIX", launcher.prefix(request, hosts, block));
    variables.put("PARSL_MPIEXEC_PREFIX", MpiLauncher.MPIEXEC.prefix(request, hosts, block));
    variables.put("PARSL_SRUN_PREFIX", MpiLauncher.SRUN.prefix(request, hosts, block));
    variables.put("PARSL_APRUN_PREFIX", MpiLauncher.APRUN.prefix(request, hosts, block));
    variables.put("PARSL_NUM_NODES", Integer.toString(request.numNodes()));
    variables.put("PARSL_NUM_RANKS", Integer.toString(request.numRanks()));
    variables.put("PARSL_RANKS_PER_NODE", Integer.toString(request.ranksPerNode()));
    variables.put("PARSL_MPI_NODELIST", String.join(",", hosts));
    variables.put("PARSL_LAUNCHER_OPTIONS", request.launcherOptions());
    return variables;
  }
}
