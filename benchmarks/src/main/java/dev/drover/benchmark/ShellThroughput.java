package dev.drover.benchmark;

import dev.drover.executor.HighThroughputExecutor;
import dev.drover.executor.TaskFuture;
import dev.drover.submit.TaskReport;
import dev.drover.task.TaskWork;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * {@code /bin/true} as a task: its exit status is checked and its output is captured, as for every
 * command. Rounds alternate with a peer's, a command that prints its rate and its CPU time, so that
 * both meet the same machine; the first rounds of both do not count.
 *
 * <pre>ShellThroughput NAME line|argv TASKS ROUNDS [PEER COMMAND...]</pre>
 */
public final class ShellThroughput {
  /** Rounds that do not count: until then the JIT has compiled what it will. */
  private static final int WARM_UPS = 10;

  private ShellThroughput() {}

  public static void main(String[] arguments) throws Exception {
    TaskWork.Shell command =
        arguments[1].equals("line")
            ? TaskWork.Shell.line("/bin/true")
            : TaskWork.Shell.argv(List.of("/bin/true"));
    int tasks = Integer.parseInt(arguments[2]);
    int rounds = Integer.parseInt(arguments[3]);
    List<String> peer =
        arguments.length < 5 ? List.of() : Arrays.asList(arguments).subList(5, arguments.length);
    try (HighThroughputExecutor executor = TwoWorkers.start(true)) {
      rate(executor, command, 1); // the manager has started
      RunsCpu cpu = new RunsCpu(executor.runDirectory());
      for (int i = -WARM_UPS; i < rounds; i++) {
        double before = cpu.micros();
        double rate = rate(executor, command, tasks);
        tell(arguments[0], new Measured(rate, (cpu.micros() - before) / tasks), i);
        if (!peer.isEmpty() && i >= -1) {
          tell(arguments[4], measure(peer), i);
        }
      }
    }
  }

  private record Measured(double rate, double cpuMicros) {}

  private static void tell(String name, Measured measured, int round) {
    System.err.printf(
        "%s: %.0f /s, %.0f us of CPU each%n", name, measured.rate(), measured.cpuMicros());
    if (round >= 0) {
      Figures.print(name, measured.rate());
      Figures.print(name + ".cpu-micros", measured.cpuMicros());
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
    return tasks / ((System.nanoTime() - begin) / 1e9);
  }

  /** What the peer prints, when it has ended well. */
  private static Measured measure(List<String> peer) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(peer).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    String printed =
        new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    if (process.waitFor() != 0) {
      throw new IllegalStateException(peer + " ended with " + process.exitValue());
    }
    String[] words = printed.split(" ");
    return new Measured(Double.parseDouble(words[0]), Double.parseDouble(words[1]));
  }
}
