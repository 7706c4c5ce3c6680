package dev.drover.launcher;

import dev.drover.job.ResourceSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Starts one manager on each host with IBM's jsrun: one resource set a host, which holds all of its
 * CPUs and, unless the block asks for zero accelerators, all of its GPUs.
 *
 * <p>Unbound ({@code -b none}); a manager that fails does not end the others ({@code -X 0}).
 */
public final class JsrunLauncher implements Launcher {
  private static final Set<String> PLACEMENT =
      Set.of(
          "-n",
          "--nrs",
          "-r",
          "--rs_per_host",
          "-a",
          "--tasks_per_rs",
          "-p",
          "--np",
          "-h",
          "-U",
          "--erf_input");

  private final LauncherSettings settings;

  JsrunLauncher(LauncherSettings settings) {
    new SettingRules(settings).noHostFile().noPrefix().noPlacement(PLACEMENT);
    this.settings = settings;
  }

  @Override
  public List<String> launch(List<String> managerCommand, ResourceSpec resources) {
    String nodes = Integer.toString(resources.nodes());
    boolean none = resources.acceleratorsPerNode().orElse(1) == 0;
    List<String> argv = new ArrayList<>();
    argv.add(settings.program().orElse("jsrun"));
    argv.addAll(List.of("-n", nodes, "-r", "1", "-a", "1", "-c", "ALL_CPUS"));
    argv.addAll(List.of("-g", none ? "0" : "ALL_GPUS", "-b", "none", "-X", "0"));
    argv.addAll(settings.options());
    argv.addAll(managerCommand);
    return List.copyOf(argv);
  }
}
