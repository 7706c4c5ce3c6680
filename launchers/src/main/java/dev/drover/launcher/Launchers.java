package dev.drover.launcher;

import dev.drover.spelling.NearestName;
import java.util.List;

/** The launchers by the names that a site file uses. */
public final class Launchers {
  /** Every name that {@link #of(LauncherSettings)} knows. */
  public static final List<String> NAMES =
      List.of(
          "simple",
          "single-node",
          "srun",
          "srun-mpi",
          "mpiexec",
          "mpirun",
          "flux",
          "aprun",
          "jsrun",
          "gnu-parallel",
          "wrapped");

  private Launchers() {}

  /**
   * The launcher of that name, with its defaults.
   *
   * @throws IllegalArgumentException if there is none; the message names the nearest and all others
   * @throws LaunchImpossibleException for wrapped, which has no defaults
   */
  public static Launcher of(String name) {
    return of(LauncherSettings.of(name));
  }

  /**
   * The launcher that these settings describe.
   *
   * @throws IllegalArgumentException if there is none of that name; the message names the nearest
   * @throws LaunchImpossibleException if a setting means nothing to that launcher, or would place
   *     managers otherwise than one on each node
   */
  public static Launcher of(LauncherSettings settings) {
    return switch (settings.name()) {
      case "simple" -> {
        new SettingRules(settings).noProgram().noHostFile().noPrefix();
        yield new SimpleLauncher();
      }
      case "single-node" -> {
        new SettingRules(settings).noProgram().noHostFile().noPrefix();
        yield new SingleNodeLauncher();
      }
      case "srun" -> SrunLauncher.oneStep(settings);
      case "srun-mpi" -> SrunLauncher.stepForEachNode(settings);
      case "mpiexec", "mpirun" -> new MpiLauncher(settings);
      case "flux" -> new FluxLauncher(settings);
      case "aprun" -> new AprunLauncher(settings);
      case "jsrun" -> new JsrunLauncher(settings);
      case "gnu-parallel" -> new GnuParallelLauncher(settings);
      case "wrapped" -> new WrappedLauncher(settings);
      default ->
          throw new IllegalArgumentException(
              NearestName.unknown("launcher", settings.name(), NAMES));
    };
  }
}
