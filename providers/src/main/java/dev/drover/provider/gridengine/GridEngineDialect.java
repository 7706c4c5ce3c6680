package dev.drover.provider.gridengine;

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
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The words of Grid Engine: {@code qsub -terse}, one {@code qstat -xml} for all jobs of the user,
 * {@code qacct} for those that have left it, {@code qdel}.
 */
public final class GridEngineDialect implements SchedulerDialect {
  private static final Pattern ID = Pattern.compile("[1-9][0-9]*");
  private static final String STATUS = text("status.sh");
  private static final String FIND = text("find.sh");
  private static final String HISTORY = text("history.sh");
  private static final String CANCEL = text("cancel.sh");

  /** What qdel says of a job that it deletes, or that has ended. */
  private static final Pattern DELETED =
      Pattern.compile(
          ".* has (deleted|registered the) job [0-9]+.*"
              + "|job [0-9]+ is already in deletion.*"
              + "|.*job \"?[0-9]+\"? does not exist.*");

  private final Duration timeout;

  /**
   * Grid Engine's words.
   *
   * @param timeout for each command
   */
  public GridEngineDialect(Duration timeout) {
    this.timeout = timeout;
  }

  private static String text(String name) {
    try (InputStream stream = GridEngineDialect.class.getResourceAsStream(name)) {
      return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(
          "cannot read " + name + " from Drover's own jar; is it whole?", e);
    }
  }

  @Override
  public String name() {
    return "Grid Engine";
  }

  @Override
  public List<String> programs() {
    return List.of("qsub", "qstat", "qdel");
  }

  @Override
  public String directivePrefix() {
    return "#$";
  }

  @Override
  public Command submit(JobSpec spec) {
    return Command.of(timeout, List.of("qsub", "-terse", spec.script().toString()));
  }

  /** A site may print a greeting; the id stands on a line of its own. */
  @Override
  public JobId parseSubmit(CommandResult result) throws SchedulerRefusal {
    if (result.exitCode() != 0) {
      throw Refusals.ofSubmit(result);
    }
    return result
        .stdout()
        .lines()
        .map(String::strip)
        .filter(line -> ID.matcher(line).matches())
        .reduce((first, last) -> last)
        .map(JobId::new)
        .orElseThrow(
            () ->
                SchedulerRefusal.unanswered(
                    "qsub succeeded and told no job id",
                    "run the command by hand; -terse must print the id on a line of its own"));
  }

  @Override
  public Optional<Command> find(String jobName) {
    return Optional.of(script(FIND, "drover-find", List.of(jobName)));
  }

  @Override
  public Optional<JobId> parseFind(CommandResult result, String jobName) throws SchedulerRefusal {
    if (result.exitCode() != 0) {
      throw Refusals.ofQuery(result);
    }
    String[] parts = result.stdout().split("=== drover: records\n?", 2);
    Optional<Long> alive =
        Qstat.read(parts[0]).stream()
            .filter(job -> job.name().equals(jobName) && !job.hasEnded())
            .map(job -> Long.valueOf(job.id()))
            .reduce(Math::max);
    Optional<Long> found =
        alive.isPresent() || parts.length < 2
            ? alive
            : Qacct.read(parts[1]).stream()
                .filter(job -> job.name().equals(jobName))
                .map(job -> Long.valueOf(job.id()))
                .reduce(Math::max);
    return found.map(id -> new JobId(id.toString()));
  }

  @Override
  public Command status(List<SubmittedJob> jobs) {
    return script(STATUS, "drover-status", ids(known(jobs)));
  }

  @Override
  public Map<JobId, JobStatus> parseStatus(CommandResult result, Instant now)
      throws SchedulerRefusal {
    if (result.exitCode() != 0) {
      throw Refusals.ofQuery(result);
    }
    String[] parts = result.stdout().split("=== drover: error reasons\n?", 2);
    Map<String, String> reasons = Qstat.errorReasons(parts.length < 2 ? "" : parts[1]);
    Map<JobId, JobStatus> seen = new HashMap<>();
    for (Qstat job : Qstat.read(parts[0])) {
      job.status(reasons, now).ifPresent(status -> seen.put(new JobId(job.id()), status));
    }
    return seen;
  }

  @Override
  public Optional<Command> history(List<SubmittedJob> unlisted) {
    List<String> idsAndDirectories = new ArrayList<>();
    for (SubmittedJob job : known(unlisted)) {
      idsAndDirectories.add(job.id().value());
      idsAndDirectories.add(directory(job));
    }
    return idsAndDirectories.isEmpty()
        ? Optional.empty()
        : Optional.of(script(HISTORY, "drover-history", idsAndDirectories));
  }

  @Override
  public Map<JobId, JobStatus> parseHistory(CommandResult result, Instant now) {
    return Qacct.ends(result.stdout(), now);
  }

  @Override
  public Command cancel(List<SubmittedJob> jobs) {
    List<SubmittedJob> known = known(jobs);
    List<String> arguments = new ArrayList<>(List.of(Integer.toString(known.size())));
    arguments.addAll(ids(known));
    known.forEach(job -> arguments.add(directory(job)));
    return script(CANCEL, "drover-cancel", arguments);
  }

  @Override
  public void checkCancel(CommandResult result) throws SchedulerRefusal {
    if (result.exitCode() == 0) {
      return;
    }
    List<String> lines =
        result.stdout().lines().map(String::strip).filter(line -> !line.isEmpty()).toList();
    if (lines.isEmpty() || !lines.stream().allMatch(line -> DELETED.matcher(line).matches())) {
      throw Refusals.ofCancel(result);
    }
  }

  /** In mode v Grid Engine looks whether any queue could take the job, and takes none. */
  @Override
  public Optional<Command> test(JobSpec spec) {
    return Optional.of(Command.of(timeout, List.of("qsub", "-w", "v", spec.script().toString())));
  }

  @Override
  public TestAnswer parseTest(CommandResult result) throws SchedulerRefusal {
    if (result.exitCode() != 0) {
      throw Refusals.ofSubmit(result);
    }
    return new TestAnswer(result.stdout().strip(), Optional.empty());
  }

  /** An id that is not of Grid Engine's making names no job, and would be read as an option. */
  private static List<SubmittedJob> known(List<SubmittedJob> jobs) {
    return jobs.stream().filter(job -> ID.matcher(job.id().value()).matches()).toList();
  }

  private static List<String> ids(List<SubmittedJob> jobs) {
    return jobs.stream().map(job -> job.id().value()).toList();
  }

  private static String directory(SubmittedJob job) {
    return job.directory().map(Path::toString).orElse("");
  }

  private Command script(String script, String name, List<String> arguments) {
    List<String> argv = new ArrayList<>(List.of("sh", "-c", script, name));
    argv.addAll(arguments);
    return Command.of(timeout, argv);
  }
}
