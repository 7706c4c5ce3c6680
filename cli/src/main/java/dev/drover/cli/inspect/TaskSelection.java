package dev.drover.cli.inspect;

import dev.drover.cli.console.StopException;
import dev.drover.spelling.NearestName;
import dev.drover.task.TaskId;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Finds the tasks that a user named, by id or by name. */
public final class TaskSelection {
  private TaskSelection() {}

  /**
   * The named tasks in the order they were named; what fits none is an error. A number is the id of
   * a task, unless tasks have names and one of them is that number. Only names need a walk through
   * all tasks.
   */
  public static List<TaskView> find(RunView run, List<String> named) {
    Map<String, TaskView> found = new LinkedHashMap<>();
    named.forEach(
        name -> found.put(name, byId(run, name).filter(t -> isSure(t, name)).orElse(null)));
    if (found.containsValue(null)) {
      run.tasks()
          .filter(task -> found.containsKey(task.spec().name()))
          .forEach(task -> found.putIfAbsent(task.spec().name(), task));
    }
    for (String name : named) {
      if (found.get(name) == null) {
        found.put(name, byId(run, name).orElseThrow(() -> unknown(run, name)));
      }
    }
    return List.copyOf(found.values());
  }

  /** One task by its name; empty = none of that name was submitted. */
  static Optional<TaskView> named(RunView run, String name) {
    return run.tasks().filter(task -> task.spec().name().equals(name)).findFirst();
  }

  /** Whether {@link #find} would find it. */
  static boolean isThere(RunView run, String name) {
    return byId(run, name).isPresent() || named(run, name).isPresent();
  }

  private static boolean isSure(TaskView task, String name) {
    return task.spec().name().isEmpty() || task.spec().name().equals(name);
  }

  private static Optional<TaskView> byId(RunView run, String name) {
    return name.matches("[1-9]\\d{0,17}")
        ? run.task(new TaskId(Long.parseLong(name)))
        : Optional.empty();
  }

  private static StopException unknown(RunView run, String name) {
    List<String> names =
        run.tasks()
            .map(task -> task.spec().name())
            .filter(n -> !n.isEmpty())
            .limit(10_000)
            .toList();
    return StopException.usage(
        "no task '"
            + name
            + "' was submitted in "
            + run.directory()
            + "\n  fix: "
            + NearestName.among(name, names)
                .map(near -> "did you mean '" + near + "'?")
                .orElse("use a name, or an id from 1 to " + run.submitted()));
  }
}
