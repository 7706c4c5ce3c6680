package dev.drover.site;

import static dev.drover.site.KeyType.BOOLEAN;
import static dev.drover.site.KeyType.DURATION;
import static dev.drover.site.KeyType.LIST;
import static dev.drover.site.KeyType.NAME;
import static dev.drover.site.KeyType.PATH;
import static dev.drover.site.KeyType.POSITIVE_DURATION;
import static dev.drover.site.KeyType.TEXT;

import java.time.Duration;
import java.time.LocalDate;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * The registry of every key that a site file may hold: the one place that names a key, its type,
 * its default and its meaning. What is not here is an unknown key, and a problem.
 */
public final class SiteKeys {
  private static final Map<String, Key<?>> BY_NAME = new LinkedHashMap<>();
  private static final int MANY = Integer.MAX_VALUE;

  /** Whether a site's file can be relied on. */
  public enum Status {
    /** Used, and checked on the day of {@code site.verified}. */
    ACTIVE,
    /** Written from documentation; nobody has run on it yet. */
    UNVERIFIED,
    /** The machine is gone; kept to read old runs. */
    RETIRED
  }

  /** What serves the tasks. */
  public enum ExecutorType {
    /** The high-throughput executor. */
    HTEX
  }

  /** How tasks are laid on managers with free slots. */
  public enum Placement {
    /** Evenly over all managers. */
    SPREAD,
    /** On as few managers as will do, so that idle blocks can be given back. */
    PACK
  }

  /** Where a Java task runs. */
  public enum Isolation {
    /** In the worker's own JVM, which may die alone. */
    PROCESS,
    /** Inside the manager, for speed. */
    THREAD
  }

  /** Which scheduler is spoken to. */
  public enum ProviderType {
    /** None: blocks are processes of this machine. */
    LOCAL,
    /** PBS Professional and OpenPBS. */
    PBSPRO,
    /** Torque. */
    TORQUE,
    /** Slurm. */
    SLURM,
    /** Flux, as a system's scheduler or as an instance within a job. */
    FLUX,
    /** IBM Spectrum LSF. */
    LSF,
    /** Grid Engine in its kinds. */
    GRIDENGINE,
    /** HTCondor. */
    CONDOR
  }

  /** What spreads the manager's command over a block's nodes. */
  public enum LauncherType {
    /** Nothing: the job script runs the command once, as it is. */
    SIMPLE,
    /** One manager, on the block's one node. */
    SINGLE_NODE,
    /** Slurm's srun. */
    SRUN,
    /** Slurm's srun, each manager with a share of the allocation of its own for MPI programs. */
    SRUN_MPI,
    /** mpiexec of MPICH, Cray PALS or Intel MPI. */
    MPIEXEC,
    /** mpirun of Open MPI. */
    MPIRUN,
    /** flux run. */
    FLUX,
    /** Cray's aprun. */
    APRUN,
    /** IBM's jsrun. */
    JSRUN,
    /** GNU parallel over SSH. */
    GNU_PARALLEL,
    /** A command of the site's own before the manager's. */
    WRAPPED
  }

  /** How the number of blocks follows the load. */
  public enum Strategy {
    /** The blocks asked for at the start, and no more. */
    NONE,
    /** More blocks under load; all that are too many go when there is nothing to do. */
    SIMPLE,
    /** As simple, and idle blocks go while others still work. */
    HTEX_AUTO_SCALE
  }

  /** When failing blocks end the run. */
  public enum ErrorHandler {
    /** When as many blocks failed as are asked for at the start, and none ever worked. */
    SIMPLE,
    /** When the last blocks all failed. */
    WINDOWED,
    /** Never. */
    NONE
  }

