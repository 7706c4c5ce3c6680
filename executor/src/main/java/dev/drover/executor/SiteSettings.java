package dev.drover.executor;

import dev.drover.block.BlockErrorHandler;
import dev.drover.block.BlockSettings;
import dev.drover.headnode.LocalHeadNode;
import dev.drover.interchange.InterchangeSettings;
import dev.drover.interchange.MpiSettings;
import dev.drover.interchange.NodeShape;
import dev.drover.interchange.Placement;
import dev.drover.job.ByteSize;
import dev.drover.job.ResourceSpec;
import dev.drover.manager.ManagerSettings;
import dev.drover.manager.MpiOptions;
import dev.drover.manager.OutputMode;
import dev.drover.manager.WorkerPoolOptions;
import dev.drover.mpi.MpiLauncher;
import dev.drover.node.NodeCapacity;
import dev.drover.node.NodeProbe;
import dev.drover.node.WorkerCount;
import dev.drover.node.WorkerLimits;
import dev.drover.pinning.AffinityPolicy;
import dev.drover.pinning.DeviceSlots;
import dev.drover.provider.local.Allocation;
import dev.drover.site.Site;
import dev.drover.site.SiteKeys;
import dev.drover.submit.RetryCost;
import dev.drover.submit.TaskOptions;
import dev.drover.task.ResourceRequest;
import dev.drover.template.ShellQuoting;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;

/** What a site's keys mean to the parts of an executor. */
final class SiteSettings {
  private final Site site;
  private final Path workingDirectory;
  private final int nodes;

  /**
   * @param workingDirectory of tasks that name none, when the site names none either
   * @throws IOException if a block's nodes are to be those of a batch job, and there is none
   */
  SiteSettings(Site site, Path workingDirectory) throws IOException {
    this(site, workingDirectory, nodes(site));
  }

  private SiteSettings(Site site, Path workingDirectory, int nodes) {
    this.site = site;
    this.nodes = nodes;
    this.workingDirectory = workingDirectory;
  }

  /** Those of a process that submits to an interchange elsewhere, where the blocks are made. */
  static SiteSettings ofSubmitter(Site site, Path workingDirectory) {
    return new SiteSettings(
        site, workingDirectory, Math.max(1, site.get(SiteKeys.PROVIDER_NODES_PER_BLOCK)));
  }

  /**
   * Nodes of a block: as set, or all of the batch job that this process runs in.
   *
   * @throws IOException if they are to be the job's, and there is no job or it does not tell
   */
  private static int nodes(Site site) throws IOException {
    int set = site.get(SiteKeys.PROVIDER_NODES_PER_BLOCK);
    return set > 0
        ? set
        : Allocation.of(System.getenv(), new LocalHeadNode())
            .map(Allocation::nodes)
            .orElseThrow(
                () ->
                    new IOException(
                        "provider.nodes-per-block = 0 means all nodes of the batch job that the run"
                            + " is in, and this is no batch job (none of "
                            + Allocation.WHERE
                            + " is set); start the run inside a job, or say how many nodes"));
  }

  SiteAddresses addresses() {
    return new SiteAddresses(site, isLocal(), nodes);
  }

  SiteScheduler scheduler() {
    return new SiteScheduler(site);
  }

  private boolean isLocal() {
    return site.get(SiteKeys.PROVIDER_TYPE) == SiteKeys.ProviderType.LOCAL;
  }

  /** Whether blocks are hosts that no scheduler gives. */
  private boolean isSsh() {
    return site.get(SiteKeys.PROVIDER_TYPE) == SiteKeys.ProviderType.SSH;
  }

  InterchangeSettings interchange(RetryCost retryCost) {
    return new InterchangeSettings(
        site.get(SiteKeys.EXECUTOR_HEARTBEAT_PERIOD),
        site.get(SiteKeys.EXECUTOR_HEARTBEAT_THRESHOLD),
        Placement.valueOf(site.get(SiteKeys.EXECUTOR_PLACEMENT).name()),
        retryCost,
        isMpi() ? Optional.empty() : largestNode(),
        isMpi() ? 1 : nodes,
        new MpiSettings(
            isMpi(),
            isMpi() ? nodes : managersPerBlock(),
            site.get(SiteKeys.MPI_MAX_WORKERS_PER_BLOCK),
            site.get(SiteKeys.MPI_MAX_LAUNCHES_PER_BLOCK),
            mpiLauncher().startsByPlace()));
  }

  /** Whether blocks have one manager each, for MPI tasks of whole nodes. */
  boolean isMpi() {
    return site.get(SiteKeys.EXECUTOR_TYPE) == SiteKeys.ExecutorType.MPI;
  }

  /** Why no MPI block of the site can ever run such a task; empty = one can. */
  String mpiProblem(ResourceRequest request) {
    return MpiSettings.problem(request, nodes);
  }

  /** Nodes of a block. */
  int nodes() {
    return nodes;
  }

