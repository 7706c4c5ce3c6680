package dev.drover.provider.pbs;

import dev.drover.headnode.Command;
import dev.drover.headnode.CommandResult;
import dev.drover.job.JobId;
import dev.drover.job.JobSpec;
import dev.drover.job.JobStatus;
import dev.drover.provider.SchedulerDialect;
import dev.drover.provider.SchedulerRefusal;
import dev.drover.provider.SubmittedJob;
import dev.drover.provider.SurveyQuestion;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The words of PBS Professional and OpenPBS, as measured on OpenPBS clients 22.05, 23.06 and
 * master. One query tells of all jobs, ended ones too: {@code qstat -E -x -f -F json ID…}. Without
 * {@code -E}, master prints the first job only, and each id is a connection of its own.
 */
public final class PbsProDialect implements SchedulerDialect {
  static final String WAIT = "wait until the PBS server answers again";

  /** Said with exit code 0 and no jobs, even of one that runs. */
  private static final String NO_HISTORY = "not configured to maintain job history";

  /**
   * Ended jobs too, where the server keeps them; else those that live. Of this user's, since others
   * may use the same name.
   */
  private static final String FIND =
      "user=$(id -un) || exit 1\n"
          + "ids=$(qselect -x -u \"$user\" -N \"$1\") || exit\n"
          + "[ -n \"$ids\" ] || ids=$(qselect -u \"$user\" -N \"$1\") || exit\n"
          + "printf '%s\\n' \"$ids\"";

  private final Duration timeout;

  /**
   * The words of PBS.
   *
   * @param timeout for each command; a hung server would hold it for three hours
   */
  public PbsProDialect(Duration timeout) {
    this.timeout = timeout;
  }

  @Override
  public String name() {
    return "PBS";
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
      throw PbsSubmitRefusal.of(result);
    }
    return PbsIds.submitted(name(), result);
  }

  @Override
  public Optional<Command> find(String jobName) {
    return Optional.of(Command.of(timeout, List.of("sh", "-c", FIND, "drover-find", jobName)));
  }

  @Override
  public Optional<JobId> parseFind(CommandResult result, String jobName) throws SchedulerRefusal {
    Optional<JobId> found = PbsIds.newestIn(result.stdout());
    boolean answered =
        result.exitCode() == 0
            && (found.isPresent()
                || result.stdout().isBlank()
                    && PbsErrors.lines(result).stream().allMatch(l -> l.contains(NO_HISTORY)));
    if (!answered) {
      throw SchedulerRefusal.unanswered(PbsErrors.said("qselect", result), WAIT);
    }
    return found;
  }

  @Override
  public Command status(List<SubmittedJob> jobs) {
    return Command.of(timeout, PbsIds.argv(List.of("qstat", "-E", "-x", "-f", "-F", "json"), jobs));
  }

  @Override
  public Map<JobId, JobStatus> parseStatus(CommandResult result, Instant now)
      throws SchedulerRefusal {
    if (result.exitCode() == 0 && PbsErrors.mentions(result, NO_HISTORY)) {
      return Map.of();
    }
    return listing(result, now);
  }

  /**
   * The same without {@code -x}: where the server keeps no history, {@code -x} hides the jobs that
   * live, too.
   */
  @Override
  public Optional<Command> history(List<SubmittedJob> unlisted) {
    return Optional.of(
        Command.of(timeout, PbsIds.argv(List.of("qstat", "-E", "-f", "-F", "json"), unlisted)));
  }

  @Override
  public Map<JobId, JobStatus> parseHistory(CommandResult result, Instant now)
      throws SchedulerRefusal {
    return listing(result, now);
  }

  /**
   * Reads the exit code first: 0 with jobs, or a code with words that say that some of the jobs are
   * not there. A document without {@code Jobs} says nothing; a server that is down gives one, too.
   */
  private static Map<JobId, JobStatus> listing(CommandResult result, Instant now)
      throws SchedulerRefusal {
    boolean someAreUnknown =
        switch (result.exitCode()) {
          case 1, 35, 153 -> PbsErrors.lines(result).stream().anyMatch(PbsErrors::tellsOfNoJob);
          default -> false;
        };
    if (result.exitCode() != 0 && !someAreUnknown || PbsErrors.tellsOfNoServer(result)) {
      throw SchedulerRefusal.unanswered(PbsErrors.said("qstat", result), WAIT);
    }
    Optional<Map<JobId, PbsJob>> jobs = jobs(result);
    if (jobs.isEmpty() && !someAreUnknown) {
      throw SchedulerRefusal.unanswered("qstat told of no job, and not why", WAIT);
    }
    Map<JobId, JobStatus> seen = new HashMap<>();
    jobs.orElse(Map.of()).forEach((id, job) -> seen.put(id, job.status(now)));
    return seen;
  }

  private static Optional<Map<JobId, PbsJob>> jobs(CommandResult result) throws SchedulerRefusal {
    try {
      return result.stdout().isBlank()
          ? Optional.empty()
          : PbsListing.parse(result.stdout()).jobs();
    } catch (IOException e) {
      throw SchedulerRefusal.unanswered(
          "qstat printed text that is no listing: " + firstLine(e),
          "see what qstat -E -x -f -F json prints for the jobs");
    }
  }

  private static String firstLine(IOException e) {
    return String.valueOf(e.getMessage()).lines().findFirst().orElse("");
  }

  @Override
  public Command cancel(List<SubmittedJob> jobs) {
    return Command.of(timeout, PbsIds.argv(List.of("qdel"), jobs));
  }

  /** Of several jobs all are deleted that can be; the code is that of one that could not. */
  @Override
  public void checkCancel(CommandResult result) throws SchedulerRefusal {
    boolean done =
        switch (result.exitCode()) {
          case 0 -> true;
          case 35, 153, 168 ->
              PbsErrors.lines(result).stream()
                  .allMatch(
                      line ->
                          PbsErrors.tellsOfNoJob(line)
                              || line.contains("Request invalid for state of job"));
          default -> false;
        };
    if (!done) {
      throw PbsErrors.cancelRefused(result, WAIT);
    }
  }

  /** Only a real submission is checked by the server and the site's hooks: a held one. */
  @Override
  public Optional<Command> test(JobSpec spec) {
    return Optional.of(Command.of(timeout, List.of("qsub", "-h", spec.script().toString())));
  }

  @Override
  public TestAnswer parseTest(CommandResult result) throws SchedulerRefusal {
    JobId held = parseSubmit(result);
    return new TestAnswer("PBS took it, held, as job " + held, Optional.of(held));
  }

  @Override
  public List<SurveyQuestion> survey() {
    return PbsSurvey.questions(timeout);
  }
}
