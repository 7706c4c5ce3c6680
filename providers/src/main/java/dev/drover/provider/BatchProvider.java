package dev.drover.provider;

import static java.util.Objects.requireNonNull;

import dev.drover.headnode.Command;
import dev.drover.headnode.CommandResult;
import dev.drover.headnode.FileMode;
import dev.drover.headnode.HeadNode;
import dev.drover.job.JobId;
import dev.drover.job.JobSpec;
import dev.drover.job.JobStatus;
import dev.drover.launcher.LaunchImpossibleException;
import dev.drover.launcher.Launcher;
import dev.drover.template.JobScriptModel;
import dev.drover.template.ScriptRenderException;
import dev.drover.template.ScriptRenderer;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
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
 * and a renderer and a launcher that make the job script. It remembers the jobs that it submitted,
 * and the end of each.
 */
public final class BatchProvider implements Provider {
  private static final Logger LOG = LoggerFactory.getLogger(BatchProvider.class);

  private final HeadNode headNode;
  private final SchedulerDialect dialect;
  private final ScriptRenderer renderer;
  private final Launcher launcher;
  private final Clock clock;
  private final Map<JobId, Submitted> submitted = new ConcurrentHashMap<>();

  /** A job that was submitted here, and its latest status, if any was seen. */
  private record Submitted(Path directory, Optional<JobStatus> last) {
    boolean hasEnded() {
      return last.isPresent() && last.get().state().isTerminal();
    }

    /** A terminal status is never left, and a state that lasts keeps its beginning. */
    Submitted seen(JobStatus status) {
      return hasEnded() || last.isPresent() && last.get().state() == status.state()
          ? this
          : new Submitted(directory, Optional.of(status));
    }
  }

  public BatchProvider(
      HeadNode headNode, SchedulerDialect dialect, ScriptRenderer renderer, Launcher launcher) {
    this(headNode, dialect, renderer, launcher, Clock.systemUTC());
  }

  BatchProvider(
      HeadNode headNode,
      SchedulerDialect dialect,
      ScriptRenderer renderer,
      Launcher launcher,
      Clock clock) {
    this.headNode = requireNonNull(headNode, "headNode");
    this.dialect = requireNonNull(dialect, "dialect");
    this.renderer = requireNonNull(renderer, "renderer");
    this.launcher = requireNonNull(launcher, "launcher");
    this.clock = requireNonNull(clock, "clock");
  }

  @Override
  public JobId submit(JobSpec spec) throws InvalidJobException, SubmitException {
    String script = script(spec);
    try {
      // Another job's code, left in a directory that is used again, would be taken for this one's.
      headNode.delete(spec.exitCodeFile());
      headNode.write(spec.script(), script, FileMode.PRIVATE_EXECUTABLE);
    } catch (IOException e) {
      throw new SubmitException(
          FailureText.of(
              "cannot write the job script of block "
                  + spec.name()
                  + " on "
                  + headNode.host()
                  + ": "
                  + e,
              "make " + spec.directory() + " writable, or choose another run directory"),
          e);
    }
    JobId id = hand(spec);
    submitted.put(id, new Submitted(spec.directory(), Optional.empty()));
    return id;
  }

  private String script(JobSpec spec) throws InvalidJobException {
    try {
      List<String> launched = launcher.launch(spec.command(), spec.resources());
      return renderer.render(JobScriptModel.of(spec, launched));
    } catch (LaunchImpossibleException | ScriptRenderException e) {
      throw new InvalidJobException(
          "no job script can be made for block " + spec.name() + ": " + e.getMessage(), e);
    }
  }

