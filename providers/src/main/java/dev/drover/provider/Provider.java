package dev.drover.provider;

import dev.drover.job.JobId;
import dev.drover.job.JobSpec;
import dev.drover.job.JobStatus;
import java.util.Map;
import java.util.Set;

/** Speaks to one scheduler. Calls block until it has answered; any thread may make them. */
public interface Provider {
  /**
   * Hands the job to the scheduler. On return the scheduler has accepted it; the job script lies in
   * the block's directory and stays there, after a failure, too.
   *
   * @throws InvalidJobException if this job can never be accepted as it is; do not retry
   * @throws SubmitException if it was not accepted, or the answer was lost; a later try may succeed
   */
  JobId submit(JobSpec spec) throws InvalidJobException, SubmitException;

  /**
   * How the jobs stand, by one query for all. A job without an entry was forgotten by the scheduler
   * and left no exit code: ask again, or judge by its managers. A job that has ended is answered
   * from memory.
   *
   * @throws StatusUnavailableException if the scheduler could not be asked; the last status still
   *     holds
   */
  Map<JobId, JobStatus> status(Set<JobId> jobs) throws StatusUnavailableException;

  /**
   * Asks the scheduler to end the jobs, and returns when it is asked, not when they are gone. Jobs
   * that have ended, or that nobody knows, are left alone; to ask again is safe. A scheduler that
   * cannot be asked is logged; the jobs' status tells.
   */
  void cancel(Set<JobId> jobs);
}