  /** Known where blocks run on this machine, or the site tells. */
  Optional<NodeShape> largestNode() {
    WorkerLimits limits = limits();
    int cores = site.get(SiteKeys.PROVIDER_CORES_PER_NODE);
    long memory = site.get(SiteKeys.PROVIDER_MEMORY_PER_NODE);
    if (isLocal()) {
      NodeCapacity node = NodeProbe.ofThisNode().capacity();
      return Optional.of(shape(WorkerCount.of(node, limits), node.cores(), node.memoryBytes()));
    }
    if (cores == 0) {
      return Optional.empty();
    }
    int slots = (int) (cores / limits.coresPerWorker().orElse(1));
    slots = Math.min(slots, limits.maxWorkers().orElse(slots));
    slots = Math.min(slots, limits.accelerators().orElse(slots));
    return Optional.of(
        shape(new WorkerCount(Math.max(1, slots), "provider.cores-per-node"), cores, memory));
  }

  private NodeShape shape(WorkerCount count, int cores, long memory) {
    WorkerLimits limits = limits();
    return new NodeShape(
        count.workers(),
        limits.coresPerWorker().orElse((double) cores / count.workers()),
        limits.memoryPerWorkerBytes().orElse(memory / count.workers()),
        DeviceSlots.ofEntries(
            count.workers(), accelerators(), WorkersOfSite.of(site).slotsPerAccelerator()));
  }

  Duration abandonAfter() {
    return site.get(SiteKeys.EXECUTOR_ABANDON_AFTER);
  }

  boolean encrypted() {
    return site.get(SiteKeys.EXECUTOR_ENCRYPTED);
  }

  String label() {
    return site.get(SiteKeys.EXECUTOR_LABEL);
  }

  /** Whether a block that was given away may take long to be had again. */
  boolean blocksCostAQueue() {
    return !isLocal() && !isSsh();
  }

  Duration heartbeatThreshold() {
    return site.get(SiteKeys.EXECUTOR_HEARTBEAT_THRESHOLD);
  }

  /** How many managers a block that works has: one a node, or only one on the first. */
  int managersPerBlock() {
    return site.get(SiteKeys.LAUNCHER_TYPE) == SiteKeys.LauncherType.SIMPLE && !isSsh() ? 1 : nodes;
  }

  String jobNamePrefix() {
    return site.get(SiteKeys.PROVIDER_JOB_NAME_PREFIX);
  }

  long maxPayload() {
    return site.get(SiteKeys.EXECUTOR_MAX_PAYLOAD);
  }

  TaskOptions taskOptions() {
    return taskOptions(site);
  }

  static TaskOptions taskOptions(Site site) {
    return new TaskOptions(
        0, site.get(SiteKeys.EXECUTOR_RETRIES), site.get(SiteKeys.EXECUTOR_MANAGER_LOSS_LIMIT));
  }

  dev.drover.task.Isolation isolation() {
    return dev.drover.task.Isolation.valueOf(site.get(SiteKeys.WORKER_ISOLATION).name());
  }

  BlockSettings blocks() {
    return new BlockSettings(
        BlockSettings.Strategy.valueOf(site.get(SiteKeys.PROVIDER_STRATEGY).name()),
        nodes,
        site.get(SiteKeys.PROVIDER_INIT_BLOCKS),
        site.get(SiteKeys.PROVIDER_MIN_BLOCKS),
        site.maxBlocks(),
        site.get(SiteKeys.PROVIDER_PARALLELISM),
        site.get(SiteKeys.PROVIDER_MAX_IDLE_TIME),
        site.get(SiteKeys.EXECUTOR_START_TIMEOUT),
        site.get(SiteKeys.PROVIDER_POLL_PERIOD)
            .orElse(Duration.ofSeconds(isLocal() ? 1 : isSsh() ? 5 : 15)),
        isLocal() || isSsh()
            ? BlockSettings.Pace.UNLIMITED
            : new BlockSettings.Pace(
                site.get(SiteKeys.PROVIDER_SUBMIT_INTERVAL),
                site.get(SiteKeys.PROVIDER_SUBMIT_BURST)),
        site.get(SiteKeys.PROVIDER_MAX_QUEUED_BLOCKS),
        Duration.ofMinutes(isLocal() ? 0 : isSsh() ? 1 : 15)); // nobody waits for a queue of ours
  }

  /** What of failed blocks ends the run, as set. */
  BlockErrorHandler blockErrors() {
    int init = site.get(SiteKeys.PROVIDER_INIT_BLOCKS);
    return switch (site.get(SiteKeys.PROVIDER_ERROR_HANDLER)) {
      case SIMPLE -> BlockErrorHandler.simple(init);
      case WINDOWED -> BlockErrorHandler.windowed(site.get(SiteKeys.PROVIDER_ERROR_WINDOW), init);
      case NONE -> BlockErrorHandler.none();
    };
  }