  // The file itself. Never inherited: each file vouches for itself.
  public static final Key<String> SITE_NAME =
      key("site.name", NAME, "unnamed", "", "the site's name; default: the file's");
  public static final Key<String> SITE_DESCRIPTION =
      key("site.description", TEXT, "", "", "one line about the machine");
  public static final Key<String> SITE_CONTACT =
      key("site.contact", TEXT, "", "", "who answers questions about this file");
  public static final Key<String> SITE_SOURCE =
      key("site.source", TEXT, "", "", "where the facts come from, such as the site's own page");
  public static final Key<Optional<LocalDate>> SITE_VERIFIED =
      key(
          "site.verified",
          new KeyType.OrNone<>(KeyType.DATE),
          Optional.empty(),
          "",
          "the day the file was last checked on the machine; nothing = never");
  public static final Key<Status> SITE_STATUS =
      key(
          "site.status",
          new KeyType.Choice<>(Status.class),
          Status.UNVERIFIED,
          "",
          "whether the file can be relied on");
  public static final Key<Optional<String>> SITE_EXTENDS =
      key(
          "site.extends",
          new KeyType.OrNone<>(TEXT),
          Optional.empty(),
          "",
          "the site, or the file beside this one, whose values hold where this file has none");

  // The executor.
  public static final Key<ExecutorType> EXECUTOR_TYPE =
      key(
          "executor.type",
          new KeyType.Choice<>(ExecutorType.class),
          ExecutorType.HTEX,
          "",
          "what serves the tasks");
  public static final Key<String> EXECUTOR_LABEL =
      key("executor.label", NAME, "htex", "", "names the executor in job names and directories");
  public static final Key<List<String>> EXECUTOR_ADDRESS =
      key(
          "executor.address",
          LIST,
          List.of(),
          "",
          "addresses at which managers reach the executor; nothing = each probes all interfaces");
  public static final Key<Integer> EXECUTOR_PORT =
      number("executor.port", 0, 65535, 0, "", "the managers' port; 0 = one of the port range");
  public static final Key<PortRange> EXECUTOR_PORT_RANGE =
      key(
          "executor.port-range",
          KeyType.PORT_RANGE,
          new PortRange(54000, 55000),
          "",
          "where a free port is chosen when executor.port is 0");
  public static final Key<Boolean> EXECUTOR_ENCRYPTED =
      key("executor.encrypted", BOOLEAN, true, "", "whether managers speak over CURVE");
  public static final Key<Duration> EXECUTOR_ADDRESS_PROBE_TIMEOUT =
      key(
          "executor.address-probe-timeout",
          POSITIVE_DURATION,
          Duration.ofSeconds(30),
          "",
          "how long a manager waits for the first answer of any address; all are tried at once");
  public static final Key<Duration> EXECUTOR_HEARTBEAT_PERIOD =
      key(
          "executor.heartbeat-period",
          POSITIVE_DURATION,
          Duration.ofSeconds(30),
          "",
          "the time between two signs of life");
  public static final Key<Duration> EXECUTOR_HEARTBEAT_THRESHOLD =
      key(
          "executor.heartbeat-threshold",
          POSITIVE_DURATION,
          Duration.ofSeconds(120),
          "",
          "the silence after which the other side counts as dead; longer than the period");
  public static final Key<OptionalInt> EXECUTOR_PREFETCH =
      key(
          "executor.prefetch",
          new KeyType.AutoOr(new KeyType.WholeNumber(0, 1_000_000)),
          OptionalInt.empty(),
          "tasks",
          "tasks a manager may hold beyond its slots; auto = as many as short tasks need");
  public static final Key<Placement> EXECUTOR_PLACEMENT =
      key(
          "executor.placement",
          new KeyType.Choice<>(Placement.class),
          Placement.SPREAD,
          "",
          "how tasks are laid on managers with free slots");
  public static final Key<Integer> EXECUTOR_MANAGER_LOSS_LIMIT =
      number(
          "executor.manager-loss-limit",
          0,
          MANY,
          3,
          "attempts",
          "attempts a task may lose to lost managers before it fails; 0 = the first loss fails it");
  public static final Key<Integer> EXECUTOR_RETRIES =
      number(
          "executor.retries",
          0,
          MANY,
          0,
          "attempts",
          "further attempts for a task that itself failed; 0 = none");
  public static final Key<Duration> EXECUTOR_START_TIMEOUT =
      key(
          "executor.start-timeout",
          POSITIVE_DURATION,
          Duration.ofMinutes(5),
          "",
          "no manager this long after a block runs is an error");
  public static final Key<String> EXECUTOR_LAUNCH_COMMAND =
      key(
          "executor.launch-command",
          new KeyType.Text(false, "{command}"),
          "{command}",
          "",
          "wraps the manager's command, such as in a container; holds {command}");
  public static final Key<Optional<String>> EXECUTOR_JAVA =
      key(
          "executor.java",
          new KeyType.OrNone<>(KeyType.PROGRAM),
          Optional.empty(),
          "",
          "java on the nodes; nothing = the path of the submitting one");
  public static final Key<String> EXECUTOR_JAVA_OPTIONS =
      key("executor.java-options", TEXT, "", "", "options of the manager's JVM");
  public static final Key<Long> EXECUTOR_MAX_PAYLOAD =
      key(
          "executor.max-payload",
          new KeyType.Bytes(1024, 2047L << 20),
          256L << 20,
          "",
          "the largest task or result that is carried");

