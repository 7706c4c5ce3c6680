package dev.drover.launcher;

import dev.drover.job.ResourceSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Starts one manager on each node with aprun of Cray's ALPS.
 *
 * <p>Not bound to a core ({@code -cc none}), run from the shared file system rather than copied
 * ({@code -b}), and told to go on around failed nodes ({@code -C}). aprun passes TERM and the
 * environment on (HPE's guide to aprun).
 */
public final class AprunLauncher implements Launcher {
  private static final Set<String> PLACEMENT =
      Set.of("-n", "--pes", "-N", "--pes-per-node", "-B", "--batch-args", "-L", "--node-list");

  private final LauncherSettings settings;

  AprunLauncher(LauncherSettings settings) {
    new SettingRules(settings).noHostFile().noPrefix().noPlacement(PLACEMENT);
    this.settings = settings;
  }

  @Override
  public List<String> launch(List<String> managerCommand, ResourceSpec resources) {
    String nodes = Integer.toString(resources.nodes());
    List<String> argv = new ArrayList<>();
    argv.add(settings.program().orElse("aprun"));
    argv.addAll(List.of("-n", nodes, "-N", "1", "-cc", "none", "-b", "-C"));
    argv.addAll(settings.options());
    argv.addAll(managerCommand);
    return List.copyOf(argv);
  }
}
