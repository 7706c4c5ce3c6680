package dev.drover.provider;

import static java.util.Objects.requireNonNull;

import dev.drover.headnode.Command;
import dev.drover.headnode.CommandResult;
import dev.drover.headnode.FileMode;
import dev.drover.headnode.HeadNode;
import dev.drover.headnode.HeadNodeException;
import dev.drover.job.JobId;
import dev.drover.job.JobSpec;
import dev.drover.job.JobStatus;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A provider made of parts: a head node that runs commands, a dialect that words and reads them,
 * and what makes the job scripts. It remembers the jobs that it submitted, and the end of each.
 */
public final class BatchProvider implements Provider {
  private static final Logger LOG = LoggerFactory.getLogger(BatchProvider.class);

  private final HeadNode headNode;
  private final SchedulerDialect dialect;
  private final SchedulerDesk desk;
  private final JobScripts scripts;
  private final Clock clock;
  private final Map<JobId, Submitted> submitted = new ConcurrentHashMap<>();

  /** A job that was submitted here, and its latest status, if any was seen. */
  private record Submitted(Path directory, Optional<JobStatus> last) {
    boolean hasEnded() {
      return last.isPresent() && last.get().state().isTerminal();
    }

    /** A terminal status is never left, and a state that lasts keeps its beginning. */
    Submitted seen(JobStatus status) {
      if (hasEnded()) {
        return this;
      }
      boolean lasts = last.isPresent() && last.get().state() == status.state();
      Instant since = lasts ? last.get().since() : status.since();
      return new Submitted(
          directory,
          Optional.of(new JobStatus(status.state(), since, status.exitCode(), status.reason())));
    }
  }

  public BatchProvider(HeadNode headNode, SchedulerDialect dialect, JobScripts scripts) {
    this(headNode, dialect, scripts, Clock.systemUTC());
  }

  BatchProvider(HeadNode headNode, SchedulerDialect dialect, JobScripts scripts, Clock clock) {
    this.headNode = requireNonNull(headNode, "headNode");
    this.dialect = requireNonNull(dialect, "dialect");
    this.desk = new SchedulerDesk(headNode, dialect.name());
    this.scripts = requireNonNull(scripts, "scripts");
    this.clock = requireNonNull(clock, "clock");
  }

  @Override
  public JobId submit(JobSpec spec) throws InvalidJobException, SubmitException {
    write(spec);
    Command command = dialect.submit(spec);
    CommandResult result = hand(spec, command);
    try {
      JobId id = dialect.parseSubmit(result);
      submitted.put(id, new Submitted(spec.directory(), Optional.empty()));
      return id;
    } catch (SchedulerRefusal e) {
      throw refusal(spec, command, result, e);
    }
  }

  @Override
  public Optional<String> test(JobSpec spec) throws InvalidJobException, SubmitException {
    Optional<Command> command = dialect.test(spec);
    if (command.isEmpty()) {
      return Optional.empty();
    }
    write(spec);
    CommandResult result = hand(spec, command.get());
    try {
      SchedulerDialect.TestAnswer answer = dialect.parseTest(result);
      answer.held().ifPresent(id -> cancel(Set.of(id)));
      return Optional.of(answer.words());
    } catch (SchedulerRefusal e) {
      throw refusal(spec, command.get(), result, e);
    }
  }

  private void write(JobSpec spec) throws InvalidJobException, SubmitException {
    String script = scripts.of(spec);
    try {
      // Another job's code, left in a directory that is used again, would be taken for this one's.
      headNode.delete(spec.exitCodeFile());
      headNode.write(spec.script(), script, FileMode.PRIVATE_EXECUTABLE);
    } catch (IOException e) {
      throw SubmitException.refused(
          FailureText.of(
              "cannot write the job script of block "
                  + spec.name()
                  + " on "
                  + headNode.host()
                  + ": "
                  + e,
              e instanceof HeadNodeException
                  ? ""
                  : "make " + spec.directory() + " writable, or choose another run directory"),
          e);
    }
  }

  private CommandResult hand(JobSpec spec, Command command) throws SubmitException {
    try {
      CommandResult result = headNode.run(command);
      if (!result.timedOut()) {
        return result;
      }
      throw SubmitException.unanswered(
          FailureText.of(
              desk.noAnswer("block " + spec.name(), command),
              command,
              kept(spec),
              result,
              lookFirst(spec) + "raise the command timeout"),
          null);
    } catch (IOException e) {
      throw SubmitException.unanswered(
          FailureText.of(
              desk.couldNotRun("submit block " + spec.name(), e),
              command,
              kept(spec),
              lookFirst(spec) + "check the head node"),
          e);
    }
  }

  private static String kept(JobSpec spec) {
    return "   (script kept: " + spec.script() + ")";
  }

  private static String lookFirst(JobSpec spec) {
    return "look for a job named " + spec.name() + " before you submit it again; ";
  }

  /** Thrown by itself when no try will ever succeed, returned otherwise. */
  private SubmitException refusal(
      JobSpec spec, Command command, CommandResult result, SchedulerRefusal e)
      throws InvalidJobException {
    String message =
        FailureText.of(
            desk.refused("block " + spec.name(), command, result, e),
            command,
            kept(spec),
            result,
            e.fix());
    if (e.isPermanent()) {
      throw new InvalidJobException(message, e);
    }
    return e.isUnanswered()
        ? SubmitException.unanswered(message, e)
        : SubmitException.refused(message, e);
  }

  @Override
  public Optional<JobId> find(JobSpec spec) throws StatusUnavailableException {
    Optional<Command> command = dialect.find(spec);
    if (command.isEmpty()) {
      return Optional.empty();
    }
    SchedulerDesk.Answer<Optional<JobId>> answer = result -> dialect.parseFind(result, spec.name());
    Optional<JobId> found = ask(command.get(), "whether it has block " + spec.name(), answer);
    found.ifPresent(id -> adopt(Map.of(id, spec.directory())));
    return found;
  }

