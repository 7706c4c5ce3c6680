package dev.drover.block;

import dev.drover.job.JobId;
import dev.drover.job.JobState;
import dev.drover.job.JobStatus;
import dev.drover.provider.Provider;
import dev.drover.provider.StatusUnavailableException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What becomes of the blocks of a run's earlier process. Those that wait in the scheduler's queue
 * are taken over, where their managers can reach this process; the others are ended, and waited
 * for, since their tasks would run twice.
 */
public final class Takeover {
  private static final Logger log = LoggerFactory.getLogger(Takeover.class);
  private static final long PERIOD_MILLIS = 100;
  private static final long LONGEST_PERIOD_MILLIS = 5_000;

  /**
   * A block that an earlier process left.
   *
   * @param job empty when the process died before the scheduler had answered
   */
  public record LeftBlock(BlockId id, Optional<JobId> job, Path directory) {
    public LeftBlock {
      Objects.requireNonNull(id);
      Objects.requireNonNull(job);
      Objects.requireNonNull(directory);
    }
  }

  /**
   * What is taken over.
   *
   * @param unanswered blocks whose jobs are to be looked for by their names
   */
  public record Result(Map<BlockId, JobId> jobs, List<BlockId> unanswered) {}

  /** Where managers of an earlier process find this one, and whether they have. */
  public interface Newcomers {
    /** Whether blocks that wait will find this process when they start. */
    boolean findThisProcess();

    /** How long managers that run already may take to come; zero = none will. */
    Duration patience();

    /** Whether all managers of the block have come, and none runs a task any more. */
    boolean haveCome(BlockId block);
  }

  private Takeover() {}

  /**
   * Decides, ends and waits, on the calling thread.
   *
   * @throws IOException when a job that has to end is still there after {@code patience}
   */
  public static Result of(
      List<LeftBlock> left, Provider provider, Newcomers newcomers, Duration patience)
      throws IOException {
    Map<JobId, Path> jobs = new LinkedHashMap<>();
    left.forEach(block -> block.job().ifPresent(job -> jobs.put(job, block.directory())));
    provider.adopt(jobs);
    long endBy = System.nanoTime() + patience.toNanos();
    Map<JobId, JobStatus> first =
        jobs.isEmpty() ? Map.of() : look(provider, jobs.keySet(), endBy, PERIOD_MILLIS);
    Map<BlockId, JobId> taken = new LinkedHashMap<>();
    Map<BlockId, JobId> running = new LinkedHashMap<>();
    List<BlockId> unanswered = new ArrayList<>();
    Set<JobId> unwanted = new HashSet<>();
    for (LeftBlock block : left) {
      if (block.job().isEmpty()) {
        unanswered.add(block.id());
        continue;
      }
      JobId job = block.job().get();
      JobState state = first.containsKey(job) ? first.get(job).state() : JobState.UNKNOWN;
      if (!newcomers.findThisProcess()) {
        unwanted.add(job);
      } else if (state == JobState.PENDING || state == JobState.HELD) {
        taken.put(block.id(), job);
      } else if (state == JobState.RUNNING) {
        running.put(block.id(), job);
      } else {
        unwanted.add(job);
      }
    }
    awaitManagers(running.keySet(), newcomers);
    running.forEach(
        (block, job) -> {
          if (newcomers.haveCome(block)) {
            taken.put(block, job);
          } else {
            unwanted.add(job);
          }
        });
    if (!unwanted.isEmpty()) {
      end(unwanted, provider, endBy);
    }
    return new Result(taken, unanswered);
  }

  private static void awaitManagers(Set<BlockId> blocks, Newcomers newcomers) throws IOException {
    long endBy = System.nanoTime() + newcomers.patience().toNanos();
    if (!blocks.isEmpty() && !newcomers.patience().isZero()) {
      log.info("waiting for the managers of blocks {}, which still run", blocks);
    }
    while (System.nanoTime() < endBy && !blocks.stream().allMatch(newcomers::haveCome)) {
      sleep(PERIOD_MILLIS);
    }
  }

  private static void end(Set<JobId> jobs, Provider provider, long endBy) throws IOException {
    log.info("ending {} jobs of an earlier process", jobs.size());
    provider.cancel(jobs);
    long pause = PERIOD_MILLIS;
    while (true) {
      Map<JobId, JobStatus> statuses = look(provider, jobs, endBy, pause);
      // No entry: the scheduler has forgotten the job, so it is long over.
      if (statuses.values().stream().allMatch(status -> status.state().isTerminal())) {
        return;
      }
      if (System.nanoTime() > endBy) {
        throw new IOException(
            "jobs %s of an earlier process have not ended: cancel them by hand, then go on"
                .formatted(jobs));
      }
      sleep(pause);
      pause = Math.min(2 * pause, LONGEST_PERIOD_MILLIS);
    }
  }

  private static Map<JobId, JobStatus> look(
      Provider provider, Set<JobId> jobs, long endBy, long firstPause) throws IOException {
    for (long pause = firstPause; true; pause = Math.min(2 * pause, LONGEST_PERIOD_MILLIS)) {
      try {
        return provider.status(jobs);
      } catch (StatusUnavailableException e) {
        if (System.nanoTime() > endBy) {
          throw new IOException(
              "whether jobs %s of an earlier process still run cannot be told: %s"
                  .formatted(jobs, e.getMessage()),
              e);
        }
        sleep(pause);
      }
    }
  }

  private static void sleep(long millis) throws IOException {
    try {
      TimeUnit.MILLISECONDS.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while jobs of an earlier process end");
    }
  }
}
