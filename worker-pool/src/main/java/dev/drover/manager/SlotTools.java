package dev.drover.manager;

import dev.drover.mpi.LeftRanks;
import dev.drover.mpi.MpiEnvironment;
import dev.drover.mpi.MpiLauncher;
import dev.drover.mpi.MpiRequest;
import dev.drover.node.NodeProbe;
import dev.drover.pinning.CpuSet;
import dev.drover.pinning.SlotPlaces;
import dev.drover.process.Environment;
import dev.drover.process.MemoryUse;
import dev.drover.process.PeakMemory;
import dev.drover.process.ProcessSpawner;
import dev.drover.process.ProcessTree;
import dev.drover.protocol.ManagerFacts;
import dev.drover.task.ResourceRequest;
import dev.drover.task.TaskAssignment;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/** What the slots of one manager share. Any slot's thread may call. */
final class SlotTools {
  private final WorkerPoolOptions options;
  private final String pool;
  private final ManagerFacts facts;
  private final List<String> block;
  private final SlotPlaces places;
  private final SlotPlaces.Share[] own;
  private final Path scratch;
  private final Path fenceMarker;
  private final LeftRanks leftRanks;
  private final ProcessSpawner spawner = new ProcessSpawner();
  private final NodeProbe probe = NodeProbe.ofThisNode();
  private volatile OptionalLong knownOomKills = probe.oomKills();
  private final Map<Long, MemoryUse> memory = new ConcurrentHashMap<>();
  private final Map<Long, Long> watchedSince = new ConcurrentHashMap<>();
  private volatile long leaseNanos = System.nanoTime();

  /**
   * @param block all hosts of the job, in its scheduler's order; empty = the launcher of MPI tasks
   *     need not know
   */
  SlotTools(
      WorkerPoolOptions options,
      ManagerFacts facts,
      List<String> block,
      SlotPlaces places,
      Path scratch,
      Path fenceMarker,
      LeftRanks leftRanks) {
    this.options = options;
    this.pool = facts.id().value();
    this.facts = facts;
    this.block = block;
    this.places = places;
    this.own = new SlotPlaces.Share[places.workers()];
    for (int rank = 0; rank < own.length; rank++) {
      own[rank] = places.share(List.of(rank), 0);
    }
    this.scratch = scratch;
    this.fenceMarker = fenceMarker;
    this.leftRanks = leftRanks;
  }

  ProcessSpawner spawner() {
    return spawner;
  }

  Duration killGrace() {
    return options.killGrace();
  }

  Path workingDirectory() {
    return options.workingDirectory();
  }

  OutputCapture capture(int rank, String suffix) {
    return new OutputCapture(options.output(), options.runDirectory(), pool, rank, scratch, suffix);
  }

  /** What a process of this slot alone gets of the node. */
  SlotPlaces.Share shareOf(int rank) {
    return own[rank];
  }

  /**
   * What a task gets that takes these other slots too: all their cpus, and of their accelerators as
   * many as it asks for, or all when it does not say. An MPI task is also told how its ranks are
   * started.
   *
   * @throws IllegalArgumentException when the launcher cannot start ranks on the task's nodes
   */
  SlotPlaces.Share shareOf(int rank, List<Integer> lent, TaskAssignment task) {
    ResourceRequest request = task.spec().resources();
    if (lent.isEmpty() && !request.isMpi()) {
      return own[rank];
    }
    List<Integer> ranks = new ArrayList<>();
    ranks.add(rank);
    ranks.addAll(lent);
    SlotPlaces.Share share = places.share(ranks, request.accelerators());
    return request.isMpi() ? mpiShare(task, share, ranks.size()) : share;
  }

  /**
   * The lists of cpus for OpenMP are those of one process: each rank would put its threads onto the
   * same ones.
   */
  private SlotPlaces.Share mpiShare(TaskAssignment task, SlotPlaces.Share share, int slots) {
    ResourceRequest resources = task.spec().resources();
    MpiRequest request = MpiRequest.of(resources, task.spec().launcherOptions());
    int cpus = share.cpus().map(CpuSet::size).orElse((int) (facts.coresPerSlot() * slots));
    int perRank = Math.max(1, cpus / request.ranksPerNode());
    Map<String, String> variables = new HashMap<>(share.environment());
    if (resources.nodes() == 0) {
      Map<String, String> devices = new HashMap<>(variables);
      devices.keySet().retainAll(SlotPlaces.DEVICE_VARIABLES);
      if (!devices.isEmpty() && options.mpi().launcher() == MpiLauncher.SRUN) {
        variables.putAll(allGpusOfTheNode(Environment.ofThisProcess()));
      }
      request =
          request.onPartOfNode(perRank, share.cpus().map(CpuSet::toString).orElse(""), devices);
    }
    List<String> hosts = nodesOf(task);
    variables.keySet().removeAll(SlotPlaces.OPENMP_VARIABLES);
    if (share.cpus().isPresent()) {
      variables.put("OMP_NUM_THREADS", Integer.toString(perRank));
    }
    variables.putAll(
        MpiEnvironment.of(
            options.mpi().launcher(), request, hosts, block.isEmpty() ? hosts : block));
    return new SlotPlaces.Share(share.cpus(), variables);
  }