  @Override
  public void adopt(Map<JobId, Path> jobs) {
    jobs.forEach(
        (id, directory) -> submitted.putIfAbsent(id, new Submitted(directory, Optional.empty())));
  }

  @Override
  public Map<JobId, JobStatus> status(Set<JobId> jobs) throws StatusUnavailableException {
    List<SubmittedJob> open = open(jobs);
    Map<JobId, JobStatus> seen = open.isEmpty() ? Map.of() : look(open);
    Map<JobId, JobStatus> answer = new HashMap<>();
    for (JobId id : jobs) {
      Optional<JobStatus> fresh = Optional.ofNullable(seen.get(id));
      Submitted job =
          submitted.computeIfPresent(id, (same, known) -> fresh.map(known::seen).orElse(known));
      if (job != null && job.hasEnded()) {
        answer.put(id, job.last().get());
      } else if (fresh.isPresent()) {
        answer.put(id, job == null ? fresh.get() : job.last().get());
      }
    }
    return Map.copyOf(answer);
  }

  /** The jobs whose end is not known yet. */
  private List<SubmittedJob> open(Set<JobId> jobs) {
    List<SubmittedJob> open = new ArrayList<>();
    for (JobId id : jobs) {
      Submitted known = submitted.get(id);
      if (known == null) {
        open.add(new SubmittedJob(id, Optional.empty()));
      } else if (!known.hasEnded()) {
        open.add(new SubmittedJob(id, Optional.of(known.directory())));
      }
    }
    return open;
  }

  /** The scheduler's listing first, then its records, then what the script itself left. */
  private Map<JobId, JobStatus> look(List<SubmittedJob> jobs) throws StatusUnavailableException {
    String what = "how " + jobs.size() + " jobs stand";
    SchedulerDesk.Answer<Map<JobId, JobStatus>> listing =
        result -> asAsked(jobs, dialect.parseStatus(result, clock.instant()));
    Map<JobId, JobStatus> seen = new HashMap<>(ask(dialect.status(jobs), what, listing));
    List<SubmittedJob> unlisted = jobs.stream().filter(j -> !seen.containsKey(j.id())).toList();
    Optional<Command> history = unlisted.isEmpty() ? Optional.empty() : dialect.history(unlisted);
    if (history.isPresent()) {
      SchedulerDesk.Answer<Map<JobId, JobStatus>> records =
          result -> asAsked(unlisted, dialect.parseHistory(result, clock.instant()));
      try {
        ask(history.get(), "its records of " + unlisted.size() + " jobs", records)
            .forEach(seen::putIfAbsent);
      } catch (StatusUnavailableException e) {
        // The listing holds all the same, and what has no entry is asked about again.
        LOG.debug("no records: {}", e.getMessage());
      }
    }
    for (SubmittedJob job : unlisted) {
      if (!seen.containsKey(job.id()) && job.directory().isPresent()) {
        exitCode(job.directory().get())
            .ifPresent(code -> seen.put(job.id(), JobStatus.ofExitCode(code, clock.instant())));
      }
    }
    return seen;
  }

  /** What a listing says of the jobs that were asked about, under the ids that they have here. */
  private Map<JobId, JobStatus> asAsked(List<SubmittedJob> jobs, Map<JobId, JobStatus> told) {
    Map<JobId, JobStatus> seen = new HashMap<>();
    for (SubmittedJob job : jobs) {
      JobStatus status = told.get(job.id());
      if (status == null) {
        status =
            told.entrySet().stream()
                .filter(entry -> dialect.sameJob(job.id(), entry.getKey()))
                .findFirst()
                .map(Map.Entry::getValue)
                .orElse(null);
      }
      if (status != null) {
        seen.put(job.id(), status);
      }
    }
    return seen;
  }

  private <T> T ask(Command command, String what, SchedulerDesk.Answer<T> answer)
      throws StatusUnavailableException {
    return desk.ask(
        command, what, "nothing is lost: the last status holds, ask again later; ", answer);
  }

  /** What the script of a job that the scheduler forgot wrote as its last act. */
  private Optional<Integer> exitCode(Path directory) throws StatusUnavailableException {
    Path file = JobSpec.exitCodeFile(directory);
    try {
      return headNode
          .read(file)
          .map(String::strip)
          .filter(text -> text.matches("[0-9]{1,3}"))
          .map(Integer::valueOf);
    } catch (IOException e) {
      throw new StatusUnavailableException(
          FailureText.of(
              desk.couldNotRun("read " + file, e),
              "nothing is lost: the last status holds; if it lasts, check the head node's file"
                  + " system"),
          e);
    }
  }

  @Override
  public void cancel(Set<JobId> jobs) {
    List<SubmittedJob> open = open(jobs);
    if (open.isEmpty()) {
      return;
    }
    Command command = dialect.cancel(open);
    String what = "the cancelling of " + open.size() + " jobs";
    String fix = "cancel again, or end them by the scheduler's own command: " + jobs;
    try {
      CommandResult result = headNode.run(command);
      if (result.timedOut()) {
        LOG.warn("{}", FailureText.of(desk.noAnswer(what, command), command, "", result, fix));
        return;
      }
      try {
        dialect.checkCancel(result);
      } catch (SchedulerRefusal e) {
        LOG.warn(
            "{}",
            FailureText.of(desk.refused(what, command, result, e), command, "", result, e.fix()));
      }
    } catch (IOException e) {
      LOG.warn(
          "{}",
          FailureText.of(desk.couldNotRun("cancel " + open.size() + " jobs", e), command, "", fix));
    }
  }
}
