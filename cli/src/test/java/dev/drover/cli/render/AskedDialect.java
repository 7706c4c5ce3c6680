package dev.drover.cli.render;

import dev.drover.headnode.Command;
import dev.drover.headnode.CommandResult;
import dev.drover.job.JobId;
import dev.drover.job.JobSpec;
import dev.drover.job.JobStatus;
import dev.drover.provider.SchedulerDialect;
import dev.drover.provider.SchedulerRefusal;
import dev.drover.provider.SubmittedJob;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A scheduler that is a shell line: {@code $1} is the job script. It prints the id of a job that it
 * holds, and its words to stderr; exit code 1 refuses for good, 75 is an outage. Jobs that are to
 * be cancelled are written to a file.
 */
record AskedDialect(String line, Duration timeout, Path cancelled) implements SchedulerDialect {
  @Override
  public String name() {
    return "Toy";
  }

  @Override
  public List<String> programs() {
    return List.of();
  }

  @Override
  public String directivePrefix() {
    return "";
  }

  @Override
  public Optional<Command> test(JobSpec spec) {
    return Optional.of(
        Command.of(timeout, List.of("bash", "-c", line, "toy", spec.script().toString())));
  }

  @Override
  public TestAnswer parseTest(CommandResult result) throws SchedulerRefusal {
    switch (result.exitCode()) {
      case 0:
        return new TestAnswer(
            result.stderr().strip(),
            Optional.of(result.stdout().strip()).filter(id -> !id.isEmpty()).map(JobId::new));
      case 1:
        throw SchedulerRefusal.permanent(result.stderr().strip(), "ask for less");
      default:
        throw SchedulerRefusal.unanswered(result.stderr().strip(), "wait");
    }
  }

  @Override
  public Optional<Command> find(String jobName) {
    return Optional.of(Command.of(Duration.ofSeconds(30), List.of("echo", "77")));
  }

  @Override
  public Optional<JobId> parseFind(CommandResult result, String jobName) {
    return Optional.of(new JobId(result.stdout().strip()));
  }

  @Override
  public Command cancel(List<SubmittedJob> jobs) {
    List<String> words =
        new ArrayList<>(List.of("bash", "-c", "echo \"$@\" >>\"$0\"", cancelled.toString()));
    jobs.forEach(job -> words.add(job.id().value()));
    return Command.of(Duration.ofSeconds(30), words);
  }

  @Override
  public void checkCancel(CommandResult result) {}

  @Override
  public Command submit(JobSpec spec) {
    throw new AssertionError("a test submits nothing");
  }

  @Override
  public JobId parseSubmit(CommandResult result) {
    throw new AssertionError("a test submits nothing");
  }

  @Override
  public Command status(List<SubmittedJob> jobs) {
    throw new AssertionError("a test does not wait");
  }

  @Override
  public Map<JobId, JobStatus> parseStatus(CommandResult result, Instant now) {
    throw new AssertionError("a test does not wait");
  }
}