  // The workers of one node.
  public static final Key<Integer> WORKER_MAX_PER_NODE =
      number(
          "worker.max-per-node",
          0,
          MANY,
          0,
          "workers",
          "at most so many on a node; 0 = cores, memory and accelerators alone decide");
  public static final Key<Double> WORKER_CORES_PER_WORKER =
      key(
          "worker.cores-per-worker",
          new KeyType.Decimal(0.001, 100_000),
          1.0,
          "cores",
          "cores of one worker; below 1 = workers share cores");
  public static final Key<Long> WORKER_MEMORY_PER_WORKER =
      key(
          "worker.memory-per-worker",
          KeyType.BYTES,
          0L,
          "",
          "memory of one worker; 0 = not considered");
  public static final Key<List<String>> WORKER_AVAILABLE_ACCELERATORS =
      key(
          "worker.available-accelerators",
          KeyType.ACCELERATORS,
          List.of(),
          "",
          "a node's accelerators, one for each worker: a number, or names; nothing = none");
  public static final Key<String> WORKER_CPU_AFFINITY =
      key(
          "worker.cpu-affinity",
          KeyType.CPU_AFFINITY,
          "none",
          "",
          "which cpus each worker runs on; a list has a group for each");
  public static final Key<Duration> WORKER_DRAIN_PERIOD =
      key(
          "worker.drain-period",
          DURATION,
          Duration.ZERO,
          "",
          "a manager takes no more tasks this long after its start; 0 = never");
  public static final Key<Optional<String>> WORKER_WORKING_DIR =
      key(
          "worker.working-dir",
          new KeyType.OrNone<>(PATH),
          Optional.empty(),
          "",
          "where tasks start on a node; nothing = where the run was started");
  public static final Key<Optional<String>> WORKER_LOG_ROOT =
      key(
          "worker.log-root",
          new KeyType.OrNone<>(PATH),
          Optional.empty(),
          "",
          "where managers write their logs; nothing = in the run directory");
  public static final Key<Boolean> WORKER_DEBUG =
      key("worker.debug", BOOLEAN, false, "", "whether managers log every step");
  public static final Key<Isolation> WORKER_ISOLATION =
      key(
          "worker.isolation",
          new KeyType.Choice<>(Isolation.class),
          Isolation.PROCESS,
          "",
          "where a Java task runs");
  public static final Key<Duration> WORKER_KILL_GRACE =
      key(
          "worker.kill-grace",
          DURATION,
          Duration.ofSeconds(5),
          "",
          "the time between asking a task to end and killing it; 0 = kill at once");
  public static final Key<String> WORKER_JAVA_OPTIONS =
      key("worker.java-options", TEXT, "", "", "options of the workers' JVMs");

