package dev.drover.launcher;

import dev.drover.job.ResourceSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Starts one manager on each node with Slurm's srun, as one job step or as one for each node.
 *
 * <p>The step has all CPUs and memory of its nodes and shares them ({@code --overlap}, Slurm 20.11
 * or newer), so that a task's own srun is not kept waiting; a manager or node that is lost takes no
 * other with it, if the job itself was submitted with {@code --no-kill}. All flags were tried on
 * Slurm 22.05.8; no {@code --cpus-per-task}, which implies {@code --exact} since 22.05.
 */
public final class SrunLauncher implements Launcher {
  private static final Set<String> PLACEMENT =
      Set.of("-n", "--ntasks", "-N", "--nodes", "--ntasks-per-node", "-r", "--relative", "--exact");

  private final LauncherSettings settings;
  private final boolean stepForEachNode;

  private SrunLauncher(LauncherSettings settings, boolean stepForEachNode) {
    new SettingRules(settings).noHostFile().noPrefix().noPlacement(PLACEMENT);
    this.settings = settings;
    this.stepForEachNode = stepForEachNode;
  }

  /** One srun for the block: the cheapest. */
  static SrunLauncher oneStep(LauncherSettings settings) {
    return new SrunLauncher(settings, false);
  }

  /**
   * One srun for each node, all on the first: each manager sees a step of one node, as programs
   * expect that start srun or mpiexec themselves. Costs a process for each node.
   */
  static SrunLauncher stepForEachNode(LauncherSettings settings) {
    return new SrunLauncher(settings, true);
  }

  @Override
  public List<String> launch(List<String> managerCommand, ResourceSpec resources) {
    int steps = stepForEachNode ? resources.nodes() : 1;
    int nodes = resources.nodes() / steps;
    List<String> words = new ArrayList<>();
    words.add(Integer.toString(steps));
    words.add(settings.program().orElse("srun"));
    words.add("--nodes=" + nodes);
    words.add("--ntasks=" + nodes);
    words.addAll(
        List.of(
            "--ntasks-per-node=1",
            "--kill-on-bad-exit=0",
            "--wait=0",
            "--no-kill",
            "--overlap",
            "--cpu-bind=none",
            "--mem=0",
            "--mpi=none",
            "--export=ALL"));
    if (resources.acceleratorsPerNode().orElse(0) > 0) {
      words.add("--gpus-per-node=" + resources.acceleratorsPerNode().getAsInt());
    }
    words.addAll(settings.options());
    words.addAll(LaunchScript.argv("node", List.of("node"), managerCommand));
    return LaunchScript.argv(settings.name(), List.of("wait", "srun"), words);
  }
}
