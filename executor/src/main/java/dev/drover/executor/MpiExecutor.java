package dev.drover.executor;

import dev.drover.interchange.MpiSettings;
import dev.drover.mpi.MpiRequest;
import dev.drover.site.Site;
import dev.drover.site.SiteKeys;
import dev.drover.submit.TaskBatch;
import dev.drover.submit.TaskOptions;
import dev.drover.submit.TaskReport;
import dev.drover.task.RemoteCall;
import dev.drover.task.ResourceRequest;
import dev.drover.task.TaskSpec;
import dev.drover.task.TaskWork;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Runs MPI tasks, each on whole nodes of a block: one manager, on the block's first node, starts
 * them ({@code executor.type = mpi}). What a task asks for is judged when it is submitted.
 *
 * <p>Any thread may call; every method returns at once but {@link #close}. Where tasks of slots are
 * to run beside MPI tasks, a {@link HighThroughputExecutor} does both.
 */
public final class MpiExecutor implements AutoCloseable {
  private final HighThroughputExecutor executor;
  private final int nodesPerBlock;

  private MpiExecutor(HighThroughputExecutor executor) {
    this.executor = executor;
    this.nodesPerBlock = executor.site().nodes();
  }

  /** Begins to make one for a site, named or a file. */
  public static ExecutorBuilder onSite(String site) {
    return new ExecutorBuilder(site)
        .set(SiteKeys.EXECUTOR_TYPE, SiteKeys.ExecutorType.MPI)
        .set(SiteKeys.LAUNCHER_TYPE, SiteKeys.LauncherType.SIMPLE);
  }

  /**
   * Starts what was built by {@link #onSite}, or on a site of {@code executor.type = mpi}.
   *
   * @throws dev.drover.site.InvalidSiteException telling all that is wrong with the site or the
   *     settings
   * @throws IllegalArgumentException when the site is one of another executor
   * @throws IOException when the run directory, the keys or a port cannot be had
   */
  public static MpiExecutor start(ExecutorBuilder builder) throws IOException {
    if (builder.site().get(SiteKeys.EXECUTOR_TYPE) != SiteKeys.ExecutorType.MPI) {
      throw new IllegalArgumentException(
          "site '%s' has executor.type = htex%n  fix: set executor.type = mpi and launcher.type = simple, or use a HighThroughputExecutor"
              .formatted(builder.site().name()));
    }
    return new MpiExecutor(builder.start());
  }

  /**
   * Why no block of a site can ever run such a task, as far as the site tells before anything is
   * started, and in a second line the mend; empty = one can, or the site is one of another
   * executor.
   */
  public static String problem(Site site, ResourceRequest request) {
    return site.get(SiteKeys.EXECUTOR_TYPE) == SiteKeys.ExecutorType.MPI
        ? MpiSettings.problem(request, site.get(SiteKeys.PROVIDER_NODES_PER_BLOCK))
        : "";
  }

  /**
   * Runs a command on the first node of those that it asks for.
   *
   * @throws IllegalArgumentException when no block has as many
   */
  public TaskFuture<TaskReport> run(TaskWork.Shell command, MpiRequest ranks) {
    ranks.checkFits(nodesPerBlock);
    return executor.run(command, ranks);
  }

  /**
   * Runs a command with a specification as Parsl has it: {@code num_nodes}, {@code ranks_per_node},
   * {@code num_ranks}, {@code launcher_options}.
   *
   * @throws IllegalArgumentException telling all that is wrong with it
   */
  public TaskFuture<TaskReport> run(TaskWork.Shell command, Map<String, String> specification) {
    return run(command, MpiRequest.of(specification));
  }

  /**
   * Calls a function on the first node of those that it asks for; it starts its ranks by {@code
   * PARSL_MPI_PREFIX}.
   *
   * @throws IllegalArgumentException when no block has as many
   */
  public <T> TaskFuture<T> call(RemoteCall<T> function, MpiRequest ranks) {
    ranks.checkFits(nodesPerBlock);
    return executor.call(function, ranks, Duration.ZERO, executor.defaultOptions());
  }

  /**
   * Runs a command as its spec says.
   *
   * @throws IllegalArgumentException when no block can ever run it
   */
  public TaskFuture<TaskReport> run(TaskSpec spec, TaskOptions options) {
    check(List.of(spec));
    return executor.run(spec, options);
  }

  /**
   * Takes batches in, all or none.
   *
   * @throws IllegalArgumentException telling of each task that no block can ever run
   */
  public void submit(List<TaskBatch> batches) {
    check(batches.stream().map(TaskBatch::spec).toList());
    executor.submit(batches);
  }

  private void check(List<TaskSpec> specs) {
    List<String> problems = new ArrayList<>();
    for (int i = 0; i < specs.size(); i++) {
      String problem = executor.site().mpiProblem(specs.get(i).resources());
      if (!problem.isEmpty()) {
        String name = specs.get(i).name().isEmpty() ? "task " + (i + 1) : specs.get(i).name();
        problems.add(name + ": " + problem);
      }
    }
    if (!problems.isEmpty()) {
      throw new IllegalArgumentException(String.join("\n", problems));
    }
  }

  /** The executor beneath: its status, its blocks, and how to cancel. */
  public HighThroughputExecutor executor() {
    return executor;
  }

  /** Waits for all tasks to end, then gives the blocks back. */
  @Override
  public void close() {
    executor.close();
  }
}
