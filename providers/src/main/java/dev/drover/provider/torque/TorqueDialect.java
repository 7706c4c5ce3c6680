package dev.drover.provider.torque;

import dev.drover.headnode.Command;
import dev.drover.headnode.CommandResult;
import dev.drover.job.JobId;
import dev.drover.job.JobSpec;
import dev.drover.job.JobStatus;
import dev.drover.provider.SchedulerDialect;
import dev.drover.provider.SchedulerRefusal;
import dev.drover.provider.SubmittedJob;
import dev.drover.provider.pbs.PbsErrors;
import dev.drover.provider.pbs.PbsIds;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The words of Torque 4 to 6, from its manual pages and administrator's guide. {@code qstat -f -1}
 * tells of ended jobs, too, for as long as the server's or the queue's {@code keep_completed} says;
 * after that a job's exit-code file speaks.
 */
public final class TorqueDialect implements SchedulerDialect {
  private static final String WAIT = "wait until the Torque server answers again";

  /** Of this user's, since others may use the same name. */
  private static final String FIND =
      "user=$(id -un) || exit 1\nexec qselect -u \"$user\" -N \"$1\"";

  private final Duration timeout;

  /**
   * The words of Torque.
   *
   * @param timeout for each command
   */
  public TorqueDialect(Duration timeout) {
    this.timeout = timeout;
  }

  @Override
  public String name() {
    return "Torque";
  }

  @Override
  public List<String> programs() {
    return List.of("qsub", "qstat", "qdel");
  }

  @Override
  public String directivePrefix() {
    return "#PBS";
  }

  @Override
  public boolean sameJob(JobId asked, JobId listed) {
    return PbsIds.same(asked, listed);
  }

  @Override
  public Command submit(JobSpec spec) {
    return Command.of(timeout, List.of("qsub", spec.script().toString()));
  }

  @Override
  public JobId parseSubmit(CommandResult result) throws SchedulerRefusal {
    if (result.exitCode() != 0) {
      throw TorqueSubmitRefusal.of(result);
    }
    return PbsIds.submitted(name(), result);
  }

  @Override
  public Optional<Command> find(String jobName) {
    return Optional.of(Command.of(timeout, List.of("sh", "-c", FIND, "drover-find", jobName)));
  }

  /** qselect lists completed jobs, too. */
  @Override
  public Optional<JobId> parseFind(CommandResult result, String jobName) throws SchedulerRefusal {
    Optional<JobId> found = PbsIds.newestIn(result.stdout());
    boolean silent = result.stdout().isBlank() && result.stderr().isBlank();
    if (result.exitCode() != 0 || found.isEmpty() && !silent) {
      throw SchedulerRefusal.unanswered(PbsErrors.said("qselect", result), WAIT);
    }
    return found;
  }

  @Override
  public Command status(List<SubmittedJob> jobs) {
    return Command.of(timeout, PbsIds.argv(List.of("qstat", "-f", "-1"), jobs));
  }

  /**
   * Each id is asked about in turn, and the exit code is that of the first that failed: an answer
   * only if all that failed are said to be unknown.
   */
  @Override
  public Map<JobId, JobStatus> parseStatus(CommandResult result, Instant now)
      throws SchedulerRefusal {
    List<String> errors = PbsErrors.lines(result);
    boolean answered =
        result.exitCode() == 0
            || !errors.isEmpty() && errors.stream().allMatch(PbsErrors::tellsOfNoJob);
    Map<JobId, TorqueJob> jobs = TorqueListing.parse(result.stdout());
    boolean strange = jobs.isEmpty() && (result.exitCode() == 0 || !result.stdout().isBlank());
    if (!answered || strange) {
      throw SchedulerRefusal.unanswered(
          strange && errors.isEmpty()
              ? "qstat told of no job, and not why"
              : PbsErrors.said("qstat", result),
          WAIT);
    }
    Map<JobId, JobStatus> seen = new HashMap<>();
    jobs.forEach((id, job) -> seen.put(id, job.status(now)));
    return seen;
  }

  @Override
  public Command cancel(List<SubmittedJob> jobs) {
    return Command.of(timeout, PbsIds.argv(List.of("qdel"), jobs));
  }

  /** Each job is deleted in turn, whatever became of the others. */
  @Override
  public void checkCancel(CommandResult result) throws SchedulerRefusal {
    List<String> errors = PbsErrors.lines(result);
    boolean done =
        result.exitCode() == 0
            || !errors.isEmpty()
                && errors.stream()
                    .allMatch(
                        line ->
                            PbsErrors.tellsOfNoJob(line)
                                || line.contains("Request invalid for state of job")
                                || line.contains("job cancel in progress"));
    if (!done) {
      throw PbsErrors.cancelRefused(result, WAIT);
    }
  }

  /** Only a real submission is checked by the server: a held one. */
  @Override
  public Optional<Command> test(JobSpec spec) {
    return Optional.of(Command.of(timeout, List.of("qsub", "-h", spec.script().toString())));
  }

  @Override
  public TestAnswer parseTest(CommandResult result) throws SchedulerRefusal {
    JobId held = parseSubmit(result);
    return new TestAnswer("Torque took it, held, as job " + held, Optional.of(held));
  }
}
