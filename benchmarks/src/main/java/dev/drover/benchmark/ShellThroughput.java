package dev.drover.benchmark;

import dev.drover.executor.HighThroughputExecutor;
import dev.drover.executor.TaskFuture;
import dev.drover.submit.TaskReport;
import dev.drover.task.TaskWork;
import java.util.ArrayList;
import java.util.List;

/**
 * {@code /bin/true} as a task: its exit status is checked and its output is captured, as for every
 * command.
 *
 * <pre>ShellThroughput NAME line|argv TASKS ROUNDS</pre>
 */
public final class ShellThroughput {
  /** Rounds that do not count: until then the JIT has compiled what it will, some ten seconds. */
  private static final int WARM_UPS = 5;

  private ShellThroughput() {}

  public static void main(String[] arguments) throws Exception {
    TaskWork.Shell command =
        arguments[1].equals("line")
            ? TaskWork.Shell.line("/bin/true")
            : TaskWork.Shell.argv(List.of("/bin/true"));
    int tasks = Integer.parseInt(arguments[2]);
    double[] rates = new double[Integer.parseInt(arguments[3])];
    try (HighThroughputExecutor executor = TwoWorkers.start(true)) {
      for (int i = 0; i < WARM_UPS; i++) {
        rate(executor, command, tasks);
      }
      for (int i = 0; i < rates.length; i++) {
        rates[i] = rate(executor, command, tasks);
      }
      Figures.print(arguments[0], Figures.median(rates));
    }
  }

  private static double rate(HighThroughputExecutor executor, TaskWork.Shell command, int tasks)
      throws Exception {
    long begin = System.nanoTime();
    List<TaskFuture<TaskReport>> futures = new ArrayList<>(tasks);
    for (int i = 0; i < tasks; i++) {
      futures.add(executor.run(command));
    }
    for (TaskFuture<TaskReport> future : futures) {
      if (future.get().outcome().exitCode() != 0) {
        throw new IllegalStateException("task " + future.id() + " did not exit with 0");
      }
    }
    double rate = tasks / ((System.nanoTime() - begin) / 1e9);
    System.err.printf("%d commands, %.0f /s%n", tasks, rate); // how it warms up
    return rate;
  }
}
