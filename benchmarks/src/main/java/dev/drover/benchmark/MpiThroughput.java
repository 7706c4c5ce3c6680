package dev.drover.benchmark;

import dev.drover.executor.MpiExecutor;
import dev.drover.executor.TaskFuture;
import dev.drover.mpi.MpiRequest;
import dev.drover.site.SiteKeys;
import dev.drover.submit.TaskReport;
import dev.drover.task.TaskWork;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * MPI tasks whose launcher does nothing: all that they cost is the packer, the messages and a shell
 * that reads {@code PARSL_MPI_PREFIX}. One manager stands for the nodes of a file; two tasks run at
 * once, of one node each. The exit status of each is checked.
 *
 * <pre>MpiThroughput NAME NODE_FILE DIRECTORY TASKS ROUNDS</pre>
 *
 * {@code DIRECTORY} holds the launcher as {@code mpiexec}.
 */
public final class MpiThroughput {
  /** Rounds that do not count: until then the JIT has compiled what it will. */
  private static final int WARM_UPS = 5;

  private MpiThroughput() {}

  public static void main(String[] arguments) throws Exception {
    Path nodeFile = Path.of(arguments[1]).toAbsolutePath();
    int tasks = Integer.parseInt(arguments[3]);
    int rounds = Integer.parseInt(arguments[4]);
    int nodes = Files.readAllLines(nodeFile).size();
    var builder =
        MpiExecutor.onSite("local")
            .set(SiteKeys.PROVIDER_NODES_PER_BLOCK, nodes)
            .set(SiteKeys.MPI_MAX_WORKERS_PER_BLOCK, nodes)
            .set("mpi.node-file", nodeFile.toString())
            .set("provider.worker-init", "export PATH=" + arguments[2] + ":$PATH")
            .runsIn(Path.of("drover-runs"))
            .name("benchmark");
    try (MpiExecutor executor = MpiExecutor.start(builder)) {
      rate(executor, 1); // the manager has started
      for (int i = -WARM_UPS; i < rounds; i++) {
        double rate = rate(executor, tasks);
        System.err.printf("%s: %.0f /s%n", arguments[0], rate);
        if (i >= 0) {
          Figures.print(arguments[0], rate);
        }
      }
    }
  }

  private static double rate(MpiExecutor executor, int tasks) throws Exception {
    TaskWork.Shell command = TaskWork.Shell.line("$PARSL_MPI_PREFIX ./program");
    long begin = System.nanoTime();
    List<TaskFuture<TaskReport>> futures = new ArrayList<>(tasks);
    for (int i = 0; i < tasks; i++) {
      futures.add(executor.run(command, MpiRequest.of(1, 1)));
    }
    for (TaskFuture<TaskReport> future : futures) {
      if (future.get().outcome().exitCode() != 0) {
        throw new IllegalStateException("task " + future.id() + " did not exit with 0");
      }
    }
    return tasks / ((System.nanoTime() - begin) / 1e9);
  }
}