  /** What is known of a node's slots when its cores are not: the limits; 1 when there are none. */
  private int slotsWithoutCores() {
    int max = site.get(SiteKeys.WORKER_MAX_PER_NODE);
    int devices = limits().accelerators().orElse(0);
    return max == 0 ? Math.max(1, devices) : devices == 0 ? max : Math.min(max, devices);
  }

  /**
   * Slots that a block is expected to bring; 1 a node when nothing is known, and for MPI blocks
   * always: their tasks have whole nodes.
   */
  int expectedSlots() {
    if (isMpi()) {
      return nodes;
    }
    int perNode = largestNode().map(NodeShape::slots).orElseGet(this::slotsWithoutCores);
    return Math.max(1, perNode * nodes);
  }

  ResourceSpec resources() {
    int cores = site.get(SiteKeys.PROVIDER_CORES_PER_NODE);
    long memory = site.get(SiteKeys.PROVIDER_MEMORY_PER_NODE);
    int accelerators = site.get(SiteKeys.PROVIDER_ACCELERATORS_PER_NODE);
    Duration walltime = site.get(SiteKeys.PROVIDER_WALLTIME);
    return new ResourceSpec(
        nodes,
        cores == 0 ? OptionalInt.empty() : OptionalInt.of(cores),
        memory == 0 ? Optional.empty() : Optional.of(new ByteSize(memory)),
        accelerators == 0 ? OptionalInt.empty() : OptionalInt.of(accelerators),
        walltime.isZero() ? Optional.empty() : Optional.of(walltime));
  }

  String workerInit() {
    return site.get(SiteKeys.PROVIDER_WORKER_INIT);
  }

  private List<String> accelerators() {
    return WorkersOfSite.of(site).accelerators();
  }

  /** So many tasks at once; what of the lead node they take is theirs to know. */
  private WorkerLimits mpiWorkers() {
    return new WorkerLimits(
        OptionalInt.of(site.get(SiteKeys.MPI_MAX_WORKERS_PER_BLOCK)),
        OptionalDouble.empty(),
        OptionalLong.empty(),
        OptionalInt.empty());
  }

  private WorkerLimits limits() {
    return WorkersOfSite.of(site).limits();
  }

  /** The worker pool of a block. */
  WorkerPoolOptions workerPool(
      String block, int port, Optional<Path> keys, Path runDirectory, OutputMode output) {
    return new WorkerPoolOptions(
        addresses().advertised(),
        port,
        keys,
        "",
        block,
        isMpi() ? mpiWorkers() : limits(),
        isMpi() ? List.of() : accelerators(),
        WorkersOfSite.of(site).slotsPerAccelerator(),
        isMpi() ? AffinityPolicy.NONE : WorkersOfSite.of(site).cpuAffinity(),
        isMpi() ? 0 : site.get(SiteKeys.EXECUTOR_PREFETCH).orElse(ManagerSettings.AUTO),
        site.get(SiteKeys.WORKER_DRAIN_PERIOD),
        site.get(SiteKeys.PROVIDER_WALLTIME),
        site.get(SiteKeys.EXECUTOR_ADDRESS_PROBE_TIMEOUT),
        site.get(SiteKeys.WORKER_KILL_GRACE),
        runDirectory,
        site.get(SiteKeys.WORKER_WORKING_DIR)
            .map(Path::of) // ~/ and variables are the node's to expand
            .orElse(workingDirectory.toAbsolutePath()),
        site.get(SiteKeys.WORKER_LOG_ROOT)
            .map(Path::of)
            .orElse(runDirectory.resolve("managers").toAbsolutePath()),
        Path.of("/tmp"),
        output,
        ShellQuoting.split(site.get(SiteKeys.WORKER_JAVA_OPTIONS)),
        (int) Math.min(maxPayload(), Integer.MAX_VALUE - 64),
        mpi());
  }

  private MpiOptions mpi() {
    return isMpi()
        ? MpiOptions.ofLeadNode(mpiLauncher(), site.get(SiteKeys.MPI_NODE_FILE).map(Path::of))
        : new MpiOptions(mpiLauncher(), false, Optional.empty());
  }

  private MpiLauncher mpiLauncher() {
    return MpiLauncher.of(SiteScheduler.word(site.get(SiteKeys.MPI_LAUNCHER)));
  }

  /** Where Java is on the nodes: as set, or this JVM's. */
  String java() {
    return site.get(SiteKeys.EXECUTOR_JAVA)
        .orElseGet(() -> Path.of(System.getProperty("java.home"), "bin", "java").toString());
  }

  List<String> javaOptions() {
    return ShellQuoting.split(site.get(SiteKeys.EXECUTOR_JAVA_OPTIONS));
  }

  boolean debug() {
    return site.get(SiteKeys.WORKER_DEBUG);
  }

  /** {@code {command}} or a user's own, such as one that wraps it in a container. */
  String launchCommand() {
    return site.get(SiteKeys.EXECUTOR_LAUNCH_COMMAND);
  }
}
