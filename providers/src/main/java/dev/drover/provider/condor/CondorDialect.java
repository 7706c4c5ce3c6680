package dev.drover.provider.condor;

import dev.drover.headnode.Command;
import dev.drover.headnode.CommandResult;
import dev.drover.job.JobId;
import dev.drover.job.JobSpec;
import dev.drover.job.JobStatus;
import dev.drover.provider.SchedulerDialect;
import dev.drover.provider.SchedulerRefusal;
import dev.drover.provider.SubmittedJob;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
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
 * The words of HTCondor: {@code condor_submit} reads the submit description that the job script
 * carries in its head, {@code condor_q} tells of jobs in the queue, {@code condor_history} of those
 * that have left it, {@code condor_rm} removes. A job's id is cluster and process, {@code 123.0}.
 */
public final class CondorDialect implements SchedulerDialect {
  private static final Pattern ID = Pattern.compile("[1-9][0-9]*\\.[0-9]+");

  /** As condor_submit -terse prints the ids of one cluster, {@code 123.0 - 123.0}. */
  private static final Pattern SUBMITTED =
      Pattern.compile("([1-9][0-9]*\\.[0-9]+)( - [0-9]+\\.[0-9]+)?");

  /** What condor_rm says of a job that it removes, or that has left the queue. */
  private static final Pattern REMOVED =
      Pattern.compile(
          "Job [0-9.]+ (marked for removal|already marked for removal|not found|removed locally.*)"
              + "|There are no jobs in the queue.*"
              + "|Couldn't find/remove all jobs.*");

  private static final String SUBMIT = text("submit.sh");
  private static final String FIND = text("find.sh");

  private final Duration timeout;

  /**
   * HTCondor's words.
   *
   * @param timeout for each command
   */
  public CondorDialect(Duration timeout) {
    this.timeout = timeout;
  }

  private static String text(String name) {
    try (InputStream stream = CondorDialect.class.getResourceAsStream(name)) {
      return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(
          "cannot read " + name + " from Drover's own jar; is it whole?", e);
    }
  }

  @Override
  public String name() {
    return "HTCondor";
  }

  @Override
  public List<String> programs() {
    return List.of("condor_submit", "condor_q", "condor_rm");
  }

  @Override
  public String directivePrefix() {
    return "#CONDOR";
  }

  @Override
  public Command submit(JobSpec spec) {
    return script(SUBMIT, "drover-submit", List.of(spec.script().toString()));
  }

  @Override
  public JobId parseSubmit(CommandResult result) throws SchedulerRefusal {
    if (result.exitCode() != 0) {
      throw Refusals.ofSubmit(result);
    }
    return result
        .stdout()
        .lines()
        .map(line -> SUBMITTED.matcher(line.strip()))
        .filter(Matcher::matches)
        .map(matcher -> matcher.group(1))
        .reduce((first, last) -> last)
        .map(JobId::new)
        .orElseThrow(
            () ->
                SchedulerRefusal.unanswered(
                    "condor_submit succeeded and told no job id",
                    "run the command by hand; -terse must print ids as 123.0 - 123.0"));
  }

  @Override
  public Optional<Command> find(String jobName) {
    List<String> arguments = new ArrayList<>(List.of(jobName));
    arguments.addAll(JobLine.COLUMNS);
    return Optional.of(script(FIND, "drover-find", arguments));
  }

  @Override
  public Optional<JobId> parseFind(CommandResult result, String jobName) throws SchedulerRefusal {
    return read(result).stream()
        .map(JobLine::id)
        .max(Comparator.comparing(id -> Long.valueOf(id.substring(0, id.indexOf('.')))))
        .map(JobId::new);
  }

  @Override
  public Command status(List<SubmittedJob> jobs) {
    return query("condor_q", jobs, List.of());
  }

  @Override
  public Map<JobId, JobStatus> parseStatus(CommandResult result, Instant now)
      throws SchedulerRefusal {
    Map<JobId, JobStatus> seen = new HashMap<>();
    for (JobLine job : read(result)) {
      job.status(now).ifPresent(status -> seen.put(new JobId(job.id()), status));
    }
    return seen;
  }

  /** The history is read from its newest job on, until all were found. */
  @Override
  public Optional<Command> history(List<SubmittedJob> unlisted) {
    int count = known(unlisted).size();
    return count == 0
        ? Optional.empty()
        : Optional.of(
            query("condor_history", unlisted, List.of("-limit", Integer.toString(count))));
  }

  @Override
  public Map<JobId, JobStatus> parseHistory(CommandResult result, Instant now)
      throws SchedulerRefusal {
    Map<JobId, JobStatus> ends = new HashMap<>();
    for (JobLine job : read(result)) {
      job.end(now).ifPresent(end -> ends.put(new JobId(job.id()), end));
    }
    return ends;
  }

  private static List<JobLine> read(CommandResult result) throws SchedulerRefusal {
    if (result.exitCode() != 0 || Refusals.isOutage(result)) {
      throw Refusals.ofQuery(result);
    }
    return JobLine.read(result.stdout());
  }

  @Override
  public Command cancel(List<SubmittedJob> jobs) {
    return about("condor_rm", jobs, List.of());
  }

  @Override
  public void checkCancel(CommandResult result) throws SchedulerRefusal {
    if (result.exitCode() == 0) {
      return;
    }
    List<String> lines =
        (result.stdout() + "\n" + result.stderr())
            .lines()
            .map(String::strip)
            .filter(line -> !line.isEmpty())
            .toList();
    if (lines.isEmpty() || !lines.stream().allMatch(line -> REMOVED.matcher(line).matches())) {
      throw Refusals.ofQuery(result);
    }
  }

  /**
   * A dry run reads the submit description to the end; whether a machine matches, it cannot say.
   */
  @Override
  public Optional<Command> test(JobSpec spec) {
    return Optional.of(
        script(
            SUBMIT, "drover-submit", List.of(spec.script().toString(), "-dry-run", "/dev/null")));
  }

  @Override
  public TestAnswer parseTest(CommandResult result) throws SchedulerRefusal {
    if (result.exitCode() != 0) {
      throw Refusals.ofSubmit(result);
    }
    return new TestAnswer(
        "the submit description is sound; whether a machine matches, condor_q -better-analyze"
            + " tells once it is queued",
        Optional.empty());
  }

  /**
   * An id that is not of HTCondor's making names no job, and might name a user and all his jobs.
   */
  private static List<String> known(List<SubmittedJob> jobs) {
    return jobs.stream()
        .map(job -> job.id().value())
        .filter(id -> ID.matcher(id).matches())
        .toList();
  }

  private Command query(String program, List<SubmittedJob> jobs, List<String> options) {
    List<String> all = new ArrayList<>(options);
    all.add("-af:jr");
    all.addAll(JobLine.COLUMNS);
    return about(program, jobs, all);
  }

  /** Without any id the commands would speak of all jobs: 0.0 is none. */
  private Command about(String program, List<SubmittedJob> jobs, List<String> options) {
    List<String> ids = known(jobs);
    List<String> argv = new ArrayList<>(List.of(program));
    argv.addAll(ids.isEmpty() ? List.of("0.0") : ids);
    argv.addAll(options);
    return Command.of(timeout, argv);
  }

  private Command script(String script, String name, List<String> arguments) {
    List<String> argv = new ArrayList<>(List.of("sh", "-c", script, name));
    argv.addAll(arguments);
    return Command.of(timeout, argv);
  }
}
