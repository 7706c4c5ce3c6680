package dev.drover.provider;

import dev.drover.job.JobId;
import dev.drover.job.JobSpec;
import dev.drover.job.JobStatus;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Speaks to one scheduler. Calls block until it has answered; any thread may make them. */
public interface Provider {
  /**
   * Hands the job to the scheduler. On return the scheduler has accepted it; the job script lies in
   * the block's directory and stays there, after a failure, too.
   *
   * @throws InvalidJobException if this job can never be accepted as it is; do not retry
   * @throws SubmitException if it was not accepted, or the answer was lost, which {@link
   *     SubmitException#isUnanswered} tells: then {@link #find} it before another try
   */
  JobId submit(JobSpec spec) throws InvalidJobException, SubmitException;

  /**
   * The job of that name, which was submitted without an answer. Empty if the scheduler answers
   * that it knows none: it may still come to know it, when it was only slow to take it.
   *
   * @param spec as it was submitted; from here on the provider knows the job as its own
   * @throws StatusUnavailableException if the scheduler cannot say
   */
  Optional<JobId> find(JobSpec spec) throws StatusUnavailableException;

  /** Makes known jobs that an earlier process submitted, with their blocks' directories. */
  void adopt(Map<JobId, Path> jobs);

  /**
   * How the jobs stand, by one query for all, and a second one for those only of which the first
   * does not speak. A job without an entry was forgotten by the scheduler and left no exit code:
   * ask again, or judge by its managers. A job that has ended is answered from memory.
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

  /**
   * Asks whether the scheduler would take the job, and leaves nothing queued; its script is written
   * as for {@link #submit}.
   *
   * @return the scheduler's words; empty if this scheduler cannot be asked
   * @throws InvalidJobException if it would not take the job
   * @throws SubmitException if it could not be asked now
   */
  Optional<String> test(JobSpec spec) throws InvalidJobException, SubmitException;

  /** Gives up what the provider itself holds, such as connections; jobs go on. */
  default void close() {}
}
