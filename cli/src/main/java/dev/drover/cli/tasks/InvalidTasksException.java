package dev.drover.cli.tasks;

import java.util.List;
import java.util.stream.Collectors;

/** A task source cannot be used. Its message lists every problem, one a line; no task was made. */
public final class InvalidTasksException extends Exception {
  private static final long serialVersionUID = 1;

  private final transient List<TaskProblem> problems;

  InvalidTasksException(List<TaskProblem> problems, long more) {
    super(
        problems.stream().map(TaskProblem::toString).collect(Collectors.joining("\n"))
            + (more == 0 ? "" : "\n… and " + more + " more problems"));
    this.problems = List.copyOf(problems);
  }

  InvalidTasksException(TaskProblem problem) {
    this(List.of(problem), 0);
  }

  /** The first hundred problems, in the order of the source. */
  public List<TaskProblem> problems() {
    return problems;
  }
}
