package dev.drover.provider.flux;

import com.fasterxml.jackson.databind.JsonNode;
import dev.drover.headnode.Command;
import dev.drover.headnode.CommandResult;
import dev.drover.job.JobId;
import dev.drover.job.JobSpec;
import dev.drover.job.JobStatus;
import dev.drover.provider.SchedulerDialect;
import dev.drover.provider.SchedulerRefusal;
import dev.drover.provider.SubmittedJob;
import dev.drover.provider.SurveyQuestion;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The words of Flux: {@code flux batch}, {@code flux jobs}, {@code flux cancel}, as flux-core 0.88
 * speaks them. An accepted job may still be one that can never run: it then ends FAILED, with
 * Flux's "unsatisfiable request" as its reason. Flux keeps no records of jobs that it has purged.
 */
public final class FluxDialect implements SchedulerDialect {
  /** That it cannot be cancelled because there is nothing to cancel. */
  private static final Pattern NOTHING_TO_CANCEL =
      Pattern.compile(
          ".*: (job is inactive|unknown job id|No target jobs were provided)"
              + "|.*Canceled \\d+ jobs? .*");

  private static final Comparator<FluxJob> NEWEST_ALIVE =
      Comparator.<FluxJob, Boolean>comparing(job -> !job.status(Instant.EPOCH).state().isTerminal())
          .thenComparing(FluxJob::number, Long::compareUnsigned);

  private final Duration timeout;

  /**
   * The words of Flux.
   *
   * @param timeout for each command; a frozen broker makes every one hang for ever
   */
  public FluxDialect(Duration timeout) {
    this.timeout = timeout;
  }

  @Override
  public String name() {
    return "Flux";
  }

  @Override
  public List<String> programs() {
    return List.of("flux");
  }

  @Override
  public String directivePrefix() {
    return "# flux:";
  }

  @Override
  public Command submit(JobSpec spec) {
    return flux("batch", spec.script().toString());
  }

  @Override
  public JobId parseSubmit(CommandResult result) throws SchedulerRefusal {
    if (result.exitCode() != 0) {
      throw FluxRefusals.ofSubmission(result);
    }
    List<String> ids = result.stdout().lines().map(String::strip).filter(F58::isId).toList();
    if (ids.isEmpty()) {
      throw SchedulerRefusal.unanswered(
          "flux batch printed no job id", "see what it prints there; something may wrap it");
    }
    return F58.parse(ids.get(ids.size() - 1));
  }

  @Override
  public Optional<Command> find(String jobName) {
    // Without -c0 a listing ends after 1000 jobs.
    return Optional.of(flux("jobs", "-a", "--json", "-c0", "--name=" + jobName));
  }

  @Override
  public Optional<JobId> parseFind(CommandResult result, String jobName) throws SchedulerRefusal {
    return jobs(result).stream()
        .filter(job -> job.name().equals(jobName))
        .max(NEWEST_ALIVE)
        .map(FluxJob::id);
  }

  /** No {@code -c0} here: beside ids Flux ignores it with a warning, and lists them all. */
  @Override
  public Command status(List<SubmittedJob> jobs) {
    return aboutJobs(List.of("jobs", "--json"), jobs);
  }

  @Override
  public Map<JobId, JobStatus> parseStatus(CommandResult result, Instant now)
      throws SchedulerRefusal {
    Map<JobId, JobStatus> seen = new HashMap<>();
    for (FluxJob job : jobs(result)) {
      seen.put(job.id(), job.status(now));
    }
    return seen;
  }

  private static List<FluxJob> jobs(CommandResult result) throws SchedulerRefusal {
    List<FluxJob> jobs = new ArrayList<>();
    for (JsonNode json : FluxListing.jobs(result)) {
      FluxJob job = new FluxJob(json);
      if (job.hasId()) {
        jobs.add(job);
      }
    }
    return jobs;
  }

  @Override
  public Command cancel(List<SubmittedJob> jobs) {
    return aboutJobs(List.of("cancel"), jobs);
  }

  /** A list is worked off to its end, though the exit code is 1 for one job that has ended. */
  @Override
  public void checkCancel(CommandResult result) throws SchedulerRefusal {
    List<String> said = result.stderr().lines().filter(line -> !line.isBlank()).toList();
    boolean nothingLeft =
        !said.isEmpty()
            && said.stream().allMatch(line -> NOTHING_TO_CANCEL.matcher(line).matches());
    if (result.exitCode() != 0 && !nothingLeft) {
      throw FluxRefusals.ofQuestion(result);
    }
  }

  /**
   * A held submission: {@code flux batch --dry-run} only prints the jobspec, without asking the
   * instance. So a queue, a limit or an account that is wrong shows here; nodes that do not exist
   * show only where the site's job ingest checks feasibility.
   */
  @Override
  public Optional<Command> test(JobSpec spec) {
    return Optional.of(
        flux(
            "batch",
            "--urgency=hold",
            "--job-name=" + spec.name() + ".test",
            spec.script().toString()));
  }

  @Override
  public TestAnswer parseTest(CommandResult result) throws SchedulerRefusal {
    JobId held = parseSubmit(result);
    return new TestAnswer(
        "Flux accepted it, held, as " + held + "; whether its nodes exist shows when it is due",
        Optional.of(held));
  }

  @Override
  public List<SurveyQuestion> survey() {
    return FluxSurvey.questions(this::flux);
  }

  /** One malformed id would spoil the answer about all, so what is no id of Flux's stays away. */
  private Command aboutJobs(List<String> words, List<SubmittedJob> jobs) {
    List<String> argv = new ArrayList<>(words);
    jobs.stream().map(job -> job.id().value()).filter(F58::isId).forEach(argv::add);
    return flux(argv);
  }

  private Command flux(String... words) {
    return flux(List.of(words));
  }

  /** The variable also reaches the job, so that its ids survive a C locale there, too. */
  private Command flux(List<String> words) {
    List<String> argv = new ArrayList<>(List.of("env", "FLUX_F58_FORCE_ASCII=1", "flux"));
    argv.addAll(words);
    return Command.of(timeout, argv);
  }
}
