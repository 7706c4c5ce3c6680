package dev.drover.manager;

import dev.drover.mpi.HostCommand;
import dev.drover.mpi.NodeList;
import dev.drover.node.NodeCapacity;
import dev.drover.node.NodeProbe;
import dev.drover.node.WorkerCount;
import dev.drover.pinning.DeviceSlots;
import dev.drover.pinning.NodeAccelerators;
import dev.drover.pinning.PinningTrial;
import dev.drover.pinning.SlotPlaces;
import dev.drover.protocol.BlockTime;
import dev.drover.protocol.ManagerFacts;
import dev.drover.protocol.ManagerId;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code drover worker-pool}: one manager, until its interchange says stop, it is drained, or it
 * loses its interchange. Exit codes: 0 left in order, 2 wrong options or not even one worker fits,
 * 3 no interchange.
 */
public final class WorkerPoolMain {
  /** Names the file that the logging writes to, if it is set before the first logger is made. */
  public static final String LOG_FILE = "drover.log.file";

  /** Longest wait of the shutdown hook for the loop, beyond the grace of the tasks. */
  private static final long HOOK_MILLIS = 3_000;

  /** Longest wait for the scheduler's own command to name the block's nodes. */
  private static final Duration SCHEDULER_PATIENCE = Duration.ofSeconds(60);

  private WorkerPoolMain() {}

  public static void main(String[] args) {
    if (List.of(args).contains("--help") || List.of(args).contains("-h")) {
      System.out.print(WorkerPoolArguments.HELP);
      return;
    }
    int code;
    try {
      code = run(WorkerPoolArguments.parse(List.of(args)));
    } catch (IllegalArgumentException e) {
      System.err.println("drover worker-pool: " + e.getMessage());
      code = 2;
    } catch (IOException e) {
      System.err.println("drover worker-pool: " + e);
      code = 3;
    }
    // Daemon threads of slots may still wait for processes that do not end: do not wait with them.
    System.exit(code);
  }

