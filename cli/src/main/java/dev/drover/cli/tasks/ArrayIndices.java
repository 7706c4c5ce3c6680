package dev.drover.cli.tasks;

import dev.drover.submit.TaskBatch;
import dev.drover.task.TaskSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The indices of {@code --array}: {@code 0-9999}, {@code 0-100:10}, {@code 1,3,5-9}. Each task
 * finds its own in {@code DROVER_TASK_INDEX}. A range without a step stays one batch, however long.
 */
final class ArrayIndices {
  private static final Pattern PART =
      Pattern.compile("(\\d{1,18})(?:-(\\d{1,18})(?::(\\d{1,18}))?)?");
  private static final String WHERE = "--array";
  private static final String FORMS = "write 0-99, 0-99:10 or 1,3,5-9";
  private static final long MOST = 100_000_000;

  private ArrayIndices() {}

  static TaskList read(String ranges, String commandLine, TaskDefaults defaults)
      throws InvalidTasksException {
    TaskSpec spec = defaults.line(commandLine);
    List<TaskBatch> batches = new ArrayList<>();
    List<TaskProblem> problems = new ArrayList<>();
    long count = 0;
    for (String part : ranges.split(",", -1)) {
      Matcher range = PART.matcher(part.strip());
      if (!range.matches()) {
        problems.add(new TaskProblem(WHERE, "'" + part + "' is no range of indices", FORMS));
        continue;
      }
      long first = Long.parseLong(range.group(1));
      long last = range.group(2) == null ? first : Long.parseLong(range.group(2));
      long step = range.group(3) == null ? 1 : Long.parseLong(range.group(3));
      if (last < first || step < 1) {
        problems.add(
            new TaskProblem(
                WHERE,
                "'" + part + "' holds no index",
                last < first ? "the smaller end comes first" : "a step is 1 or more"));
        continue;
      }
      count += (last - first) / step + 1;
      if (count > MOST) {
        problems.add(
            new TaskProblem(WHERE, "more than 100 million tasks", "split them over several runs"));
        break;
      }
      add(batches, spec, first, last, step, defaults);
    }
    defaults.judgeAll((what, mend) -> problems.add(new TaskProblem(WHERE, what, mend)));
    if (!problems.isEmpty()) {
      throw new InvalidTasksException(problems, 0);
    }
    return TaskList.independent(batches);
  }

  private static void add(
      List<TaskBatch> batches,
      TaskSpec spec,
      long first,
      long last,
      long step,
      TaskDefaults defaults) {
    if (step == 1) {
      int count = Math.toIntExact(last - first + 1);
      batches.add(new TaskBatch(spec, defaults.options(), first, count, defaults.completion()));
      return;
    }
    for (long index = first; index <= last; index += step) {
      batches.add(new TaskBatch(spec, defaults.options(), index, 1, defaults.completion()));
    }
  }
}
