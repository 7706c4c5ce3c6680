package dev.drover.mpi;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A program that starts the ranks of an MPI task on the nodes that it was given: the words that a
 * task writes before its own program.
 *
 * <p>The shapes of {@link #MPIEXEC}, {@link #SRUN} and {@link #APRUN} are those of Parsl's MPI
 * mode, word for word, so that its task files run as they are.
 */
public enum MpiLauncher {
  /** MPICH's hydra and HPE's PALS, which is a dialect of it. */
  MPIEXEC("mpiexec") {
    @Override
    String words(MpiRequest request, List<String> hosts, List<String> block) {
      return "mpiexec -n %d -ppn %d -hosts %s"
          .formatted(request.numRanks(), request.ranksPerNode(), commas(hosts));
    }
  },
  /**
   * Open MPI, which knows no {@code -ppn}. A host without a count has one slot, however many cores
   * it has, and more ranks than slots are refused.
   */
  OPENMPI("openmpi") {
    @Override
    String words(MpiRequest request, List<String> hosts, List<String> block) {
      int perNode = request.ranksPerNode();
      return "mpirun -n %d --map-by ppr:%d:node --host %s"
          .formatted(
              request.numRanks(),
              perNode,
              hosts.stream().map(host -> host + ":" + perNode).collect(Collectors.joining(",")));
    }
  },
  /** A step of the Slurm job around it. */
  SRUN("srun") {
    @Override
    String words(MpiRequest request, List<String> hosts, List<String> block) {
      return "srun --ntasks %d --ntasks-per-node %d --nodelist %s --nodes %d"
          .formatted(request.numRanks(), request.ranksPerNode(), commas(hosts), request.numNodes());
    }
  },
  /** Cray's ALPS. */
  APRUN("aprun") {
    @Override
    String words(MpiRequest request, List<String> hosts, List<String> block) {
      return "aprun -n %d -N %d -node-list %s"
          .formatted(request.numRanks(), request.ranksPerNode(), commas(hosts));
    }
  },
  /**
   * IBM's JSM. It takes no hosts by name but in a file of its own (ERF), and keeps account of the
   * job's nodes itself: one resource set with all cpus of a host is a whole, idle host. So the
   * ranks may run on other hosts than the node list says, and never on one that another task has.
   */
  JSRUN("jsrun") {
    @Override
    String words(MpiRequest request, List<String> hosts, List<String> block) {
      return "jsrun --nrs %d --rs_per_host 1 --tasks_per_rs %d --cpu_per_rs ALL_CPUS"
          .formatted(request.numNodes(), request.ranksPerNode());
    }
  },
  /** A job of the Flux instance around it; nodes with a number of tasks each are exclusive ones. */
  FLUX("flux") {
    @Override
    String words(MpiRequest request, List<String> hosts, List<String> block) {
      return "flux run --nodes=%d --tasks-per-node=%d --requires=host:%s"
          .formatted(request.numNodes(), request.ranksPerNode(), commas(hosts));
    }
  },
  /**
   * TACC's. It takes no hosts, but a place in the job's list of tasks, so that the hosts must
   * follow one another there; how many tasks a host has in the list is told as TACC's own launcher
   * tells it.
   */
  IBRUN("ibrun") {
    @Override
    String words(MpiRequest request, List<String> hosts, List<String> block) {
      int first = block.indexOf(hosts.get(0));
      if (first < 0
          || first + hosts.size() > block.size()
          || !block.subList(first, first + hosts.size()).equals(hosts)) {
        throw new IllegalArgumentException(
            "ibrun starts ranks only on hosts that follow one another in the job, and "
                + commas(hosts)
                + " do not in "
                + commas(block)
                + "\n  fix: tasks that all have the same number of nodes, or mpi-launcher = srun or mpiexec");
      }
      return "env TACC_TASKS_PER_NODE=%d ibrun -n %d -o %d"
          .formatted(request.ranksPerNode(), request.numRanks(), first * request.ranksPerNode());
    }
  };

  private final String key;

  MpiLauncher(String key) {
    this.key = key;
  }

  /** Its name in a site file. */
  public String key() {
    return key;
  }

  /**
   * The launcher that a site file names.
   *
   * @throws IllegalArgumentException that lists the known ones
   */
  public static MpiLauncher of(String key) {
    for (MpiLauncher launcher : values()) {
      if (launcher.key.equals(key)) {
        return launcher;
      }
    }
    throw new IllegalArgumentException(
        "unknown MPI launcher '"
            + key
            + "'; known: "
            + Arrays.stream(values()).map(MpiLauncher::key).collect(Collectors.joining(", ")));
  }

  /**
   * The words that start the task's ranks on these hosts; the task's program follows.
   *
   * @param hosts as many different ones as the request has nodes
   * @param block all hosts of the block, in the scheduler's order
   * @throws IllegalArgumentException when the hosts are not as many, or this launcher cannot start
   *     ranks on just those
   */
  public String prefix(MpiRequest request, List<String> hosts, List<String> block) {
    if (hosts.stream().distinct().count() != request.numNodes()
        || hosts.size() != request.numNodes()) {
      throw new IllegalArgumentException(
          "an MPI task of "
              + request.numNodes()
              + " nodes was given "
              + hosts.size()
              + ": "
              + hosts);
    }
    String options = request.launcherOptions();
    return words(request, hosts, block) + (options.isEmpty() ? "" : " " + options);
  }

  abstract String words(MpiRequest request, List<String> hosts, List<String> block);

  private static String commas(List<String> hosts) {
    return String.join(",", hosts);
  }
}
