package dev.drover.provider;

import dev.drover.headnode.Command;
import dev.drover.headnode.CommandResult;
import dev.drover.job.JobId;
import dev.drover.job.JobSpec;
import dev.drover.job.JobStatus;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The words of one scheduler: builds its commands and reads their output. Pure; it runs nothing,
 * holds nothing and cannot tell where its commands run. Results that timed out do not reach it.
 */
public interface SchedulerDialect {
  /** The scheduler's name as messages call it. */
  String name();

  /** The programs without which there are no blocks; none if a shell is enough. */
  List<String> programs();

  /** What begins a directive in a job script, as {@code #SBATCH}; empty if there are none. */
  String directivePrefix();

  /** The command that submits the job, whose script is written already. */
  Command submit(JobSpec spec);

  /** The id in the answer to {@link #submit}. */
  JobId parseSubmit(CommandResult result) throws SchedulerRefusal;

  /**
   * The command that lists the user's jobs of exactly that name, ended ones too where the scheduler
   * still knows them: for a submission whose answer was lost. Empty if the scheduler cannot tell.
   */
  Optional<Command> find(String jobName);

  /** The same, where the job's directory tells, too. */
  default Optional<Command> find(JobSpec spec) {
    return find(spec.name());
  }

  /**
   * The id in the answer to {@link #find}; empty if the scheduler says that there is no such job.
   * Of several, the newest that has not ended, else the newest.
   *
   * @throws SchedulerRefusal if the answer does not say
   */
  Optional<JobId> parseFind(CommandResult result, String jobName) throws SchedulerRefusal;

  /** One command that asks about all the jobs; there is at least one. */
  Command status(List<SubmittedJob> jobs);

  /**
   * The states in the answer to {@link #status}; no entry for a job of which it says nothing, and
   * none for a job that was not asked about, where that can be told.
   *
   * @param now the time of the answer
   * @throws SchedulerRefusal if the answer is none: an error, an outage, text that is no listing
   */
  Map<JobId, JobStatus> parseStatus(CommandResult result, Instant now) throws SchedulerRefusal;

  /**
   * Whether a listing means a job by another form of the id that was given at submission, such as
   * one with a shortened server's name.
   */
  default boolean sameJob(JobId asked, JobId listed) {
    return asked.equals(listed);
  }

  /**
   * One command that asks the scheduler's records about jobs that {@link #status} did not mention,
   * because they have ended; empty if there are no such records. There is at least one job.
   */
  default Optional<Command> history(List<SubmittedJob> unlisted) {
    return Optional.empty();
  }

  /**
   * The ends in the answer to {@link #history}; no entry for a job of which it says nothing.
   *
   * @throws SchedulerRefusal if the answer is none; records that the site does not keep are an
   *     empty answer
   */
  default Map<JobId, JobStatus> parseHistory(CommandResult result, Instant now)
      throws SchedulerRefusal {
    return Map.of();
  }

  /** One command that asks the scheduler to end all the jobs; there is at least one. */
  Command cancel(List<SubmittedJob> jobs);

  /** Reads the answer to {@link #cancel}; that a job has ended already is no refusal. */
  void checkCancel(CommandResult result) throws SchedulerRefusal;

  /**
   * The command that asks whether the scheduler would take the job, and runs nothing; one that can
   * only be asked by a real submission submits the job held. Empty if it cannot be asked.
   */
  default Optional<Command> test(JobSpec spec) {
    return Optional.empty();
  }

  /** Reads the answer to {@link #test}. */
  default TestAnswer parseTest(CommandResult result) throws SchedulerRefusal {
    throw new IllegalStateException(name() + " cannot be asked");
  }

  /**
   * The questions that make the scheduler tell of itself, in the order to be asked; the first is
   * about its queues. Empty if it cannot be asked.
   */
  default List<SurveyQuestion> survey() {
    return List.of();
  }

  /**
   * What a scheduler says to a job that it would take.
   *
   * @param words of the scheduler, such as when the job would start; may be empty
   * @param held the job that was submitted to ask, to be cancelled at once; empty if none was
   */
  record TestAnswer(String words, Optional<JobId> held) {}
}
