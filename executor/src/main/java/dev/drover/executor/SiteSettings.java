package dev.drover.executor;

import dev.drover.block.BlockErrorHandler;
import dev.drover.block.BlockSettings;
import dev.drover.headnode.LocalHeadNode;
import dev.drover.interchange.InterchangeAddress;
import dev.drover.interchange.InterchangeSettings;
import dev.drover.interchange.NodeShape;
import dev.drover.interchange.Placement;
import dev.drover.job.ByteSize;
import dev.drover.job.JobOptions;
import dev.drover.job.ResourceSpec;
import dev.drover.launcher.LauncherSettings;
import dev.drover.launcher.Launchers;
import dev.drover.manager.ManagerSettings;
import dev.drover.manager.OutputMode;
import dev.drover.manager.WorkerPoolOptions;
import dev.drover.node.NodeCapacity;
import dev.drover.node.NodeProbe;
import dev.drover.node.WorkerCount;
import dev.drover.node.WorkerLimits;
import dev.drover.provider.ProviderSettings;
import dev.drover.provider.local.Allocation;
import dev.drover.site.Site;
import dev.drover.site.SiteKeys;
import dev.drover.submit.RetryCost;
import dev.drover.submit.TaskOptions;
import dev.drover.template.ShellQuoting;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
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
    this.site = site;
    this.nodes = nodes(site);
    this.workingDirectory = workingDirectory;
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

  private boolean isLocal() {
    return site.get(SiteKeys.PROVIDER_TYPE) == SiteKeys.ProviderType.LOCAL;
  }

  InterchangeSettings interchange(RetryCost retryCost) {
    return new InterchangeSettings(
        site.get(SiteKeys.EXECUTOR_HEARTBEAT_PERIOD),
        site.get(SiteKeys.EXECUTOR_HEARTBEAT_THRESHOLD),
        Placement.valueOf(site.get(SiteKeys.EXECUTOR_PLACEMENT).name()),
        retryCost,
        largestNode(),
        nodes);
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
    if (!accelerators().isEmpty()) {
      slots = Math.min(slots, accelerators().size());
    }
    return Optional.of(
        shape(new WorkerCount(Math.max(1, slots), "provider.cores-per-node"), cores, memory));
  }

  private NodeShape shape(WorkerCount count, int cores, long memory) {
    WorkerLimits limits = limits();
    return new NodeShape(
        count.workers(),
        limits.coresPerWorker().orElse((double) cores / count.workers()),
        limits.memoryPerWorkerBytes().orElse(memory / count.workers()),
        Math.min(accelerators().size(), count.workers()));
  }

  InterchangeAddress address(Optional<Path> keys) {
    List<String> bind = site.get(SiteKeys.EXECUTOR_ADDRESS);
    return new InterchangeAddress(
        bind.isEmpty() ? List.of("*") : bind,
        site.get(SiteKeys.EXECUTOR_PORT),
        0,
        site.get(SiteKeys.EXECUTOR_PORT_RANGE).first(),
        site.get(SiteKeys.EXECUTOR_PORT_RANGE).last(),
        keys,
        site.get(SiteKeys.EXECUTOR_MAX_PAYLOAD) + (1 << 20));
  }

  /** Where managers may find the interchange: as set, or every address of this host. */
  List<String> advertised() {
    List<String> set = site.get(SiteKeys.EXECUTOR_ADDRESS);
    if (!set.isEmpty()) {
      return set;
    }
    List<String> addresses = new ArrayList<>();
    try {
      for (NetworkInterface card : Collections.list(NetworkInterface.getNetworkInterfaces())) {
        if (card.isUp() && !card.isLoopback()) {
          for (InetAddress address : Collections.list(card.getInetAddresses())) {
            if (address instanceof Inet4Address) {
              addresses.add(address.getHostAddress());
            }
          }
        }
      }
    } catch (SocketException e) {
      addresses.clear();
    }
    if (isLocal() || addresses.isEmpty()) {
      addresses.add("127.0.0.1");
    }
    return addresses;
  }

  boolean encrypted() {
    return site.get(SiteKeys.EXECUTOR_ENCRYPTED);
  }

  String label() {
    return site.get(SiteKeys.EXECUTOR_LABEL);
  }

  /** Whether a block that was given away may take long to be had again. */
  boolean blocksCostAQueue() {
    return !isLocal();
  }

  Duration heartbeatThreshold() {
    return site.get(SiteKeys.EXECUTOR_HEARTBEAT_THRESHOLD);
  }

  /** How many managers a block that works has: one a node, or only one on the first. */
  int managersPerBlock() {
    return site.get(SiteKeys.LAUNCHER_TYPE) == SiteKeys.LauncherType.SIMPLE ? 1 : nodes;
  }

  String jobNamePrefix() {
    return site.get(SiteKeys.PROVIDER_JOB_NAME_PREFIX);
  }

  long maxPayload() {
    return site.get(SiteKeys.EXECUTOR_MAX_PAYLOAD);
  }

  TaskOptions taskOptions() {
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
        site.get(SiteKeys.PROVIDER_MAX_BLOCKS),
        site.get(SiteKeys.PROVIDER_PARALLELISM),
        site.get(SiteKeys.PROVIDER_MAX_IDLE_TIME),
        site.get(SiteKeys.EXECUTOR_START_TIMEOUT),
        site.get(SiteKeys.PROVIDER_POLL_PERIOD)
            .orElse(isLocal() ? Duration.ofSeconds(1) : Duration.ofSeconds(15)),
        isLocal()
            ? BlockSettings.Pace.UNLIMITED
            : new BlockSettings.Pace(
                site.get(SiteKeys.PROVIDER_SUBMIT_INTERVAL),
                site.get(SiteKeys.PROVIDER_SUBMIT_BURST)),
        site.get(SiteKeys.PROVIDER_MAX_QUEUED_BLOCKS),
        isLocal() ? Duration.ZERO : Duration.ofMinutes(15));
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

  /** Slots that a block is expected to bring; 1 a node when nothing is known. */
  int expectedSlots() {
    int perNode = largestNode().map(NodeShape::slots).orElse(1);
    return Math.max(1, perNode * nodes);
  }

  ProviderSettings provider() {
    return new ProviderSettings(
        word(site.get(SiteKeys.PROVIDER_TYPE)),
        Launchers.of(
            new LauncherSettings(
                word(site.get(SiteKeys.LAUNCHER_TYPE)),
                ShellQuoting.split(site.get(SiteKeys.LAUNCHER_OPTIONS)),
                site.get(SiteKeys.LAUNCHER_BIND_OPTION),
                site.get(SiteKeys.LAUNCHER_PROGRAM),
                site.get(SiteKeys.LAUNCHER_HOST_FILE),
                ShellQuoting.split(site.get(SiteKeys.LAUNCHER_PREFIX)))),
        jobOptions(),
        site.get(SiteKeys.TEMPLATE_FILE).map(Path::of),
        site.get(SiteKeys.DIRECTIVES_SKIP),
        lines(site.get(SiteKeys.DIRECTIVES_ADD)),
        site.get(SiteKeys.PROVIDER_COMMAND_TIMEOUT),
        Duration.ofSeconds(site.get(SiteKeys.WORKER_KILL_GRACE).toSeconds() + 5));
  }

  private JobOptions jobOptions() {
    return new JobOptions(
        site.get(SiteKeys.PROVIDER_ACCOUNT),
        site.get(SiteKeys.PROVIDER_QUEUE),
        site.get(SiteKeys.PROVIDER_QOS),
        site.get(SiteKeys.PROVIDER_RESERVATION),
        site.get(SiteKeys.PROVIDER_CONSTRAINT),
        site.get(SiteKeys.PROVIDER_CLUSTERS),
        site.get(SiteKeys.PROVIDER_GRES),
        site.get(SiteKeys.PROVIDER_SELECT_OPTIONS),
        site.get(SiteKeys.PROVIDER_PARALLEL_ENVIRONMENT),
        site.get(SiteKeys.PROVIDER_EXCLUSIVE));
  }

  private static List<String> lines(String text) {
    return text.lines().filter(line -> !line.isBlank()).toList();
  }

  private static String word(Enum<?> choice) {
    return choice.name().toLowerCase(Locale.ROOT).replace('_', '-');
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
    return site.get(SiteKeys.WORKER_AVAILABLE_ACCELERATORS);
  }

  private WorkerLimits limits() {
    int max = site.get(SiteKeys.WORKER_MAX_PER_NODE);
    long memory = site.get(SiteKeys.WORKER_MEMORY_PER_WORKER);
    return new WorkerLimits(
        max == 0 ? OptionalInt.empty() : OptionalInt.of(max),
        OptionalDouble.of(site.get(SiteKeys.WORKER_CORES_PER_WORKER)),
        memory == 0 ? OptionalLong.empty() : OptionalLong.of(memory),
        accelerators().isEmpty() ? OptionalInt.empty() : OptionalInt.of(accelerators().size()));
  }

  /** The worker pool of a block. */
  WorkerPoolOptions workerPool(
      String block, int port, Optional<Path> keys, Path runDirectory, OutputMode output) {
    return new WorkerPoolOptions(
        advertised(),
        port,
        keys,
        "",
        block,
        limits(),
        accelerators(),
        site.get(SiteKeys.EXECUTOR_PREFETCH).orElse(ManagerSettings.AUTO),
        site.get(SiteKeys.WORKER_DRAIN_PERIOD),
        site.get(SiteKeys.PROVIDER_WALLTIME),
        site.get(SiteKeys.EXECUTOR_ADDRESS_PROBE_TIMEOUT),
        site.get(SiteKeys.WORKER_KILL_GRACE),
        runDirectory,
        site.get(SiteKeys.WORKER_WORKING_DIR)
            .map(Path::of)
            .orElse(workingDirectory)
            .toAbsolutePath(),
        site.get(SiteKeys.WORKER_LOG_ROOT)
            .map(Path::of)
            .orElse(runDirectory.resolve("managers"))
            .toAbsolutePath(),
        Path.of("/tmp"),
        output,
        ShellQuoting.split(site.get(SiteKeys.WORKER_JAVA_OPTIONS)),
        (int) Math.min(maxPayload(), Integer.MAX_VALUE - 64));
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
