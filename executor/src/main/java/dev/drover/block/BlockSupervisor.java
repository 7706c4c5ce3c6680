package dev.drover.block;

import dev.drover.job.JobId;
import dev.drover.job.JobSpec;
import dev.drover.job.JobStatus;
import dev.drover.provider.InvalidJobException;
import dev.drover.provider.Provider;
import dev.drover.provider.StatusUnavailableException;
import dev.drover.provider.SubmitException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Submits blocks, watches their jobs and gives them back, as the {@link BlockFleet} says. Its
 * thread, {@code drover-blocks}, is the only one that waits for the provider; other threads post.
 */
public final class BlockSupervisor implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(BlockSupervisor.class);

  /** How often load and blocks are weighed, which costs the scheduler nothing. */
  private static final long TICK_MILLIS = 1000;

  /** How soon the scheduler may be asked again when there is a reason to. */
  private static final Duration URGENT_PERIOD = Duration.ofSeconds(2);

  /** How often, at most and at least, the scheduler is asked while the executor ends. */
  private static final long ENDING_PERIOD_MILLIS = 50;

  private static final long LONGEST_ENDING_PERIOD_MILLIS = 5_000;

  /** After this long, cancellations that the scheduler may have missed are asked again. */
  private static final Duration CANCEL_AGAIN = Duration.ofSeconds(10);

  /** What the supervisor needs of the rest. Called on the supervisor's thread. */
  public interface Surroundings {
    /** The load now, and what each block's managers do. */
    LoadReport load();

    /** Lets a block's managers finish what they run and leave. */
    void drain(BlockId block, String reason);

    /**
     * A block's job is over: its managers are gone.
     *
     * @param walltime whether the scheduler ended it at its walltime
     */
    void ended(BlockId block, String reason, boolean walltime);

    /** A block's state changed: journal it. The job is empty while the scheduler has given none. */
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

  private final Provider provider;
  private final BlockSettings settings;
  private final Function<BlockId, JobSpec> jobs;
  private final Surroundings surroundings;
  private final BlockFleet fleet;
  private final LinkedBlockingQueue<Runnable> posts = new LinkedBlockingQueue<>();
  private final Thread thread;
  private String lastTrouble = "";
  private volatile List<String> left = List.of();
  private boolean ending;
  private long endBy;
  private long cancelAgainNanos;
  private long askedNanos;
  private long endingNanos;
  private boolean everAsked;
  private boolean urgent;
  private boolean givingUp;

  /**
   * A supervisor without blocks, not yet at work.
   *
   * @param firstNumber number of the first block: blocks of an earlier part of the run keep theirs
   * @param expectedSlots what a block is expected to bring before its managers tell, at least 1
   * @param jobs makes the job of a block, always the same for the same block
   */
  public BlockSupervisor(
      Provider provider,
      BlockSettings settings,
      BlockErrorHandler errors,
      int firstNumber,
      int expectedSlots,
      Function<BlockId, JobSpec> jobs,
      Surroundings surroundings) {
    this.provider = provider;
    this.settings = settings;
    this.jobs = jobs;
    this.surroundings = surroundings;
    this.fleet =
        new BlockFleet(
            settings, errors, firstNumber, expectedSlots, id -> jobs.apply(id).directory());
    this.thread = new Thread(this::run, "drover-blocks");
    thread.setDaemon(true);
  }

  /**
   * Makes blocks of an earlier process this one's; before {@link #start}, on the calling thread.
   */
  public void adopt(Takeover.Result taken) {
    long now = System.nanoTime();
    taken.jobs().forEach((id, job) -> fleet.adopt(id, job, jobs.apply(id).directory(), now));
    taken.unanswered().forEach(id -> fleet.adoptUnanswered(id, jobs.apply(id).directory(), now));
  }

  /** Asks for the first blocks and begins to watch. */
  public void start() {
    post(fleet::begin);
    thread.start();
  }

  /** Asks for more blocks, up to the most there may be; any thread. */
  public void scaleOut(int count) {
    post(now -> fleet.scaleOut(count, now));
  }

  /** Gives blocks back once they have nothing to do; any thread. */
  public void scaleIn(List<BlockId> ids) {
    post(now -> fleet.scaleIn(ids, now));
  }

  /** A manager of a block registered, for however short a time; any thread. */
  public void joined(BlockId id) {
    post(now -> fleet.joined(id));
  }

  /** A manager left or hung up, so that its job may be over: ask soon; any thread. */
  public void managerLeft() {
    post(now -> urgent = true);
  }

  private void post(Consumer<Long> action) {
    posts.add(() -> action.accept(System.nanoTime()));
  }

  /**
   * Ends all blocks, as {@link #close} does, which can still be called and waits for them; any
   * thread.
   */
  public void end(Duration patience) {
    posts.add(
        () -> {
          ending = true;
          endingNanos = System.nanoTime();
          endBy = endingNanos + patience.toNanos();
          fleet.end(endingNanos);
        });
  }

  /**
   * Ends all blocks and returns when their jobs are gone, or after {@code patience}.
   *
   * @return what is said of those that are left, and in the log too
   */
  public List<String> close(Duration patience) {
    end(patience);
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
    return left;
  }

  /** Asks for the end of all blocks and returns when that was asked, or after {@code patience}. */
  public void abandon(Duration patience) {
    CountDownLatch asked = new CountDownLatch(1);
    posts.add(
        () -> {
          ending = true;
          endingNanos = System.nanoTime();
          endBy = Long.MAX_VALUE;
          fleet.abandon(endingNanos);
          perform();
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

  // The loop, on the supervisor's thread.

  private void run() {
    while (true) {
      try {
        Runnable post = posts.poll(pauseMillis(), TimeUnit.MILLISECONDS);
        while (post != null) {
          post.run();
          post = posts.poll();
        }
        look();
        perform();
        if (ending && isOver()) {
          return;
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      } catch (RuntimeException e) {
        log.error("blocks cannot be looked after; trying again", e);
      }
    }
  }

  private long pauseMillis() {
    if (!ending) {
      return Math.min(TICK_MILLIS, settings.period().toMillis());
    }
    // Most blocks end at once; those that do not are asked after ever more seldom.
    long quarter = (System.nanoTime() - endingNanos) / 4_000_000;
    return Math.max(ENDING_PERIOD_MILLIS, Math.min(quarter, LONGEST_ENDING_PERIOD_MILLIS));
  }

  private void look() {
    Set<JobId> jobs = fleet.jobs();
    Optional<Map<JobId, JobStatus>> statuses = Optional.empty();
    if (!jobs.isEmpty() && isTimeToAsk()) {
      try {
        statuses = Optional.of(provider.status(jobs));
        lastTrouble = "";
      } catch (StatusUnavailableException e) {
        warnOnce(e.getMessage());
      }
      askedNanos = System.nanoTime();
      everAsked = true;
      urgent = false;
    }
    // The interchange ends before the blocks do: then there is nobody left to ask.
    LoadReport load = ending ? new LoadReport(0, Map.of()) : surroundings.load();
    fleet.look(statuses, load, System.nanoTime());
  }

  /** One query a period for all blocks, however many there are and whatever wakes this thread. */
  private boolean isTimeToAsk() {
    Duration wait = settings.period();
    if (ending) {
      wait = Duration.ofMillis(Math.min(wait.toMillis(), pauseMillis()));
    } else if ((urgent || fleet.isYoung(System.nanoTime())) && URGENT_PERIOD.compareTo(wait) < 0) {
      wait = URGENT_PERIOD;
    }
    return !everAsked || System.nanoTime() - askedNanos >= wait.toNanos();
  }

  private void warnOnce(String trouble) {
    if (!trouble.equals(lastTrouble)) {
      lastTrouble = trouble;
      log.warn("the scheduler cannot be asked; what was known still holds: {}", trouble);
    }
  }

  private boolean isOver() {
    if (fleet.isEmpty()) {
      return true;
    }
    long now = System.nanoTime();
    if (now > endBy) {
      left =
          fleet.open().stream()
              .map(
                  b ->
                      "block %s (%s) is still there"
                          .formatted(
                              b.id,
                              b.job == null
                                  ? "a job named " + jobs.apply(b.id).name()
                                  : "job " + b.job))
              .toList();
      left.forEach(block -> log.warn("{}: cancel it by hand", block));
      return true;
    }
    if (cancelAgainNanos == 0 || now - cancelAgainNanos > 0) {
      if (cancelAgainNanos != 0) {
        fleet.cancelAgain();
        perform();
      }
      cancelAgainNanos = now + CANCEL_AGAIN.toNanos();
    }
    return false;
  }

  /** Does what the fleet says, and what follows from that. */
  private void perform() {
    for (List<BlockEffect> due = fleet.effects(); !due.isEmpty(); due = fleet.effects()) {
      givingUp = due.stream().anyMatch(BlockEffect.GiveUp.class::isInstance);
      due.forEach(effect -> effect.match(performer));
    }
  }

  private final BlockEffect.Cases<Void> performer =
      new BlockEffect.Cases<>() {
        @Override
        public Void submit(BlockEffect.Submit effect) {
          BlockSupervisor.this.submit(effect.id());
          return null;
        }

        @Override
        public Void find(BlockEffect.Find effect) {
          BlockSupervisor.this.find(effect.id());
          return null;
        }

        @Override
        public Void cancel(BlockEffect.Cancel effect) {
          provider.cancel(Set.copyOf(effect.jobs()));
          return null;
        }

        @Override
        public Void drain(BlockEffect.Drain effect) {
          surroundings.drain(effect.id(), effect.reason());
          return null;
        }

        @Override
        public Void changed(BlockEffect.Changed effect) {
          String job = effect.job().map(JobId::value).orElse("");
          Path directory = jobs.apply(effect.id()).directory();
          surroundings.changed(effect.id(), job, effect.state(), directory);
          return null;
        }

        @Override
        public Void over(BlockEffect.Over effect) {
          EndedBlock block = effect.block();
          surroundings.ended(block.id(), block.reason(), effect.walltime());
          if (block.hasFailed() && !givingUp) { // else it is told as the reason
            log.warn("{}", BlockFailure.text(block));
          }
          return null;
        }

        @Override
        public Void giveUp(BlockEffect.GiveUp effect) {
          surroundings.failed(BlockFailure.text(effect.last()));
          return null;
        }
      };

  private void submit(BlockId id) {
    try {
      fleet.submitted(id, provider.submit(jobs.apply(id)));
    } catch (InvalidJobException e) {
      fleet.invalid(id, e.getMessage());
    } catch (SubmitException e) {
      if (e.isUnanswered()) {
        fleet.unanswered(id, e.getMessage(), System.nanoTime());
      } else {
        fleet.refused(id, e.getMessage(), System.nanoTime());
      }
      if (fleet.isOpen(id)) { // else its end tells
        log.warn("{}", e.getMessage());
      }
    }
  }

  private void find(BlockId id) {
    try {
      fleet.found(id, provider.find(jobs.apply(id)), System.nanoTime());
    } catch (StatusUnavailableException e) {
      warnOnce(e.getMessage());
      fleet.notFound(id, System.nanoTime());
    }
  }
}
