package dev.drover.benchmark;

import dev.drover.block.BlockErrorHandler;
import dev.drover.block.BlockId;
import dev.drover.block.BlockSettings;
import dev.drover.block.BlockState;
import dev.drover.block.BlockSupervisor;
import dev.drover.headnode.Command;
import dev.drover.headnode.CommandResult;
import dev.drover.headnode.FileMode;
import dev.drover.headnode.HeadNode;
import dev.drover.headnode.LocalHeadNode;
import dev.drover.job.JobSpec;
import dev.drover.job.ResourceSpec;
import dev.drover.provider.ProviderSettings;
import dev.drover.provider.Providers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * How many scheduler commands a run issues a minute, submissions apart, for a number of blocks that
 * all run: real jobs of the local provider, asked about with the period of a batch scheduler.
 *
 * <pre>SchedulerLoad NAME BLOCKS SECONDS</pre>
 */
public final class SchedulerLoad implements BlockSupervisor.Surroundings {
  private final Map<BlockId, BlockSupervisor.Managers> managers = new ConcurrentHashMap<>();
  private final int blocks;

  private SchedulerLoad(int blocks) {
    this.blocks = blocks;
  }

  public static void main(String[] arguments) throws Exception {
    int blocks = Integer.parseInt(arguments[1]);
    int seconds = Integer.parseInt(arguments[2]);
    Counting headNode = new Counting();
    SchedulerLoad load = new SchedulerLoad(blocks);
    Path directory = Files.createTempDirectory("drover-benchmark");
    BlockSupervisor supervisor =
        new BlockSupervisor(
            Providers.of(ProviderSettings.of("local"), headNode),
            settings(blocks),
            BlockErrorHandler.none(),
            1,
            1,
            id -> job(id, directory),
            load);
    supervisor.start();
    while (load.managers.size() < blocks) {
      TimeUnit.MILLISECONDS.sleep(20);
    }
    int before = headNode.commands.get();
    TimeUnit.SECONDS.sleep(seconds);
    Figures.print(arguments[0], (headNode.commands.get() - before) * 60.0 / seconds);
    supervisor.close();
  }

  private static BlockSettings settings(int blocks) {
    return new BlockSettings(
        BlockSettings.Strategy.SIMPLE,
        1,
        blocks,
        0,
        blocks,
        1,
        Duration.ofMinutes(2),
        Duration.ofMinutes(5),
        Duration.ofSeconds(15),
        BlockSettings.Pace.UNLIMITED,
        0,
        Duration.ZERO);
  }

  private static JobSpec job(BlockId id, Path directory) {
    return new JobSpec(
        "benchmark-" + id,
        directory.resolve(id.value()),
        List.of("sleep", "600"),
        ResourceSpec.ofNodes(1),
        Map.of(),
        "");
  }

  @Override
  public BlockSupervisor.LoadReport load() {
    return new BlockSupervisor.LoadReport(blocks, new HashMap<>(managers));
  }

  @Override
  public void drain(BlockId block, String reason) {}

  @Override
  public void ended(BlockId block, String reason, boolean walltime) {}

  /** A manager registers as soon as its block is queued. */
  @Override
  public void changed(BlockId id, String job, BlockState state, Path directory) {
    if (!job.isEmpty()) {
      managers.put(id, new BlockSupervisor.Managers(1, 1, -1));
    }
  }

  @Override
  public void failed(String reason) {
    throw new IllegalStateException(reason);
  }

  /** This machine, and a count of what it was asked to run. */
  private static final class Counting implements HeadNode {
    private final LocalHeadNode inner = new LocalHeadNode();
    private final AtomicInteger commands = new AtomicInteger();

    @Override
    public CommandResult run(Command command) throws IOException {
      commands.incrementAndGet();
      return inner.run(command);
    }

    @Override
    public void write(Path file, String content, FileMode mode) throws IOException {
      inner.write(file, content, mode);
    }

    @Override
    public Optional<String> read(Path file) throws IOException {
      return inner.read(file);
    }

    @Override
    public void delete(Path file) throws IOException {
      inner.delete(file);
    }

    @Override
    public String host() {
      return inner.host();
    }
  }
}
