package dev.drover.mpi;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import java.util.function.LongPredicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends the steps of this Slurm job that lost their srun. A step outlives an srun that is killed
 * together with the process that watches it, as a task's processes all are; its ranks keep their
 * cpus, and the next srun there waits.
 *
 * <p>A task's own steps are those on no other than its nodes whose srun was started on this node
 * and is no more: the sruns of tasks beside it live, and so does the one that started the managers.
 * This is so whatever the step is called and whoever wrote the srun. What an srun on another node
 * started is left alone, since from here nobody can see whether that srun lives.
 */
final class SlurmSteps implements LeftRanks {
  private static final Logger log = LoggerFactory.getLogger(SlurmSteps.class);

  /** Until the next look at the job: a step that lost its srun takes 2.5 s to end (22.05). */
  private static final long FIRST_PAUSE_NANOS = 100_000_000;

  private static final long LONGEST_PAUSE_NANOS = 1_000_000_000;

  private final String job;
  private final String ownStep;
  private final String host;
  private final LongPredicate isRunning;
  private final Function<Duration, HostCommand> commands;

  /**
   * @param ownStep number of the step that this process is of; empty = of none
   * @param host this node
   * @param isRunning whether a process of this node can still run
   * @param commands runs a command within a time
   */
  SlurmSteps(
      String job,
      String ownStep,
      String host,
      LongPredicate isRunning,
      Function<Duration, HostCommand> commands) {
    this.job = job;
    this.ownStep = ownStep;
    this.host = shortName(host);
    this.isRunning = isRunning;
    this.commands = commands;
  }

  @Override
  public Optional<String> end(List<String> nodes, Duration patience) {
    long deadline = System.nanoTime() + patience.toNanos();
    long pause = FIRST_PAUSE_NANOS;
    String problem = "";
    while (true) {
      try {
        List<String> left = left(nodes, command(deadline));
        if (left.isEmpty()) {
          return Optional.empty();
        }
        problem = "steps " + String.join(", ", left) + " of the job do not end";
        log.info("killing what a task left on {}: steps {}", String.join(",", nodes), left);
        // Without a signal, which would go to each process once: one that forks meanwhile would
        // stay, and the step with it.
        List<String> kill = new ArrayList<>(List.of("scancel"));
        kill.addAll(left);
        command(deadline).output(kill);
      } catch (HostCommand.NotInstalledException e) {
        // As in a container. Where Slurm's commands are missing, srun is too, and made no step.
        log.debug("no steps are looked for", e);
        return problem.isEmpty() ? Optional.empty() : Optional.of(mayRun(nodes, problem));
      } catch (IOException e) {
        problem = e.getMessage();
      }
      if (System.nanoTime() + pause - deadline >= 0) {
        return Optional.of(mayRun(nodes, problem));
      }
      LockSupport.parkNanos(pause);
      pause = Math.min(2 * pause, LONGEST_PAUSE_NANOS);
    }
  }

  private String mayRun(List<String> nodes, String problem) {
    return "its ranks may still run on %s: %s (squeue --steps -j %s shows them, scancel ends them)"
        .formatted(String.join(",", nodes), problem, job);
  }

  private HostCommand command(long deadline) {
    return commands.apply(Duration.ofNanos(Math.max(1, deadline - System.nanoTime())));
  }

  /** The ids of the steps that a task on these nodes has left. */
  private List<String> left(List<String> nodes, HostCommand command) throws IOException {
    List<JobStep> steps =
        JobStep.parse(command.output(List.of("scontrol", "--oneliner", "show", "step", job)));
    return seesSruns(steps)
        ? steps.stream()
            .filter(step -> nodes.containsAll(step.nodes()) && hasLostItsSrun(step))
            .map(JobStep::id)
            .toList()
        : List.of();
  }

  private boolean hasLostItsSrun(JobStep step) {
    return isOfThisHost(step) && !step.number().equals(ownStep) && !isRunning.test(step.srunPid());
  }

  /** In a container with pids of its own, sruns outside of it would look dead. */
  private boolean seesSruns(List<JobStep> steps) {
    return steps.stream()
        .filter(step -> step.number().equals(ownStep) && isOfThisHost(step))
        .allMatch(step -> isRunning.test(step.srunPid()));
  }

  private boolean isOfThisHost(JobStep step) {
    return shortName(step.srunHost()).equals(host);
  }

  private static String shortName(String host) {
    return host.split("\\.", 2)[0];
  }
}
