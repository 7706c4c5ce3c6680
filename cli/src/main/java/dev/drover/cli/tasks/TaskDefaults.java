package dev.drover.cli.tasks;

import dev.drover.submit.Completion;
import dev.drover.submit.TaskOptions;
import dev.drover.task.ResourceRequest;
import dev.drover.task.TaskSpec;
import dev.drover.task.TaskWork.Shell;
import java.time.Duration;
import java.util.Objects;

/**
 * What every task of a source has unless its own line says otherwise.
 *
 * @param timeout longest run time of one attempt; zero = no limit
 * @param mpi nodes and ranks
 * @param judge refuses tasks that no block can run
 * @param completion told of the end of each task
 */
public record TaskDefaults(
    TaskOptions options, Duration timeout, MpiChoice mpi, TaskJudge judge, Completion completion) {
  private static final String RANKS = "--nodes and --ranks-per-node";

  public TaskDefaults {
    Objects.requireNonNull(options);
    Objects.requireNonNull(timeout);
    Objects.requireNonNull(mpi);
    Objects.requireNonNull(judge);
    Objects.requireNonNull(completion);
  }

  /** For tasks of a slot each. */
  public TaskDefaults(TaskOptions options, Duration timeout, Completion completion) {
    this(options, timeout, MpiChoice.NONE, completion);
  }

  /** For tasks that nobody refuses. */
  public TaskDefaults(TaskOptions options, Duration timeout, MpiChoice mpi, Completion completion) {
    this(options, timeout, mpi, TaskJudge.NONE, completion);
  }

  /** The same, with a judge of the tasks that are read. */
  public TaskDefaults judgedBy(TaskJudge other) {
    return new TaskDefaults(options, timeout, mpi, other, completion);
  }

  /** Complains where no block can run a task of a source whose lines say what they ask for. */
  void judge(ResourceRequest resources, JsonTask.Complaint complaint) {
    judge(
        resources,
        "add \"resources\": {\"nodes\": 2, \"ranks_per_node\": 12}, or run with " + RANKS,
        complaint);
  }

  /** The same for all tasks of a source that says nothing of what they ask for. */
  void judgeAll(JsonTask.Complaint complaint) {
    judge(mpi.resources(), "run with " + RANKS, complaint);
  }

  private void judge(
      ResourceRequest resources, String mendIfNothing, JsonTask.Complaint complaint) {
    String problem = judge.problem(resources);
    if (!problem.isEmpty()) {
      String[] parts = problem.split("\n  fix: ", 2);
      complaint.add(
          parts[0],
          resources.isOneSlot() ? mendIfNothing : parts.length == 2 ? parts[1] : "ask for less");
    }
  }

  /** A shell command with all of this. */
  TaskSpec line(String commandLine) {
    return new TaskSpec(
        "", Shell.line(commandLine), mpi.resources(), timeout, mpi.launcherOptions());
  }
}
