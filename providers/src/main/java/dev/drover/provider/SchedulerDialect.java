package dev.drover.provider;

import dev.drover.headnode.Command;
import dev.drover.headnode.CommandResult;
import dev.drover.job.JobId;
import dev.drover.job.JobSpec;
import dev.drover.job.JobStatus;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * The words of one scheduler: builds its commands and reads their output. Pure; it runs nothing,
 * holds nothing and cannot tell where its commands run. Results that timed out do not reach it.
 */
public interface SchedulerDialect {
  /** The scheduler's name as messages call it. */
  String name();

  /** The command that submits the job, whose script is written already. */
  Command submit(JobSpec spec);

  /** The id in the answer to {@link #submit}. */
  JobId parseSubmit(CommandResult result) throws SchedulerRefusal;

  /** One command that asks about all the jobs; there is at least one. */
  Command status(List<SubmittedJob> jobs);

  /**
   * The states in the answer to {@link #status}; no entry for a job of which it says nothing.
   *
   * @param now the time of the answer
   */
  Map<JobId, JobStatus> parseStatus(CommandResult result, Instant now) throws SchedulerRefusal;

  /** One command that asks the scheduler to end all the jobs; there is at least one. */
  Command cancel(List<SubmittedJob> jobs);

  /** Reads the answer to {@link #cancel}; that a job has ended already is no refusal. */
  void checkCancel(CommandResult result) throws SchedulerRefusal;
}
