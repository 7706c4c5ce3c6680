package dev.drover.benchmark;

import dev.drover.executor.HighThroughputExecutor;
import dev.drover.executor.TaskFuture;
import dev.drover.site.SiteKeys;
import dev.drover.submit.TaskReport;
import dev.drover.task.TaskWork;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * How fast tasks that memory bounds move their bytes, one on each cpu, by how the workers are
 * pinned.
 *
 * <pre>MemoryBound NAME none|block|topology TRIAD MEGABYTES PASSES TASKS ROUNDS</pre>
 */
public final class MemoryBound {
  /** The triad reads two arrays and writes one. */
  private static final int ARRAYS = 3;

  private MemoryBound() {}

  public static void main(String[] arguments) throws Exception {
    double megabytes = Double.parseDouble(arguments[3]);
    int passes = Integer.parseInt(arguments[4]);
    int tasks = Integer.parseInt(arguments[5]);
    double[] rates = new double[Integer.parseInt(arguments[6])];
    TaskWork.Shell command = TaskWork.Shell.argv(List.of(arguments[2], arguments[3], arguments[4]));
    try (HighThroughputExecutor executor =
        HighThroughputExecutor.onSite("local")
            .set(SiteKeys.WORKER_MAX_PER_NODE, Runtime.getRuntime().availableProcessors())
            .set(SiteKeys.WORKER_CPU_AFFINITY, arguments[1])
            .runsIn(Path.of("drover-runs"))
            .name("memory")
            .start()) {
      run(executor, command, tasks); // the manager has started
      for (int i = 0; i < rates.length; i++) {
        double seconds = run(executor, command, tasks);
        rates[i] = tasks * ARRAYS * megabytes * passes / seconds;
      }
    }
    Figures.print(arguments[0], Figures.median(rates));
    Figures.print("memory.numa-nodes", numaNodes());
  }

  /** Seconds, all tasks at once. */
  private static double run(HighThroughputExecutor executor, TaskWork.Shell command, int tasks)
      throws Exception {
    long begin = System.nanoTime();
    List<TaskFuture<TaskReport>> futures = new ArrayList<>();
    for (int i = 0; i < tasks; i++) {
      futures.add(executor.run(command));
    }
    for (TaskFuture<TaskReport> future : futures) {
      future.get();
    }
    return (System.nanoTime() - begin) / 1e9;
  }

  /** As the kernel tells; 1 where it tells of none. */
  private static long numaNodes() throws IOException {
    Path nodes = Path.of("/sys/devices/system/node");
    if (!Files.isDirectory(nodes)) {
      return 1;
    }
    try (Stream<Path> entries = Files.list(nodes)) {
      return Math.max(
          1, entries.filter(e -> e.getFileName().toString().matches("node\\d+")).count());
    }
  }
}
