package dev.drover.block;

import dev.drover.block.Takeover.Newcomers;
import dev.drover.job.JobId;
import dev.drover.job.JobStatus;
import dev.drover.provider.Provider;
import dev.drover.provider.StatusUnavailableException;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends jobs of a run's earlier process and waits until they are over; a part of {@link Takeover}. A
 * job is over when the scheduler says so, or by {@link Absence}: the cancellation may have been
 * lost, and one answer without a word of the job is no end.
 */
final class EndOfJobs {
  private static final Logger log = LoggerFactory.getLogger(EndOfJobs.class);
  private static final long PERIOD_MILLIS = 100;
  private static final long LONGEST_PERIOD_MILLIS = 5_000;

  /** After this long, cancellations that the scheduler may have missed are asked again. */
  private static final Duration CANCEL_AGAIN = Duration.ofSeconds(10);

  private final Provider provider;
  private final Newcomers newcomers;
  private final Duration patience;
  private final Pauses pauses;
  private final Map<JobId, Absence> absences = new HashMap<>();

  /**
   * @param patience for a scheduler that does not answer, and for jobs that are known to be there
   */
  EndOfJobs(Provider provider, Newcomers newcomers, Duration patience, Pauses pauses) {
    this.provider = provider;
    this.newcomers = newcomers;
    this.patience = patience;
    this.pauses = pauses;
  }

  /**
   * Cancels the jobs and returns when all are over.
   *
   * @throws IOException when one is still there after the patience, or it cannot be told
   */
  void end(Map<JobId, BlockId> jobs) throws IOException {
    log.info("ending {} jobs of an earlier process", jobs.size());
    Map<JobId, BlockId> left = new LinkedHashMap<>(jobs);
    provider.cancel(Set.copyOf(left.keySet()));
    long cancelled = pauses.nanoTime();
    long endBy = cancelled + patience.toNanos();
    boolean told = false;
    for (long pause = PERIOD_MILLIS; true; pause = Math.min(2 * pause, LONGEST_PERIOD_MILLIS)) {
      boolean anyIsThere = removeOver(left);
      if (left.isEmpty()) {
        return;
      }
      long now = pauses.nanoTime();
      if (!anyIsThere) {
        endBy = now + patience.toNanos();
      } else if (now > endBy) {
        throw new IOException(
            "jobs %s of an earlier process have not ended: cancel them by hand, then go on"
                .formatted(left.keySet()));
      }
      if (now - cancelled >= CANCEL_AGAIN.toNanos()) {
        provider.cancel(Set.copyOf(left.keySet()));
        cancelled = now;
        if (!anyIsThere && !told) {
          tellOfAbsence(left.keySet());
          told = true;
        }
      }
      pauses.pause(pause);
    }
  }

  /** Takes out those that are over; whether any of the others is known to be there. */
  private boolean removeOver(Map<JobId, BlockId> left) throws IOException {
    Map<JobId, JobStatus> statuses = look(left.keySet());
    long now = pauses.nanoTime();
    boolean anyIsThere = false;
    for (Map.Entry<JobId, BlockId> block : Map.copyOf(left).entrySet()) {
      JobId job = block.getKey();
      JobStatus status = statuses.get(job);
      boolean known = status != null || newcomers.anyIsHere(block.getValue());
      Absence absence = absences.computeIfAbsent(job, same -> new Absence());
      if (absence.isTooLong(known, now) || status != null && status.state().isTerminal()) {
        left.remove(job);
      } else {
        anyIsThere |= known;
      }
    }
    return anyIsThere;
  }

  private static void tellOfAbsence(Set<JobId> jobs) {
    log.warn(
        "the scheduler says nothing of jobs {}, which an earlier process of this run left: the run"
            + " goes on when it has said nothing for {} minutes",
        jobs,
        Absence.LONGEST.toMinutes());
  }

  /**
   * How the jobs stand.
   *
   * @throws IOException when the scheduler has not answered within the patience
   */
  Map<JobId, JobStatus> look(Set<JobId> jobs) throws IOException {
    long endBy = pauses.nanoTime() + patience.toNanos();
    for (long pause = PERIOD_MILLIS; true; pause = Math.min(2 * pause, LONGEST_PERIOD_MILLIS)) {
      try {
        return provider.status(Set.copyOf(jobs));
      } catch (StatusUnavailableException e) {
        if (pauses.nanoTime() > endBy) {
          throw new IOException(
              "whether jobs %s of an earlier process still run cannot be told: %s"
                  .formatted(jobs, e.getMessage()),
              e);
        }
        pauses.pause(pause);
      }
    }
  }
}
