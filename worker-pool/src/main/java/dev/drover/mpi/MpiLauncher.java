package dev.drover.mpi;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A program that starts the ranks of an MPI task on the nodes that it was given: the words that a
 * task writes before its own program.
 *
 * <p>The shapes of {@link #MPIEXEC}, {@link #SRUN} and {@link #APRUN} on whole nodes are those of
 * Parsl's MPI mode, word for word, so that its task files run as they are. On a part of a node
 * ({@link MpiRequest#cpusPerRank}), which Parsl does not know, ranks shall stay on the cpus of
 * their task: MPICH's inherit its mask, srun's are given it, and the other schedulers' launchers
 * are told how many cpus there are.
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
   * it has, and more ranks than slots are refused. It binds ranks to cores of the host, whatever
   * its own mask is, unless it is told to bind none: then they inherit the mask (4.1.4, measured).
   */
  OPENMPI("openmpi") {
    @Override
    String words(MpiRequest request, List<String> hosts, List<String> block) {
      int perNode = request.ranksPerNode();
      return "mpirun -n %d --map-by ppr:%d:node --host %s%s"
          .formatted(
              request.numRanks(),
              perNode,
              hosts.stream().map(host -> host + ":" + perNode).collect(Collectors.joining(",")),
              request.isOnPartOfNode() ? " --bind-to none" : "");
    }
  },
  /**
   * A step of the Slurm job around it. A step takes all cpus of its nodes, so that others wait for
   * it, unless it overlaps them or is told to take just its own; then a rank has one cpu unless it
   * is told more, and Slurm chooses which, without regard to the masks of other tasks (22.05 with
   * task/affinity, seen). It also takes all memory that the job asks for, unless it is told to take
   * none for itself, and all its accelerators unless it overlaps; and Slurm sets the variables of
   * accelerators anew for each rank. So where the cpus or the devices of the task are known the
   * step overlaps, and its ranks are put onto them.
   */
  SRUN("srun") {
    @Override
    String words(MpiRequest request, List<String> hosts, List<String> block) {
      String part = "";
      if (request.isOnPartOfNode()) {
        part =
            request.cpus().isEmpty() && request.devices().isEmpty()
                ? " --exact --mem=0 --cpus-per-task " + request.cpusPerRank()
                : " --overlap --mem=0 --cpu-bind none";
      }
      return "srun --ntasks %d --ntasks-per-node %d --nodelist %s --nodes %d%s"
          .formatted(
              request.numRanks(), request.ranksPerNode(), commas(hosts), request.numNodes(), part);
    }

    @Override
    String confinement(MpiRequest request) {
      StringBuilder words = new StringBuilder();
      if (!request.cpus().isEmpty()) {
        words.append(" taskset --cpu-list ").append(request.cpus());
      }
      if (!request.devices().isEmpty()) {
        words.append(" env");
        request.devices().forEach((name, value) -> words.append(" " + name + "=" + value));
      }
      return words.toString();
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
      int ranks = request.ranksPerNode();
      return "jsrun --nrs %d --rs_per_host 1 --tasks_per_rs %d --cpu_per_rs %s"
          .formatted(
              request.numNodes(),
              ranks,
              request.isOnPartOfNode() ? ranks * request.cpusPerRank() : "ALL_CPUS");
    }
  },
  /**
   * A job of the Flux instance around it; nodes with a number of tasks each are exclusive ones, and
   * tasks with a number of cores each are not.
   */
  FLUX("flux") {
    @Override
    String words(MpiRequest request, List<String> hosts, List<String> block) {
      String size =
          request.isOnPartOfNode()
              ? "--ntasks=%d --cores-per-task=%d"
                  .formatted(request.numRanks(), request.cpusPerRank())
              : "--nodes=%d --tasks-per-node=%d"
                  .formatted(request.numNodes(), request.ranksPerNode());
      return "flux run %s --requires=host:%s".formatted(size, commas(hosts));
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
                + "\n  fix: mpi.launcher = srun or mpiexec, or executor.type = mpi, whose one manager knows the job's own order");
      }
      return "env TACC_TASKS_PER_NODE=%d ibrun -n %d -o %d"
          .formatted(request.ranksPerNode(), request.numRanks(), first * request.ranksPerNode());
    }

    @Override
    public boolean startsByPlace() {
      return true;
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
   * Whether it takes no hosts, but a place in the list of the job's: then a task's nodes follow one
   * another there, and who composes its words knows the whole list.
   */
  public boolean startsByPlace() {
    return false;
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
    return words(request, hosts, block)
        + (options.isEmpty() ? "" : " " + options)
        + confinement(request);
  }

  abstract String words(MpiRequest request, List<String> hosts, List<String> block);

  /**
   * What stands behind the launcher's options and keeps each rank on the task's cpus and devices.
   */
  String confinement(MpiRequest request) {
    return "";
  }

  private static String commas(List<String> hosts) {
    return String.join(",", hosts);
  }
}