  private JobId hand(JobSpec spec) throws InvalidJobException, SubmitException {
    Command command = dialect.submit(spec);
    String note = "   (script kept: " + spec.script() + ")";
    String lost = "look for a job named " + spec.name() + " before you submit it again; ";
    CommandResult result;
    try {
      result = headNode.run(command);
    } catch (IOException e) {
      throw new SubmitException(
          FailureText.of(
              couldNotRun("submit block " + spec.name(), e),
              command,
              note,
              lost + "check the head node"),
          e);
    }
    if (result.timedOut()) {
      throw new SubmitException(
          FailureText.of(
              noAnswer("block " + spec.name(), command),
              command,
              note,
              result,
              lost + "raise the command timeout"),
          null);
    }
    try {
      return dialect.parseSubmit(result);
    } catch (SchedulerRefusal e) {
      String message =
          FailureText.of(
              refused("block " + spec.name(), command, result, e), command, note, result, e.fix());
      if (e.isPermanent()) {
        throw new InvalidJobException(message, e);
      }
      throw new SubmitException(message, e);
    }
  }

  @Override
  public Map<JobId, JobStatus> status(Set<JobId> jobs) throws StatusUnavailableException {
    List<SubmittedJob> open = open(jobs);
    Map<JobId, JobStatus> seen = open.isEmpty() ? Map.of() : ask(open);
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

  private Map<JobId, JobStatus> ask(List<SubmittedJob> jobs) throws StatusUnavailableException {
    Command command = dialect.status(jobs);
    String fix = "nothing is lost: the last status holds, ask again later; ";
    try {
      CommandResult result = headNode.run(command);
      if (result.timedOut()) {
        throw new StatusUnavailableException(
            FailureText.of(
                noAnswer("the status of " + jobs.size() + " jobs", command),
                command,
                "",
                result,
                fix + "if it lasts, raise the command timeout"),
            null);
      }
      Map<JobId, JobStatus> seen = new HashMap<>(parse(command, result, fix));
      for (SubmittedJob job : jobs) {
        if (!seen.containsKey(job.id()) && job.directory().isPresent()) {
          exitCode(job.directory().get())
              .ifPresent(code -> seen.put(job.id(), JobStatus.ofExitCode(code, clock.instant())));
        }
      }
      return seen;
    } catch (IOException e) {
      throw new StatusUnavailableException(
          FailureText.of(
              couldNotRun("ask for the status of " + jobs.size() + " jobs", e),
              command,
              "",
              fix + "if it lasts, check the head node"),
          e);
    }
  }

  private Map<JobId, JobStatus> parse(Command command, CommandResult result, String fix)
      throws StatusUnavailableException {
    try {
      return dialect.parseStatus(result, clock.instant());
    } catch (SchedulerRefusal e) {
      throw new StatusUnavailableException(
          FailureText.of(
              refused("to tell jobs' status", command, result, e),
              command,
              "",
              result,
              fix + e.fix()),
          e);
    }
  }

  /** What the script of a job that the scheduler forgot wrote as its last act. */
  private Optional<Integer> exitCode(Path directory) throws IOException {
    return headNode
        .read(JobSpec.exitCodeFile(directory))
        .map(String::strip)
        .filter(text -> text.matches("[0-9]{1,3}"))
        .map(Integer::valueOf);
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
        LOG.warn("{}", FailureText.of(noAnswer(what, command), command, "", result, fix));
        return;
      }
      try {
        dialect.checkCancel(result);
      } catch (SchedulerRefusal e) {
        LOG.warn(
            "{}", FailureText.of(refused(what, command, result, e), command, "", result, e.fix()));
      }
    } catch (IOException e) {
      LOG.warn(
          "{}",
          FailureText.of(couldNotRun("cancel " + open.size() + " jobs", e), command, "", fix));
    }
  }

  private String refused(
      String what, Command command, CommandResult result, SchedulerRefusal refusal) {
    return dialect.name()
        + " refused "
        + what
        + " on "
        + headNode.host()
        + " ("
        + command.argv().get(0)
        + ", exit "
        + result.exitCode()
        + "): "
        + refusal.getMessage();
  }

  private String noAnswer(String what, Command command) {
    return dialect.name()
        + " gave no answer about "
        + what
        + " on "
        + headNode.host()
        + " ("
        + command.argv().get(0)
        + ", killed after "
        + command.timeout().toSeconds()
        + " s)";
  }

  private String couldNotRun(String what, IOException cause) {
    return "cannot " + what + " on " + headNode.host() + ": " + cause;
  }
}
