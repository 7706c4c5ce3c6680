package dev.drover.block;

import dev.drover.job.JobId;
import dev.drover.job.JobSpec;
import dev.drover.job.JobState;
import dev.drover.job.JobStatus;
import dev.drover.provider.InvalidJobException;
import dev.drover.provider.Provider;
import dev.drover.provider.StatusUnavailableException;
import dev.drover.provider.SubmitException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Submits blocks, watches their jobs and gives them back. Its thread, {@code drover-blocks}, is the
 * only one that waits for the provider; other threads post.
 */
public final class BlockSupervisor implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(BlockSupervisor.class);
  private static final int TAIL_BYTES = 2048;

  /** How often jobs are looked at while the executor ends. */
  private static final long ENDING_PERIOD_MILLIS = 50;

  /** What the supervisor needs of the rest. Called on the supervisor's thread. */
  public interface Surroundings {
    /** The load now, and what each block's managers do. */
    LoadReport load();

    /** Lets a block's managers finish what they run and leave. */
    void drain(BlockId block, String reason);

    /** A block's job is over: its managers are gone. */
    void ended(BlockId block, String reason);

    /** A block's state changed: journal it. */
    void changed(BlockId id, String job, BlockState state, Path directory);

    /** No block can be had: the executor takes no more tasks. */
    void failed(String reason);
  }

  /**
   * What there is to do, and what the managers of each block do.
   *
   * @param slots that the unfinished tasks take
   */
  public record LoadReport(long slots, Map<BlockId, Managers> managers) {}

  /**
   * The managers of one block.
   *
   * @param idleNanos how long all of them have had nothing; -1 = some have
   */
  public record Managers(int count, int slots, long idleNanos) {}

  private static final class Block {
    final BlockId id;
    final Path directory;
    BlockState state;
    JobId job;
    boolean everLive;
    boolean cancelAsked;

    /** Since when it has had no manager any more; 0 = it has some. */
    long desertedNanos;

    String reason = "";

    Block(BlockId id, Path directory) {
      this.id = id;
      this.directory = directory;
    }
  }

  private final Provider provider;
  private final BlockSettings settings;
  private final int expectedSlots;
  private final Function<BlockId, JobSpec> jobs;
  private final Surroundings surroundings;
  private final LinkedBlockingQueue<Runnable> posts = new LinkedBlockingQueue<>();
  private final Map<BlockId, Block> blocks = new LinkedHashMap<>();
  private final Map<BlockId, String> shown = new HashMap<>();
  private final Thread thread;
  private int lastNumber;
  private boolean ending;
  private boolean failed;
  private long endBy;
  private int failures;

  /**
   * @param firstNumber number of the first block: blocks of an earlier part of the run keep theirs
   * @param expectedSlots what a block is expected to bring before its managers tell, at least 1
   * @param jobs makes the job of a block
   */
  public BlockSupervisor(
      Provider provider,
      BlockSettings settings,
      int firstNumber,
      int expectedSlots,
      Function<BlockId, JobSpec> jobs,
      Surroundings surroundings) {
    this.provider = provider;
    this.settings = settings;
    this.lastNumber = firstNumber - 1;
    this.expectedSlots = expectedSlots;
    this.jobs = jobs;
    this.surroundings = surroundings;
    this.thread = new Thread(this::run, "drover-blocks");
    thread.setDaemon(true);
  }

  /**
   * Cancels jobs of an earlier process and waits until they are gone; before {@link #start}, on the
   * calling thread.
   *
   * @throws IOException when one is still there after {@code patience}
   */
  public void endLeftOver(Set<JobId> leftOver, Duration patience) throws IOException {
    log.info("ending {} jobs of an earlier process", leftOver.size());
    provider.cancel(leftOver);
    long endBy = System.nanoTime() + patience.toNanos();
    String last = "they still run";
    do {
      try {
        Map<JobId, JobStatus> statuses = provider.status(leftOver);
        if (statuses.values().stream().allMatch(status -> status.state().isTerminal())) {
          return;
        }
      } catch (StatusUnavailableException e) {
        last = e.getMessage();
      }
      try {
        TimeUnit.MILLISECONDS.sleep(ENDING_PERIOD_MILLIS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new InterruptedIOException("interrupted while jobs of an earlier process end");
      }
    } while (System.nanoTime() < endBy);
    throw new IOException(
        "jobs %s of an earlier process have not ended (%s): cancel them by hand, then go on"
            .formatted(leftOver, last));
  }

  /** Asks for the first blocks and begins to watch. */
  public void start() {
    posts.add(
        () -> {
          for (int i = 0; i < settings.init(); i++) {
            submit();
          }
        });
    thread.start();
  }

  /** Asks for more blocks, up to the most there may be; any thread. */
  public void scaleOut(int count) {
    posts.add(
        () -> {
          for (int i = 0; i < count && blocks.size() < settings.max(); i++) {
            submit();
          }
        });
  }

  /** Gives blocks back once they have nothing to do; any thread. */
  public void scaleIn(List<BlockId> ids) {
    posts.add(() -> ids.forEach(id -> drain(blocks.get(id), "it is given back")));
  }

  /** A manager of a block registered, for however short a time; any thread. */
  public void joined(BlockId id) {
    posts.add(
        () -> {
          Block block = blocks.get(id);
          if (block != null) {
            block.everLive = true;
          }
        });
  }

  /** Something changed that may want another look at once; any thread. */
  public void wake() {
    posts.add(() -> {});
  }

  /**
   * Ends all blocks and returns when their jobs are gone, or after {@code patience}, with a warning
   * that names those that are left.
   */
  public void close(Duration patience) {
    posts.add(
        () -> {
          ending = true;
          endBy = System.nanoTime() + patience.toNanos();
        });
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true; // jobs must not be left behind
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** Asks for the end of all blocks and returns when that was asked, or after {@code patience}. */
  public void abandon(Duration patience) {
    CountDownLatch asked = new CountDownLatch(1);
    posts.add(
        () -> {
          ending = true;
          endBy = Long.MAX_VALUE;
          cancel(List.copyOf(blocks.values()), "the run was ended at once");
          asked.countDown();
        });
    try {
      asked.await(patience.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    close(Duration.ofSeconds(30));
  }

  private void run() {
    long endingSince = 0;
    while (true) {
      try {
        Runnable post =
            posts.poll(
                ending ? ENDING_PERIOD_MILLIS : settings.period().toMillis(),
                TimeUnit.MILLISECONDS);
        while (post != null) {
          post.run();
          post = posts.poll();
        }
        if (!blocks.isEmpty()) {
          watch();
        }
        if (ending) {
          endingSince = endingSince == 0 ? System.nanoTime() : endingSince;
          if (endBlocks(System.nanoTime() - endingSince)) {
            return;
          }
        } else if (!failed) {
          scale();
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      } catch (RuntimeException e) {
        log.error("blocks cannot be looked after; trying again", e);
      }
    }
  }

  /** Managers were told to stop: their jobs end by themselves, or are cancelled after a moment. */
  private boolean endBlocks(long nanosSinceAsked) {
    if (blocks.isEmpty()) {
      return true;
    }
    List<Block> uncancelled =
        blocks.values().stream()
            .filter(b -> !b.cancelAsked)
            .filter(b -> !b.everLive || nanosSinceAsked > 10_000_000_000L)
            .toList();
    cancel(uncancelled, "the run is over");
    if (System.nanoTime() > endBy) {
      blocks
          .values()
          .forEach(
              b -> log.warn("block {} (job {}) is still there: cancel it by hand", b.id, b.job));
      return true;
    }
    return false;
  }

  private void cancel(List<Block> some, String reason) {
    if (some.isEmpty()) {
      return;
    }
    some.forEach(
        b -> {
          b.cancelAsked = true;
          b.reason = reason;
        });
    provider.cancel(Set.copyOf(some.stream().map(b -> b.job).toList()));
  }

  private void submit() {
    BlockId id = BlockId.of(++lastNumber);
    JobSpec spec = jobs.apply(id);
    Block block = new Block(id, spec.directory());
    try {
      block.job = provider.submit(spec);
      blocks.put(id, block);
      become(block, new BlockState.Queued(block.job, ""));
    } catch (InvalidJobException e) {
      become(block, new BlockState.Ended(BlockEnd.NOT_SUBMITTED, e.getMessage()));
      fail("block %s can never be submitted: %s".formatted(id, e.getMessage()));
    } catch (SubmitException e) {
      become(block, new BlockState.Ended(BlockEnd.NOT_SUBMITTED, e.getMessage()));
      failedBlock(e.getMessage());
    }
  }

  private void become(Block block, BlockState state) {
    if (block.state != null && block.state.isTerminal()) {
      return;
    }
    block.state = state;
    surroundings.changed(
        block.id, block.job == null ? "" : block.job.value(), state, block.directory);
  }

  private void watch() {
    Map<JobId, JobStatus> statuses;
    try {
      statuses =
          provider.status(Set.copyOf(blocks.values().stream().map(block -> block.job).toList()));
    } catch (StatusUnavailableException e) {
      String text = e.getMessage();
      if (!text.equals(shown.put(BlockId.NONE, text))) {
        log.warn("the scheduler cannot be asked; what was known still holds: {}", text);
      }
      return;
    }
    // The interchange ends before the blocks do: then there is nobody left to ask.
    Map<BlockId, Managers> managers = ending ? Map.of() : surroundings.load().managers();
    for (Block block : List.copyOf(blocks.values())) {
      JobStatus status = statuses.get(block.job);
      boolean live = managers.containsKey(block.id);
      block.everLive |= live;
      if (status != null && status.state().isTerminal()) {
        ended(block, status);
      } else if (live && !(block.state instanceof BlockState.Draining)) {
        if (!(block.state instanceof BlockState.Live)) {
          become(block, new BlockState.Live(block.job));
        }
      } else if (status != null && status.state() == JobState.RUNNING && !block.everLive) {
        waitForManager(block);
      } else if (block.state instanceof BlockState.Live) {
        replaceDeserted(block);
      }
      block.desertedNanos = live ? 0 : block.desertedNanos;
    }
  }

  /** Its job runs on without a manager, as on a node that hangs: it only holds another's place. */
  private void replaceDeserted(Block block) {
    long now = System.nanoTime();
    if (block.desertedNanos == 0) {
      block.desertedNanos = now;
    } else if (!settings.startTimeout().isZero()
        && now - block.desertedNanos > settings.startTimeout().toNanos()
        && !block.cancelAsked) {
      cancel(
          List.of(block),
          "its managers were lost and have not come back within %d s (executor.start-timeout)"
              .formatted(settings.startTimeout().toSeconds()));
    }
  }

  private void waitForManager(Block block) {
    if (block.state instanceof BlockState.Starting starting) {
      Duration waited = Duration.ofNanos(System.nanoTime() - starting.sinceNanos());
      if (!settings.startTimeout().isZero()
          && waited.compareTo(settings.startTimeout()) > 0
          && !block.cancelAsked) {
        cancel(
            List.of(block),
            "no manager registered within %d s of its start (executor.start-timeout)"
                .formatted(settings.startTimeout().toSeconds()));
      }
    } else if (block.state instanceof BlockState.Queued) {
      become(block, new BlockState.Starting(block.job, System.nanoTime()));
    }
  }

  private void ended(Block block, JobStatus status) {
    blocks.remove(block.id);
    boolean givenBack = block.state instanceof BlockState.Draining || ending;
    BlockEnd end =
        givenBack && (block.everLive || ending)
            ? BlockEnd.SCALED_IN
            : block.everLive ? BlockEnd.OVER : BlockEnd.MISSING;
    String reason = reason(block, status);
    become(block, new BlockState.Ended(end, reason));
    surroundings.ended(block.id, reason);
    if (end.isFailure()) {
      failedBlock(
          ("block %s ended before a manager registered: %s\n  script: %s\n  stderr: %s\n"
                  + "  fix:    mend what stderr tells; what runs first is provider.worker-init")
              .formatted(
                  block.id, reason, block.directory.resolve("submit.sh"), tail(block.directory)));
    } else {
      failures = 0;
    }
  }

  private static String reason(Block block, JobStatus status) {
    StringBuilder text = new StringBuilder("job " + block.job + " " + word(status.state()));
    if (status.exitCode().isPresent()) {
      text.append(" with exit code ").append(status.exitCode().getAsInt());
    }
    if (!status.reason().isEmpty()) {
      text.append(" (").append(status.reason()).append(')');
    }
    if (!block.reason.isEmpty()) {
      text.append(": ").append(block.reason);
    }
    return text.toString();
  }

  private static String word(JobState state) {
    return state.name().toLowerCase(java.util.Locale.ROOT).replace('_', ' ');
  }

  /** As many failed blocks in a row as are asked for at once, and at least three, are enough. */
  private void failedBlock(String reason) {
    failures++;
    log.warn("{}", reason);
    if (failures >= Math.max(3, settings.init()) || failures >= settings.max()) {
      fail(reason);
    }
  }

  private void fail(String reason) {
    if (!failed && !ending) {
      failed = true;
      surroundings.failed(reason);
    }
  }

  private static String tail(Path directory) {
    try {
      byte[] bytes = Files.readAllBytes(directory.resolve("stderr"));
      int from = Math.max(0, bytes.length - TAIL_BYTES);
      String text = new String(bytes, from, bytes.length - from, StandardCharsets.UTF_8).strip();
      return text.isEmpty() ? "(empty)" : text.replace("\n", "\n          ");
    } catch (IOException e) {
      return "(none)";
    }
  }

  private void scale() {
    LoadReport load = surroundings.load();
    long now = System.nanoTime();
    List<BlockScaler.ActiveBlock> active = new ArrayList<>();
    for (Block block : blocks.values()) {
      Managers managers = load.managers().get(block.id);
      active.add(
          new BlockScaler.ActiveBlock(
              block.id,
              managers != null ? managers.slots() : block.everLive ? 0 : expectedSlots,
              managers == null ? -1 : managers.idleNanos(),
              block.state instanceof BlockState.Draining || block.cancelAsked));
    }
    BlockScaler.Decision decision =
        BlockScaler.decide(new BlockScaler.Load(load.slots()), active, expectedSlots, settings);
    decision.drain().forEach(id -> drain(blocks.get(id), "it had nothing to do"));
    for (int i = 0; i < decision.submit() && !failed; i++) {
      submit();
    }
    cancelStuckDrains(now);
  }

  private void drain(Block block, String reason) {
    if (block != null && !(block.state instanceof BlockState.Draining)) {
      become(block, new BlockState.Draining(block.job, System.nanoTime()));
      if (block.everLive) {
        surroundings.drain(block.id, reason);
      } else {
        cancel(List.of(block), reason);
      }
    }
  }

  /** A drained block's job should end by itself once its managers have left. */
  private void cancelStuckDrains(long now) {
    Map<BlockId, Managers> managers = surroundings.load().managers();
    List<Block> stuck =
        blocks.values().stream()
            .filter(
                b ->
                    b.state instanceof BlockState.Draining draining
                        && !b.cancelAsked
                        && !managers.containsKey(b.id)
                        && now - draining.sinceNanos() > 10_000_000_000L)
            .toList();
    cancel(stuck, "its managers have left");
  }
}
