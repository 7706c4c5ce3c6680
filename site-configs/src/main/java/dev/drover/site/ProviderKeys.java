package dev.drover.site;

import static dev.drover.site.KeyType.BOOLEAN;
import static dev.drover.site.KeyType.DURATION;
import static dev.drover.site.KeyType.NAME;
import static dev.drover.site.KeyType.PATH;
import static dev.drover.site.KeyType.POSITIVE_DURATION;

import dev.drover.provider.ssh.SshHost;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * The blocks, and the scheduler that gives them. A part of {@link SiteKeys}, by which it is used.
 */
interface ProviderKeys {
  /** The keys of this part. */
  KeySection PROVIDER = new KeySection();

  /** Which scheduler is spoken to. */
  enum ProviderType {
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
    CONDOR,
    /** None: blocks are processes of hosts that are reached by SSH. */
    SSH
  }

  /** How the number of blocks follows the load. */
  enum Strategy {
    /** The blocks asked for at the start, and no more. */
    NONE,
    /** More blocks under load; all that are too many go when there is nothing to do. */
    SIMPLE,
    /** As simple, and idle blocks go while others still work. */
    HTEX_AUTO_SCALE
  }

  /** When failing blocks end the run. */
  enum ErrorHandler {
    /** When as many blocks failed as are asked for at the start, and none ever worked. */
    SIMPLE,
    /** When the last blocks all failed. */
    WINDOWED,
    /** Never. */
    NONE
  }