  // The blocks, and the scheduler that gives them.
  public static final Key<ProviderType> PROVIDER_TYPE =
      key(
          "provider.type",
          new KeyType.Choice<>(ProviderType.class),
          ProviderType.LOCAL,
          "",
          "which scheduler is spoken to");
  public static final Key<Integer> PROVIDER_NODES_PER_BLOCK =
      number(
          "provider.nodes-per-block",
          0,
          MANY,
          1,
          "nodes",
          "nodes of one batch job; 0 = all those of the job that the run is in, for provider local");
  public static final Key<Integer> PROVIDER_INIT_BLOCKS =
      number("provider.init-blocks", 0, MANY, 1, "blocks", "blocks asked for at the start");
  public static final Key<Integer> PROVIDER_MIN_BLOCKS =
      number("provider.min-blocks", 0, MANY, 0, "blocks", "blocks kept even when idle");
  public static final Key<Integer> PROVIDER_MAX_BLOCKS =
      number("provider.max-blocks", 1, MANY, 1, "blocks", "blocks held at once, at most");
  public static final Key<Double> PROVIDER_PARALLELISM =
      key(
          "provider.parallelism",
          new KeyType.Decimal(0, 1),
          1.0,
          "",
          "slots asked for per unfinished task; 0 = one block serves them all");
  public static final Key<Duration> PROVIDER_MAX_IDLE_TIME =
      key(
          "provider.max-idle-time",
          DURATION,
          Duration.ofMinutes(2),
          "",
          "an idle block is given back after this time; 0 = at once");
  public static final Key<Duration> PROVIDER_WALLTIME =
      key(
          "provider.walltime",
          DURATION,
          Duration.ZERO,
          "",
          "how long a block may run; 0 = none is asked for: the scheduler's own holds, unknown here");
  public static final Key<String> PROVIDER_WORKER_INIT =
      key(
          "provider.worker-init",
          KeyType.LINES,
          "",
          "",
          "shell lines of the job script before the manager starts, such as module load");
  public static final Key<Duration> PROVIDER_COMMAND_TIMEOUT =
      key(
          "provider.command-timeout",
          POSITIVE_DURATION,
          Duration.ofSeconds(30),
          "",
          "how long one scheduler command may take");
  public static final Key<Integer> PROVIDER_CORES_PER_NODE =
      number("provider.cores-per-node", 0, MANY, 0, "cores", "cores of a node; 0 = unknown");
  public static final Key<Long> PROVIDER_MEMORY_PER_NODE =
      key("provider.memory-per-node", KeyType.BYTES, 0L, "", "memory of a node; 0 = unknown");

  public static final Key<Integer> PROVIDER_ACCELERATORS_PER_NODE =
      number(
          "provider.accelerators-per-node",
          0,
          1024,
          0,
          "accelerators",
          "accelerators asked for on each node; 0 = none are asked for");
  public static final Key<Strategy> PROVIDER_STRATEGY =
      key(
          "provider.strategy",
          new KeyType.Choice<>(Strategy.class),
          Strategy.SIMPLE,
          "",
          "how the number of blocks follows the load");
  public static final Key<ErrorHandler> PROVIDER_ERROR_HANDLER =
      key(
          "provider.error-handler",
          new KeyType.Choice<>(ErrorHandler.class),
          ErrorHandler.WINDOWED,
          "",
          "when failing blocks end the run");
  public static final Key<Integer> PROVIDER_ERROR_WINDOW =
      number(
          "provider.error-window",
          1,
          MANY,
          3,
          "blocks",
          "so many failed blocks one after the other end the run, with the windowed error handler");
  public static final Key<Optional<Duration>> PROVIDER_POLL_PERIOD =
      key(
          "provider.poll-period",
          new KeyType.OrNone<>(POSITIVE_DURATION),
          Optional.empty(),
          "",
          "the time between two looks at the jobs; nothing = 1 s locally, 15 s with a scheduler");
  public static final Key<Duration> PROVIDER_SUBMIT_INTERVAL =
      key(
          "provider.submit-interval",
          DURATION,
          Duration.ofSeconds(2),
          "",
          "the time between two submissions once the burst is used up; 0 = none");
  public static final Key<Integer> PROVIDER_SUBMIT_BURST =
      number(
          "provider.submit-burst",
          1,
          MANY,
          5,
          "blocks",
          "so many submissions may follow one another at once");
  public static final Key<Integer> PROVIDER_MAX_QUEUED_BLOCKS =
      number(
          "provider.max-queued-blocks",
          0,
          MANY,
          0,
          "blocks",
          "blocks that wait in the scheduler's queue at once, at most; 0 = no limit of the site's");
  public static final Key<String> PROVIDER_JOB_NAME_PREFIX =
      key("provider.job-name-prefix", NAME, "drover", "", "what the jobs' names begin with");
  public static final Key<Optional<String>> PROVIDER_ACCOUNT =
      words(
          "provider.account", "what is charged: account, project, bank; nothing = the user's own");
  public static final Key<Optional<String>> PROVIDER_QUEUE =
      words("provider.queue", "queue or partition; nothing = the scheduler's own");
  public static final Key<Optional<String>> PROVIDER_QOS =
      words("provider.qos", "quality of service; nothing = the scheduler's own");
  public static final Key<Optional<String>> PROVIDER_RESERVATION =
      words("provider.reservation", "a reservation of nodes, by name; nothing = none");
  public static final Key<Optional<String>> PROVIDER_CONSTRAINT =
      words("provider.constraint", "what nodes must have, in the scheduler's words; nothing = any");
  public static final Key<Optional<String>> PROVIDER_CLUSTERS =
      words("provider.clusters", "clusters by name, with commas between; nothing = this one");
  public static final Key<Optional<String>> PROVIDER_GRES =
      words("provider.gres", "generic resources of a node, such as gpu:a100:4; nothing = none");
  public static final Key<Optional<String>> PROVIDER_SELECT_OPTIONS =
      words(
          "provider.select-options", "more of each PBS chunk, such as ngpus=4; nothing = no more");
  public static final Key<Optional<String>> PROVIDER_PARALLEL_ENVIRONMENT =
      words("provider.parallel-environment", "that gives a job several nodes; nothing = none");
  public static final Key<Boolean> PROVIDER_EXCLUSIVE =
      key(
          "provider.exclusive",
          BOOLEAN,
          false,
          "",
          "whether no other job may share the nodes, where the scheduler asks that");

