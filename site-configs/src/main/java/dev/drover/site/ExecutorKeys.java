package dev.drover.site;

import static dev.drover.site.KeyType.BOOLEAN;
import static dev.drover.site.KeyType.DURATION;
import static dev.drover.site.KeyType.LIST;
import static dev.drover.site.KeyType.NAME;
import static dev.drover.site.KeyType.PATH;
import static dev.drover.site.KeyType.POSITIVE_DURATION;
import static dev.drover.site.KeyType.TEXT;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * The executor, and the MPI tasks that it may run. A part of {@link SiteKeys}, by which it is used.
 */
interface ExecutorKeys {
  /** The keys of this part. */
  KeySection EXECUTOR = new KeySection();

  /** What serves the tasks. */
  enum ExecutorType {
    /** A manager on each node: tasks of slots, of parts of a node, and of several nodes. */
    HTEX,
    /** One manager on the first node of each block: MPI tasks, of whole nodes each. */
    MPI
  }

  /** How tasks are laid on managers with free slots. */
  enum Placement {
    /** Evenly over all managers. */
    SPREAD,
    /** On as few managers as will do, so that idle blocks can be given back. */
    PACK
  }

  /** What starts the ranks of MPI tasks. */
  enum MpiLauncherType {
    /** mpiexec of MPICH or Cray PALS. */
    MPIEXEC,
    /** mpirun of Open MPI. */
    OPENMPI,
    /** Slurm's srun. */
    SRUN,
    /** Cray's aprun. */
    APRUN,
    /** IBM's jsrun. */
    JSRUN,
    /** flux run. */
    FLUX,
    /** TACC's ibrun. */
    IBRUN
  }

  Key<ExecutorType> EXECUTOR_TYPE =
      EXECUTOR.key(
          "executor.type",
          new KeyType.Choice<>(ExecutorType.class),
          ExecutorType.HTEX,
          "",
          "what serves the tasks: managers on all nodes, or, for MPI tasks alone, on each block's first");
  Key<String> EXECUTOR_LABEL =
      EXECUTOR.key(
          "executor.label", NAME, "htex", "", "names the executor in job names and directories");
  Key<List<String>> EXECUTOR_ADDRESS =
      EXECUTOR.key(
          "executor.address",
          LIST,
          List.of(),
          "",
          "addresses at which managers reach the executor; nothing = each probes all interfaces");
  Key<Integer> EXECUTOR_PORT =
      EXECUTOR.number(
          "executor.port", 0, 65535, 0, "", "the managers' port; 0 = one of the port range");
  Key<PortRange> EXECUTOR_PORT_RANGE =
      EXECUTOR.key(
          "executor.port-range",
          KeyType.PORT_RANGE,
          new PortRange(54000, 55000),
          "",
          "where a free port is chosen when executor.port is 0");
  Key<Boolean> EXECUTOR_ENCRYPTED =
      EXECUTOR.key("executor.encrypted", BOOLEAN, true, "", "whether managers speak over CURVE");
  Key<Duration> EXECUTOR_ADDRESS_PROBE_TIMEOUT =
      EXECUTOR.key(
          "executor.address-probe-timeout",
          POSITIVE_DURATION,
          Duration.ofSeconds(30),
          "",
          "how long a manager waits for the first answer of any address; all are tried at once");
  Key<Duration> EXECUTOR_HEARTBEAT_PERIOD =
      EXECUTOR.key(
          "executor.heartbeat-period",
          POSITIVE_DURATION,
          Duration.ofSeconds(30),
          "",
          "the time between two signs of life");
  Key<Duration> EXECUTOR_HEARTBEAT_THRESHOLD =
      EXECUTOR.key(
          "executor.heartbeat-threshold",
          POSITIVE_DURATION,
          Duration.ofSeconds(120),
          "",
          "the silence after which the other side counts as dead; longer than the period");
  Key<OptionalInt> EXECUTOR_PREFETCH =
      EXECUTOR.key(
          "executor.prefetch",
          new NumberTypes.AutoOr(new NumberTypes.WholeNumber(0, 1_000_000)),
          OptionalInt.empty(),
          "tasks",
          "tasks a manager may hold beyond its slots; auto = as many as short tasks need");
  Key<Placement> EXECUTOR_PLACEMENT =
      EXECUTOR.key(
          "executor.placement",
          new KeyType.Choice<>(Placement.class),
          Placement.SPREAD,
          "",
          "how tasks are laid on managers with free slots");
  Key<Integer> EXECUTOR_MANAGER_LOSS_LIMIT =
      EXECUTOR.number(
          "executor.manager-loss-limit",
          0,
          KeySection.MANY,
          3,
          "attempts",
          "attempts a task may lose to lost managers before it fails; 0 = the first loss fails it");
  Key<Integer> EXECUTOR_RETRIES =
      EXECUTOR.number(
          "executor.retries",
          0,
          KeySection.MANY,
          0,
          "attempts",
          "further attempts for a task that itself failed; 0 = none");
  Key<Duration> EXECUTOR_START_TIMEOUT =
      EXECUTOR.key(
          "executor.start-timeout",
          POSITIVE_DURATION,
          Duration.ofMinutes(5),
          "",
          "no manager this long after a block runs is an error");
  Key<Duration> EXECUTOR_ABANDON_AFTER =
      EXECUTOR.key(
          "executor.abandon-after",
          DURATION,
          Duration.ofHours(24),
          "",
          "a run on a remote head node that nobody asks for this long gives its blocks back; 0 = never");
  Key<String> EXECUTOR_LAUNCH_COMMAND =
      EXECUTOR.key(
          "executor.launch-command",
          new TextTypes.Text(false, "{command}"),
          "{command}",
          "",
          "wraps the manager's command, such as in a container; holds {command}");
  Key<Optional<String>> EXECUTOR_JAVA =
      EXECUTOR.key(
          "executor.java",
          new KeyType.OrNone<>(KeyType.PROGRAM),
          Optional.empty(),
          "",
          "java on the nodes; nothing = the path of the submitting one");
  Key<String> EXECUTOR_JAVA_OPTIONS =
      EXECUTOR.key("executor.java-options", TEXT, "", "", "options of the manager's JVM");
  Key<Long> EXECUTOR_MAX_PAYLOAD =
      EXECUTOR.key(
          "executor.max-payload",
          new NumberTypes.Bytes(1024, 2047L << 20),
          256L << 20,
          "",
          "the largest task or result that is carried");
  Key<MpiLauncherType> MPI_LAUNCHER =
      EXECUTOR.key(
          "mpi.launcher",
          new KeyType.Choice<>(MpiLauncherType.class),
          MpiLauncherType.MPIEXEC,
          "",
          "what starts the ranks of MPI tasks: the words of PARSL_MPI_PREFIX");
  Key<Integer> MPI_MAX_WORKERS_PER_BLOCK =
      EXECUTOR.number(
          "mpi.max-workers-per-block",
          1,
          KeySection.MANY,
          1,
          "tasks",
          "MPI tasks that run in a block at once, at most, with executor.type = mpi");
  Key<Integer> MPI_MAX_LAUNCHES_PER_BLOCK =
      EXECUTOR.number(
          "mpi.max-launches-per-block",
          0,
          KeySection.MANY,
          0,
          "tasks",
          "MPI tasks begun in a block until it is given back for a new one; 0 = no limit");
  Key<Optional<String>> MPI_NODE_FILE =
      EXECUTOR.key(
          "mpi.node-file",
          new KeyType.OrNone<>(PATH),
          Optional.empty(),
          "",
          "a file of the block's hosts, one a line; nothing = as the scheduler tells");
}