  Key<ProviderType> PROVIDER_TYPE =
      PROVIDER.key(
          "provider.type",
          new KeyType.Choice<>(ProviderType.class),
          ProviderType.LOCAL,
          "",
          "which scheduler is spoken to");
  Key<Integer> PROVIDER_NODES_PER_BLOCK =
      PROVIDER.number(
          "provider.nodes-per-block",
          0,
          KeySection.MANY,
          1,
          "nodes",
          "nodes of one batch job; 0 = all those of the job that the run is in, for provider local");
  Key<Integer> PROVIDER_INIT_BLOCKS =
      PROVIDER.number(
          "provider.init-blocks", 0, KeySection.MANY, 1, "blocks", "blocks asked for at the start");
  Key<Integer> PROVIDER_MIN_BLOCKS =
      PROVIDER.number(
          "provider.min-blocks", 0, KeySection.MANY, 0, "blocks", "blocks kept even when idle");
  Key<Integer> PROVIDER_MAX_BLOCKS =
      PROVIDER.number(
          "provider.max-blocks", 1, KeySection.MANY, 1, "blocks", "blocks held at once, at most");
  Key<Double> PROVIDER_PARALLELISM =
      PROVIDER.key(
          "provider.parallelism",
          new NumberTypes.Decimal(0, 1),
          1.0,
          "",
          "slots asked for per unfinished task; 0 = one block serves them all");
  Key<Duration> PROVIDER_MAX_IDLE_TIME =
      PROVIDER.key(
          "provider.max-idle-time",
          DURATION,
          Duration.ofMinutes(2),
          "",
          "an idle block is given back after this time; 0 = at once");
  Key<Duration> PROVIDER_WALLTIME =
      PROVIDER.key(
          "provider.walltime",
          DURATION,
          Duration.ZERO,
          "",
          "how long a block may run; 0 = none is asked for: the scheduler's own holds, unknown here");
  Key<String> PROVIDER_WORKER_INIT =
      PROVIDER.key(
          "provider.worker-init",
          KeyType.LINES,
          "",
          "",
          "shell lines of the job script before the manager starts, such as module load");
  Key<Duration> PROVIDER_COMMAND_TIMEOUT =
      PROVIDER.key(
          "provider.command-timeout",
          POSITIVE_DURATION,
          Duration.ofSeconds(30),
          "",
          "how long one scheduler command may take");
  Key<Integer> PROVIDER_CORES_PER_NODE =
      PROVIDER.number(
          "provider.cores-per-node",
          0,
          KeySection.MANY,
          0,
          "cores",
          "cores of a node; 0 = unknown");
  Key<Long> PROVIDER_MEMORY_PER_NODE =
      PROVIDER.key(
          "provider.memory-per-node", KeyType.BYTES, 0L, "", "memory of a node; 0 = unknown");
  Key<Integer> PROVIDER_ACCELERATORS_PER_NODE =
      PROVIDER.number(
          "provider.accelerators-per-node",
          0,
          1024,
          0,
          "accelerators",
          "accelerators asked for on each node; 0 = none are asked for");
  Key<Strategy> PROVIDER_STRATEGY =
      PROVIDER.key(
          "provider.strategy",
          new KeyType.Choice<>(Strategy.class),
          Strategy.SIMPLE,
          "",
          "how the number of blocks follows the load");
  Key<ErrorHandler> PROVIDER_ERROR_HANDLER =
      PROVIDER.key(
          "provider.error-handler",
          new KeyType.Choice<>(ErrorHandler.class),
          ErrorHandler.WINDOWED,
          "",
          "when failing blocks end the run");
  Key<Integer> PROVIDER_ERROR_WINDOW =
      PROVIDER.number(
          "provider.error-window",
          1,
          KeySection.MANY,
          3,
          "blocks",
          "so many failed blocks one after the other end the run, with the windowed error handler");
  Key<Optional<Duration>> PROVIDER_POLL_PERIOD =
      PROVIDER.key(
          "provider.poll-period",
          new KeyType.OrNone<>(POSITIVE_DURATION),
          Optional.empty(),
          "",
          "the time between two looks at the jobs; nothing = 1 s locally, 5 s by ssh, 15 s with a scheduler");
  Key<Duration> PROVIDER_SUBMIT_INTERVAL =
      PROVIDER.key(
          "provider.submit-interval",
          DURATION,
          Duration.ofSeconds(2),
          "",
          "the time between two submissions once the burst is used up; 0 = none");
  Key<Integer> PROVIDER_SUBMIT_BURST =
      PROVIDER.number(
          "provider.submit-burst",
          1,
          KeySection.MANY,
          5,
          "blocks",
          "so many submissions may follow one another at once");
  Key<Integer> PROVIDER_MAX_QUEUED_BLOCKS =
      PROVIDER.number(
          "provider.max-queued-blocks",
          0,
          KeySection.MANY,
          0,
          "blocks",
          "blocks that wait in the scheduler's queue at once, at most; 0 = no limit of the site's");
  Key<String> PROVIDER_JOB_NAME_PREFIX =
      PROVIDER.key(
          "provider.job-name-prefix", NAME, "drover", "", "what the jobs' names begin with");
  Key<Optional<String>> PROVIDER_ACCOUNT =
      PROVIDER.words(
          "provider.account", "what is charged: account, project, bank; nothing = the user's own");
  Key<Optional<String>> PROVIDER_QUEUE =
      PROVIDER.words(
          "provider.queue",
          "queue or partition; auto = the first queue.* that fits; nothing = the scheduler's own");
  Key<Optional<String>> PROVIDER_QOS =
      PROVIDER.words("provider.qos", "quality of service; nothing = the scheduler's own");
  Key<Optional<String>> PROVIDER_RESERVATION =
      PROVIDER.words("provider.reservation", "a reservation of nodes, by name; nothing = none");
  Key<Optional<String>> PROVIDER_CONSTRAINT =
      PROVIDER.words(
          "provider.constraint", "what nodes must have, in the scheduler's words; nothing = any");
  Key<Optional<String>> PROVIDER_CLUSTERS =
      PROVIDER.words(
          "provider.clusters", "clusters by name, with commas between; nothing = this one");
  Key<Optional<String>> PROVIDER_GRES =
      PROVIDER.words(
          "provider.gres", "generic resources of a node, such as gpu:a100:4; nothing = none");
  Key<Optional<String>> PROVIDER_SELECT_OPTIONS =
      PROVIDER.words(
          "provider.select-options", "more of each PBS chunk, such as ngpus=4; nothing = no more");
  Key<Optional<String>> PROVIDER_FILESYSTEMS =
      PROVIDER.key(
          "provider.filesystems",
          new KeyType.OrNone<>(
              new TextTypes.Shaped(
                  "[A-Za-z0-9_.-]+(:[A-Za-z0-9_.-]+)*", "names with colons between")),
          Optional.empty(),
          "",
          "file systems that a PBS job needs, such as home:flare; nothing = none are named");
  Key<Optional<String>> PROVIDER_PARALLEL_ENVIRONMENT =
      PROVIDER.words(
          "provider.parallel-environment", "that gives a job several nodes; nothing = none");
  Key<List<SshHost>> PROVIDER_HOSTS =
      PROVIDER.key(
          "provider.hosts",
          KeyType.HOSTS,
          List.of(),
          "",
          "hosts of provider ssh, in the order in which blocks get them; localhost = this machine, without SSH");
  Key<Optional<String>> PROVIDER_HOSTS_FILE =
      PROVIDER.key(
          "provider.hosts-file",
          new KeyType.OrNone<>(PATH),
          Optional.empty(),
          "",
          "the same in a file, a host a line, # for remarks; nothing = as provider.hosts says");
  Key<Boolean> PROVIDER_EXCLUSIVE =
      PROVIDER.key(
          "provider.exclusive",
          BOOLEAN,
          false,
          "",
          "whether no other job may share the nodes, where the scheduler asks that");
}
