package dev.drover.provider.lsf;

import dev.drover.headnode.Command;
import dev.drover.headnode.CommandResult;
import dev.drover.job.JobId;
import dev.drover.job.JobSpec;
import dev.drover.job.JobStatus;
import dev.drover.provider.SchedulerDialect;
import dev.drover.provider.SchedulerRefusal;
import dev.drover.provider.SubmittedJob;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The words of IBM Spectrum LSF 10.1: {@code bsub}, {@code bjobs}, {@code bhist}, {@code bkill}.
 * While LSF is down, or the user has too many jobs pending, its commands try again for ever; {@code
 * LSB_NTRIES} shortens that, and the timeout ends it, which leaves a submission unanswered.
 */
public final class LsfDialect implements SchedulerDialect {
  /**
   * {@code bsub} reads directives only in a script that is its standard input. It starts in the
   * block's directory, which becomes the job's and holds LSF's report. The variables, where a user
   * has set them, would keep it from printing the job id, or from submitting at all.
   */
  private static final String SUBMIT =
      "unset BSUB_QUIET BSUB_QUIET2 BSUB_CHK_RESREQ; export LSB_NTRIES=3;"
          + " script=$2; cd \"$1\" || exit 1; shift 2; exec bsub \"$@\" <\"$script\"";

  private static final Pattern SUBMITTED =
      Pattern.compile("^Job <([1-9][0-9]*)> is submitted\\b", Pattern.MULTILINE);

  /** Zero would name all of the user's jobs. */
  private static final Pattern ID = Pattern.compile("[1-9][0-9]*");

  private static final Pattern CANCELLED_OR_OVER =
      Pattern.compile(
          "Job <[^>]+>(:.*)? (is being (terminated|signaled)|Job has already finished"
              + "|No matching job found|Operation is in progress).*");

  private static final Comparator<LsfListing.Row> NEWEST_ALIVE =
      Comparator.<LsfListing.Row, Boolean>comparing(
              row -> !row.status(Instant.EPOCH).state().isTerminal())
          .thenComparing(LsfListing.Row::number);

  private final Duration timeout;

  /**
   * The words of LSF.
   *
   * @param timeout for each command
   */
  public LsfDialect(Duration timeout) {
    this.timeout = timeout;
  }

  @Override
  public String name() {
    return "LSF";
  }

  @Override
  public List<String> programs() {
    return List.of("bsub", "bjobs", "bkill");
  }

  @Override
  public String directivePrefix() {
    return "#BSUB";
  }

  @Override
  public Command submit(JobSpec spec) {
    return bsub(spec);
  }

  @Override
  public JobId parseSubmit(CommandResult result) throws SchedulerRefusal {
    Matcher submitted = SUBMITTED.matcher(result.stdout() + "\n" + result.stderr());
    if (!submitted.find()) {
      throw LsfRefusals.ofSubmission(result);
    }
    return new JobId(submitted.group(1));
  }

  @Override
  public Optional<Command> find(String jobName) {
    return Optional.of(
        lsf(List.of("bjobs", "-a", "-noheader", "-o", LsfListing.FORMAT, "-J", jobName)));
  }

  @Override
  public Optional<JobId> parseFind(CommandResult result, String jobName) throws SchedulerRefusal {
    return LsfListing.rows(result).stream().max(NEWEST_ALIVE).map(LsfListing.Row::id);
  }

  /** Jobs that have ended are listed, too, when they are named, for an hour by default. */
  @Override
  public Command status(List<SubmittedJob> jobs) {
    return aboutJobs(List.of("bjobs", "-noheader", "-o", LsfListing.FORMAT), jobs);
  }

  @Override
  public Map<JobId, JobStatus> parseStatus(CommandResult result, Instant now)
      throws SchedulerRefusal {
    Map<JobId, JobStatus> seen = new HashMap<>();
    for (LsfListing.Row row : LsfListing.rows(result)) {
      seen.put(row.id(), row.status(now));
    }
    return seen;
  }

  @Override
  public Optional<Command> history(List<SubmittedJob> unlisted) {
    return Optional.of(aboutJobs(List.of("bhist", "-l"), unlisted));
  }

  @Override
  public Map<JobId, JobStatus> parseHistory(CommandResult result, Instant now)
      throws SchedulerRefusal {
    return LsfHistory.ends(result, now);
  }

  @Override
  public Command cancel(List<SubmittedJob> jobs) {
    return aboutJobs(List.of("bkill"), jobs);
  }

  /** A list is worked off to its end, though the exit code is 255 for one job that has ended. */
  @Override
  public void checkCancel(CommandResult result) throws SchedulerRefusal {
    if (result.exitCode() == 0) {
      return;
    }
    List<String> said = new ArrayList<>(LsfRefusals.lines(result.stdout()));
    said.addAll(LsfRefusals.lines(result.stderr()));
    if (said.isEmpty()
        || !said.stream().allMatch(line -> CANCELLED_OR_OVER.matcher(line).matches())) {
      throw LsfRefusals.ofQuestion(result, "bkill failed and did not say why");
    }
  }

  /** A submission that LSF holds; it has no other way to ask. */
  @Override
  public Optional<Command> test(JobSpec spec) {
    return Optional.of(bsub(spec, "-H", "-J", spec.name() + ".test"));
  }

  @Override
  public TestAnswer parseTest(CommandResult result) throws SchedulerRefusal {
    JobId held = parseSubmit(result);
    return new TestAnswer("LSF accepted it, held, as job " + held, Optional.of(held));
  }

  private Command bsub(JobSpec spec, String... options) {
    List<String> argv = new ArrayList<>(List.of("sh", "-c", SUBMIT, "drover-submit"));
    argv.add(spec.directory().toString());
    argv.add(spec.script().toString());
    argv.addAll(List.of(options));
    return Command.of(timeout, argv);
  }

  /**
   * What is no id of LSF's stays away; and without any the command would take other jobs instead,
   * {@code bkill} the newest, so then nothing is done.
   */
  private Command aboutJobs(List<String> words, List<SubmittedJob> jobs) {
    List<String> ids =
        jobs.stream().map(job -> job.id().value()).filter(id -> ID.matcher(id).matches()).toList();
    if (ids.isEmpty()) {
      return Command.of(timeout, List.of("true"));
    }
    List<String> argv = new ArrayList<>(words);
    argv.addAll(ids);
    return lsf(argv);
  }

  private Command lsf(List<String> words) {
    List<String> argv = new ArrayList<>(List.of("env", "LSB_NTRIES=3"));
    argv.addAll(words);
    return Command.of(timeout, argv);
  }
}
