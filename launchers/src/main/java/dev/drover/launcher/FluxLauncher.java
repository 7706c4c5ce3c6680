package dev.drover.launcher;

import dev.drover.job.ResourceSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Starts one manager on each node of a Flux instance with {@code flux run}.
 *
 * <p>Nodes without a task count are whole and exclusive, with all cores and GPUs. Without {@code
 * exit-timeout=none} Flux ends all managers 30 s after the first, even if that ended well; a lost
 * node still ends them all (flux-core 0.88). Job ids are kept in ASCII, which any locale can pass
 * back.
 */
public final class FluxLauncher implements Launcher {
  private static final Set<String> PLACEMENT =
      Set.of("-n", "--ntasks", "-N", "--nodes", "--tasks-per-node", "--tasks-per-core", "--cores");

  private final LauncherSettings settings;

  FluxLauncher(LauncherSettings settings) {
    new SettingRules(settings).noHostFile().noPrefix().noPlacement(PLACEMENT);
    this.settings = settings;
  }

  @Override
  public List<String> launch(List<String> managerCommand, ResourceSpec resources) {
    String nodes = Integer.toString(resources.nodes());
    List<String> argv = new ArrayList<>();
    argv.addAll(List.of("env", "FLUX_F58_FORCE_ASCII=1", settings.program().orElse("flux"), "run"));
    argv.addAll(List.of("-N" + nodes, "--tasks-per-node=1"));
    for (String option :
        List.of("exit-timeout=none", "cpu-affinity=off", "gpu-affinity=off", "pmi=off")) {
      argv.addAll(List.of("-o", option));
    }
    argv.add("--label-io");
    argv.addAll(settings.options());
    argv.addAll(managerCommand);
    return List.copyOf(argv);
  }
}