  // The job script.
  public static final Key<Optional<String>> TEMPLATE_FILE =
      key(
          "template.file",
          new KeyType.OrNone<>(PATH),
          Optional.empty(),
          "",
          "a job script template of the site's own; nothing = the provider's");
  public static final Key<List<String>> DIRECTIVES_SKIP =
      key(
          "directives.skip",
          KeyType.PHRASES,
          List.of(),
          "",
          "directives that the site does not want, with commas between, such as --mem, -l place");
  public static final Key<String> DIRECTIVES_ADD =
      key(
          "directives.add",
          KeyType.LINES,
          "",
          "",
          "directives beside the template's, one a line, with or without their prefix");

  public static final Key<LauncherType> LAUNCHER_TYPE =
      key(
          "launcher.type",
          new KeyType.Choice<>(LauncherType.class),
          LauncherType.SINGLE_NODE,
          "",
          "what spreads the manager's command over a block's nodes");
  public static final Key<String> LAUNCHER_OPTIONS =
      key("launcher.options", TEXT, "", "", "more words of the launcher's command line");
  public static final Key<String> LAUNCHER_BIND_OPTION =
      key(
          "launcher.bind-option",
          TEXT,
          "--bind-to",
          "",
          "mpiexec's option that 'none' follows, so that managers are not bound; nothing = no option");
  public static final Key<Optional<String>> LAUNCHER_PROGRAM =
      key(
          "launcher.program",
          new KeyType.OrNone<>(KeyType.PROGRAM),
          Optional.empty(),
          "",
          "the launcher's program, such as mpiexec.mpich; nothing = the one of its name");
  public static final Key<Optional<String>> LAUNCHER_HOST_FILE =
      key(
          "launcher.host-file",
          new KeyType.OrNone<>(PATH),
          Optional.empty(),
          "",
          "a file of the block's hosts, one a line; nothing = as the scheduler tells");
  public static final Key<String> LAUNCHER_PREFIX =
      key("launcher.prefix", TEXT, "", "", "the words before the manager's command, when wrapped");

  private SiteKeys() {}

  /** Every key, in the order that files, pages and listings show them. */
  public static Collection<Key<?>> all() {
    return Collections.unmodifiableCollection(BY_NAME.values());
  }

  /** The key of that exact name. */
  public static Optional<Key<?>> find(String name) {
    return Optional.ofNullable(BY_NAME.get(name));
  }

  private static Key<Optional<String>> words(String name, String doc) {
    return key(name, new KeyType.OrNone<>(TEXT), Optional.empty(), "", doc);
  }

  private static Key<Integer> number(
      String name, int min, int max, int defaultValue, String unit, String doc) {
    return key(name, new KeyType.WholeNumber(min, max), defaultValue, unit, doc);
  }

  private static <T> Key<T> key(
      String name, KeyType<T> type, T defaultValue, String unit, String doc) {
    var key = new Key<>(name, type, defaultValue, unit, doc, "0.1.0", false);
    if (BY_NAME.put(name, key) != null) {
      throw new IllegalStateException(name + " is registered twice");
    }
    return key;
  }
}
