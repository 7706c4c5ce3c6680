package dev.drover.provider.local;

import dev.drover.headnode.Command;
import dev.drover.headnode.CommandResult;
import dev.drover.job.JobId;
import dev.drover.job.JobSpec;
import dev.drover.job.JobState;
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
import java.util.OptionalInt;
import java.util.regex.Pattern;

/**
 * The head node itself as a scheduler that starts every job at once. A job is a detached bash that
 * leads a session; its id is that bash's pid and start time, {@code 4711-123456}. Each request is
 * one small {@code sh} script, which starts no program that it can do without.
 */
public final class LocalDialect implements SchedulerDialect {
  private static final Pattern ID = Pattern.compile("[0-9]+-[0-9]+");
  private static final String LIVES = text("lives.sh");
  private static final String SUBMIT = text("submit.sh");
  private static final String STATUS = LIVES + text("status.sh");
  private static final String FIND = text("find.sh");
  private static final String CANCEL = LIVES + text("cancel.sh");
  private static final String REAPER = text("reaper.sh");

  private static final String KILLED =
      "killed without writing an exit code (kill -9 or out of memory?)";

  private final Duration timeout;
  private final Duration grace;

  /**
   * The local words.
   *
   * @param timeout for each command
   * @param grace between TERM and KILL of a cancelled job, in whole seconds; zero kills at once
   */
  public LocalDialect(Duration timeout, Duration grace) {
    this.timeout = timeout;
    this.grace = grace;
  }

  private static String text(String name) {
    try (InputStream stream = LocalDialect.class.getResourceAsStream(name)) {
      return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(
          "cannot read " + name + " from Drover's own jar; is it whole?", e);
    }
  }

  @Override
  public String name() {
    return "local";
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
  public Command submit(JobSpec spec) {
    return sh(
        SUBMIT, "drover-submit", List.of(spec.directory().toString(), spec.script().toString()));
  }

  @Override
  public JobId parseSubmit(CommandResult result) throws SchedulerRefusal {
    String id = result.stdout().strip();
    if (result.exitCode() != 0 || !ID.matcher(id).matches()) {
      throw SchedulerRefusal.passing(
          "the block did not start",
          "see stderr; a local block needs sh, bash, setsid and /proc on the head node, and room for a process");
    }
    return new JobId(id);
  }

  /** Names mean nothing to processes: only the block's directory tells. */
  @Override
  public Optional<Command> find(String jobName) {
    return Optional.empty();
  }

  /** The head node may be behind a connection that broke before the answer came. */
  @Override
  public Optional<Command> find(JobSpec spec) {
    return Optional.of(
        sh(FIND, "drover-find", List.of(spec.directory().toString(), spec.script().toString())));
  }

  @Override
  public Optional<JobId> parseFind(CommandResult result, String jobName) throws SchedulerRefusal {
    String id = result.stdout().strip();
    if (result.exitCode() != 0 || !(id.isEmpty() || ID.matcher(id).matches())) {
      throw SchedulerRefusal.passing("the find script failed", "see stderr");
    }
    return id.isEmpty() ? Optional.empty() : Optional.of(new JobId(id));
  }

  @Override
  public Command status(List<SubmittedJob> jobs) {
    return sh(STATUS, "drover-status", idsAndDirectories(jobs));
  }

  @Override
  public Map<JobId, JobStatus> parseStatus(CommandResult result, Instant now)
      throws SchedulerRefusal {
    if (result.exitCode() != 0) {
      throw SchedulerRefusal.passing("the status script failed", "see stderr");
    }
    Map<JobId, JobStatus> seen = new HashMap<>();
    for (String line : result.stdout().lines().toList()) {
      String[] words = line.split(" ");
      if (words.length >= 2 && ID.matcher(words[0]).matches()) {
        seen.put(new JobId(words[0]), read(words, now));
      }
    }
    return seen;
  }

  private static JobStatus read(String[] words, Instant now) {
    if (words[1].equals("running")) {
      return JobStatus.of(JobState.RUNNING, now);
    }
    OptionalInt code =
        words.length == 3 && words[2].matches("[0-9]{1,3}")
            ? OptionalInt.of(Integer.parseInt(words[2]))
            : OptionalInt.empty();
    if (words[1].equals("cancelled")) {
      return new JobStatus(JobState.CANCELLED, now, code, "cancelled by Drover");
    }
    return code.isPresent()
        ? JobStatus.ofExitCode(code.getAsInt(), now)
        : new JobStatus(JobState.FAILED, now, code, KILLED);
  }

  @Override
  public Command cancel(List<SubmittedJob> jobs) {
    List<String> arguments = new ArrayList<>(List.of(REAPER, Long.toString(grace.toSeconds())));
    arguments.addAll(idsAndDirectories(jobs));
    return sh(CANCEL, "drover-cancel", arguments);
  }

  @Override
  public void checkCancel(CommandResult result) throws SchedulerRefusal {
    if (result.exitCode() != 0) {
      throw SchedulerRefusal.passing("the cancel script failed", "see stderr, and cancel again");
    }
  }

  /** In turn; an id that is not of this dialect's making names no process. */
  private static List<String> idsAndDirectories(List<SubmittedJob> jobs) {
    List<String> words = new ArrayList<>();
    for (SubmittedJob job : jobs) {
      if (ID.matcher(job.id().value()).matches()) {
        words.add(job.id().value());
        words.add(job.directory().map(Path::toString).orElse(""));
      }
    }
    return words;
  }

  private Command sh(String script, String name, List<String> arguments) {
    List<String> argv = new ArrayList<>(List.of("sh", "-c", script, name));
    argv.addAll(arguments);
    return Command.of(timeout, argv);
  }
}