  private static int run(WorkerPoolOptions options) throws IOException {
    NodeCapacity node = NodeProbe.ofThisNode().capacity();
    MpiOptions mpi = options.mpi();
    List<String> block =
        mpi.isLeadNode() || mpi.launcher().startsByPlace() ? blockNodes(mpi) : List.of();
    List<String> standsFor = mpi.isLeadNode() ? block : List.of();
    WorkerCount count = count(node, options);
    SlotPlaces wanted =
        options.mpi().isLeadNode()
            ? SlotPlaces.none(count.workers())
            : SlotPlaces.of(
                options.cpuAffinity(),
                node.cpus(),
                count.workers(),
                options.accelerators(),
                options.slotsPerAccelerator(),
                Path.of("/sys"),
                NodeAccelerators.ofThisNode());
    PinningTrial trial = PinningTrial.of(wanted);
    SlotPlaces places = trial.places();
    String pool = options.pool().isEmpty() ? newPoolId() : options.pool();
    Files.createDirectories(options.runDirectory().resolve("tasks"));
    Files.createDirectories(options.logDirectory());
    Path logFile = options.logDirectory().resolve(node.hostname() + "-" + pool + ".log");
    System.setProperty(LOG_FILE, logFile.toString());
    Logger log = LoggerFactory.getLogger(WorkerPoolMain.class);
    ManagerFacts facts = facts(options, node, standsFor, trial, pool, log);
    log.info(
        "manager {} on {}: {} workers, bound by {}",
        pool,
        node.hostname(),
        count.workers(),
        count.boundBy());
    if (!standsFor.isEmpty()) {
      log.info("MPI tasks run on {} nodes: {}", block.size(), String.join(", ", block));
    }
    if (!trial.words().isEmpty()) {
      log.info("workers are pinned: {}", trial.words());
    }
    places.warnings().forEach(log::info);
    if (!trial.problem().isEmpty()) {
      log.warn(trial.problem());
    }
    Path scratch =
        Files.createTempDirectory(
            options.scratchRoot(),
            "drover-" + pool + "-",
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    Path fenceMarker = options.logDirectory().resolve(pool + "-fenced");
    CountDownLatch over = new CountDownLatch(1);
    try {
      ManagerLoop loop = new ManagerLoop(options, facts, block, places, scratch, fenceMarker);
      Thread hook = endInOrderOnSignal(loop, options, over);
      try {
        return loop.run() == null ? 0 : 3;
      } finally {
        forget(hook);
      }
    } finally {
      deleteAll(scratch);
      Files.deleteIfExists(fenceMarker);
      over.countDown();
    }
  }

  /**
   * All nodes of the block.
   *
   * @throws IllegalArgumentException when nobody tells them
   */
  private static List<String> blockNodes(MpiOptions mpi) {
    try {
      return mpi.nodeFile().isPresent()
          ? NodeList.ofFile(mpi.nodeFile().get()).hosts()
          : NodeList.of(System.getenv(), HostCommand.within(SCHEDULER_PATIENCE)).hosts();
    } catch (IOException e) {
      throw new IllegalArgumentException(e.getMessage(), e);
    }
  }

  private static WorkerCount count(NodeCapacity node, WorkerPoolOptions options) {
    if (!options.mpi().isLeadNode()) {
      return WorkerCount.of(node, options.limits());
    }
    int most = options.limits().maxWorkers().orElse(1);
    return new WorkerCount(most, "MPI tasks at once = " + most);
  }

  /** A lead node's slots are tasks on whole nodes: nothing of this node is counted for them. */
  private static ManagerFacts facts(
      WorkerPoolOptions options,
      NodeCapacity node,
      List<String> standsFor,
      PinningTrial trial,
      String pool,
      Logger log) {
    DeviceSlots devices = trial.places().deviceSlots();
    int slots = devices.slots();
    boolean isCounted = standsFor.isEmpty();
    double cores =
        isCounted ? options.limits().coresPerWorker().orElse((double) node.cores() / slots) : 0;
    long memory =
        isCounted ? options.limits().memoryPerWorkerBytes().orElse(node.memoryBytes() / slots) : 0;
    long now = System.currentTimeMillis();
    BlockTime blockTime =
        BlockEndReader.read(System.getenv(BlockEndReader.VARIABLE), now, options, log);
    String version = WorkerPoolMain.class.getPackage().getImplementationVersion();
    return new ManagerFacts(
        new ManagerId(pool),
        options.block(),
        NodeList.ownName(System.getenv(), node.hostname()),
        ProcessHandle.current().pid(),
        slots,
        cores,
        memory,
        devices.names(),
        devices.numaNodes(),
        node.cores(),
        node.memoryBytes(),
        trial.words(),
        trial.problem(),
        version == null ? "unknown" : version,
        System.getProperty("java.version"),
        now * 1000,
        blockTime,
        standsFor);
  }

  private static String newPoolId() {
    return "%012x".formatted(new SecureRandom().nextLong() & 0xffff_ffff_ffffL);
  }

  /**
   * TERM, as schedulers send it at a job's end: the tasks are ended, what they did is told.
   *
   * @param over is counted down when nothing is left to do; the thread itself never ends then,
   *     since it waits in its own exit for this hook
   */
  private static Thread endInOrderOnSignal(
      ManagerLoop loop, WorkerPoolOptions options, CountDownLatch over) {
    Thread hook =
        new Thread(
            () -> {
              loop.stop("its job was told to end");
              try {
                long patience = options.killGrace().toMillis() + HOOK_MILLIS;
                if (!over.await(patience, TimeUnit.MILLISECONDS)) {
                  System.err.println(
                      "drover worker-pool: tasks still run; leaving them to the guardian");
                }
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            },
            "drover-shutdown");
    Runtime.getRuntime().addShutdownHook(hook);
    return hook;
  }

  /** The loop is over: an exit has nothing to wait for. */
  private static void forget(Thread hook) {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      return; // the JVM is shutting down already
    }
  }

  /** The guardian may be removing the same at the same time: what is gone already is as wished. */
  private static void deleteAll(Path directory) throws IOException {
    Files.walkFileTree(
        directory,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFileFailed(Path file, IOException problem)
              throws IOException {
            if (problem instanceof NoSuchFileException) {
              return FileVisitResult.CONTINUE;
            }
            throw problem;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.deleteIfExists(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path visited, IOException problem)
              throws IOException {
            Files.deleteIfExists(visited);
            return FileVisitResult.CONTINUE;
          }
        });
  }
}
