package dev.drover.block;

import dev.drover.job.JobId;
import dev.drover.job.JobState;
import dev.drover.job.JobStatus;
import dev.drover.provider.Provider;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
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

    /** Whether any manager of the block is here: its job runs, whatever the scheduler says. */
    boolean anyIsHere(BlockId block);
  }

  private Takeover() {}

  /**
   * Decides, ends and waits, on the calling thread.
   *
   * @param patience for a scheduler that does not answer, and for jobs that it still speaks of
   * @throws IOException when it cannot be told whether jobs still run, or one that has to end is
   *     still there after {@code patience}
   */
  public static Result of(
      List<LeftBlock> left, Provider provider, Newcomers newcomers, Duration patience)
      throws IOException {
    return of(left, provider, newcomers, patience, Pauses.REAL);
  }

  static Result of(
      List<LeftBlock> left,
      Provider provider,
      Newcomers newcomers,
      Duration patience,
      Pauses pauses)
      throws IOException {
    Map<JobId, Path> jobs = new LinkedHashMap<>();
    left.forEach(block -> block.job().ifPresent(job -> jobs.put(job, block.directory())));
    provider.adopt(jobs);
    EndOfJobs ends = new EndOfJobs(provider, newcomers, patience, pauses);
    Map<JobId, JobStatus> first = jobs.isEmpty() ? Map.of() : ends.look(jobs.keySet());
    Map<BlockId, JobId> taken = new LinkedHashMap<>();
    Map<BlockId, JobId> running = new LinkedHashMap<>();
    List<BlockId> unanswered = new ArrayList<>();
    Map<JobId, BlockId> unwanted = new LinkedHashMap<>();
    for (LeftBlock block : left) {
      if (block.job().isEmpty()) {
        unanswered.add(block.id());
        continue;
      }
      JobId job = block.job().get();
      JobState state = first.containsKey(job) ? first.get(job).state() : JobState.UNKNOWN;
      if (!newcomers.findThisProcess()) {
        unwanted.put(job, block.id());
      } else if (state == JobState.PENDING || state == JobState.HELD) {
        taken.put(block.id(), job);
      } else if (state == JobState.RUNNING) {
        running.put(block.id(), job);
      } else {
        unwanted.put(job, block.id());
      }
    }
    awaitManagers(running.keySet(), newcomers, pauses);
    running.forEach(
        (block, job) -> {
          if (newcomers.haveCome(block)) {
            taken.put(block, job);
          } else {
            unwanted.put(job, block);
          }
        });
    if (!unwanted.isEmpty()) {
      ends.end(unwanted);
    }
    return new Result(taken, unanswered);
  }

  private static void awaitManagers(Set<BlockId> blocks, Newcomers newcomers, Pauses pauses)
      throws IOException {
    long endBy = pauses.nanoTime() + newcomers.patience().toNanos();
    if (!blocks.isEmpty() && !newcomers.patience().isZero()) {
      log.info("waiting for the managers of blocks {}, which still run", blocks);
    }
    while (pauses.nanoTime() < endBy && !blocks.stream().allMatch(newcomers::haveCome)) {
      pauses.pause(PERIOD_MILLIS);
    }
  }
}