  /**
   * What srun reads: where only the managers' step asked Slurm for the node's GPUs, as on Frontier,
   * a step that does not ask has none. The task's own are chosen among them.
   */
  private static Map<String, String> allGpusOfTheNode(Environment manager) {
    Optional<String> gpus = manager.get("SLURM_GPUS_ON_NODE").filter(text -> !text.isBlank());
    return gpus.isEmpty() || manager.get("SLURM_GPUS_PER_NODE").isPresent()
        ? Map.of()
        : Map.of("SLURM_GPUS_PER_NODE", gpus.get());
  }

  private List<String> nodesOf(TaskAssignment task) {
    return task.shares().isEmpty() ? List.of(facts.host()) : task.nodes();
  }

  /**
   * What ends the ranks of a task for good.
   *
   * @param cookie the whole environment entry of the task's processes
   * @param pid of its first process
   * @param startTicks when that was started
   */
  RankSweep rankSweep(TaskAssignment task, String cookie, long pid, long startTicks) {
    return new RankSweep(
        task.id(), nodesOf(task), cookie, pid, startTicks, leftRanks, facts.blockTime());
  }

  /**
   * The manager's own environment with what each process of this slot is told, but for what its
   * share of the node says.
   */
  Environment environmentOf(int rank) {
    return Environment.ofThisProcess()
        .with(
            Map.of(
                "PARSL_WORKER_RANK",
                Integer.toString(rank),
                "PARSL_WORKER_COUNT",
                Integer.toString(own.length),
                "PARSL_WORKER_POOL_ID",
                pool,
                "PARSL_WORKER_BLOCK_ID",
                options.block(),
                ProcessTree.POOL_VARIABLE,
                pool))
        .shared();
  }

  /** What the environment of a task's processes says, so that they are found wherever they went. */
  String cookie(TaskAssignment task) {
    return pool + "/" + task.id() + "/" + task.attempt();
  }

  /** Lets tasks begin until then, {@link System#nanoTime}; the loop's thread, at each turn. */
  void leaseUntil(long nanoTime) {
    leaseNanos = nanoTime;
  }

  /** Whether the loop has turned lately, so that the tasks of this manager are still its own. */
  boolean mayBegin() {
    return System.nanoTime() - leaseNanos < 0;
  }

  /** Read now: some files of the system. */
  OptionalLong oomKills() {
    knownOomKills = probe.oomKills();
    return knownOomKills;
  }

  /** As read half a second ago at most: a look at them takes as long as a short command's start. */
  OptionalLong knownOomKills() {
    return knownOomKills;
  }

  /**
   * Whether the guardian killed this manager's tasks after that time, microseconds since the epoch.
   */
  boolean wasFencedAfter(long epochMicros) {
    try {
      return Files.exists(fenceMarker)
          && Files.getLastModifiedTime(fenceMarker).to(TimeUnit.MICROSECONDS) >= epochMicros;
    } catch (IOException e) {
      return false;
    }
  }

  void watchMemory(long pid) {
    watchedSince.put(pid, System.nanoTime());
  }

  /** The most that was seen of a process that has ended. */
  MemoryUse memoryOf(long pid) {
    watchedSince.remove(pid);
    MemoryUse seen = memory.remove(pid);
    return seen == null ? MemoryUse.NONE : seen;
  }

  /** Looks at the memory of what runs for a while already; a thread of its own calls this. */
  void sampleMemory() {
    oomKills();
    long now = System.nanoTime();
    Set<Long> sessions = ConcurrentHashMap.newKeySet();
    watchedSince.forEach(
        (pid, since) -> {
          if (now - since > 200_000_000L) {
            sessions.add(pid);
          }
        });
    if (!sessions.isEmpty()) {
      PeakMemory.sample(sessions)
          .forEach(
              (pid, use) -> {
                if (watchedSince.containsKey(pid)) {
                  memory.merge(pid, use, MemoryUse::atLeast);
                }
              });
    }
  }
}
