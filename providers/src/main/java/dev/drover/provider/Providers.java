package dev.drover.provider;

import dev.drover.headnode.HeadNode;
import dev.drover.provider.condor.CondorDialect;
import dev.drover.provider.flux.FluxDialect;
import dev.drover.provider.gridengine.GridEngineDialect;
import dev.drover.provider.local.LocalDialect;
import dev.drover.provider.lsf.LsfDialect;
import dev.drover.provider.pbs.PbsProDialect;
import dev.drover.provider.slurm.SlurmDialect;
import dev.drover.provider.torque.TorqueDialect;
import dev.drover.spelling.NearestName;
import dev.drover.template.DirectiveEdits;
import dev.drover.template.ScriptRenderException;
import dev.drover.template.ScriptRenderer;
import java.util.List;

/** The providers by the names that a site file uses. */
public final class Providers {
  /** Every name that {@link #of} knows. */
  public static final List<String> NAMES =
      List.of("local", "pbspro", "torque", "slurm", "flux", "lsf", "gridengine", "condor");

  private Providers() {}

  /**
   * A provider as the settings say.
   *
   * @throws IllegalArgumentException if none has that name, which the message says with the nearest
   *     and all others; or if directives are edited where there are none
   * @throws ScriptRenderException if the template cannot be read
   */
  public static Provider of(ProviderSettings settings, HeadNode headNode)
      throws ScriptRenderException {
    return new BatchProvider(headNode, dialect(settings), scripts(settings));
  }

  /** What makes the job scripts of a provider with these settings; fails as {@link #of} does. */
  public static JobScripts scripts(ProviderSettings settings) throws ScriptRenderException {
    ScriptRenderer renderer =
        settings.template().isPresent()
            ? ScriptRenderer.fromFile(settings.template().get())
            : ScriptRenderer.shipped(settings.name());
    DirectiveEdits edits =
        new DirectiveEdits(
            dialect(settings).directivePrefix(),
            settings.directivesSkip(),
            settings.directivesAdd());
    return new JobScripts(renderer, settings.launcher(), settings.options(), edits);
  }

  private static SchedulerDialect dialect(ProviderSettings settings) {
    return switch (settings.name()) {
      case "local" -> new LocalDialect(settings.commandTimeout(), settings.cancelGrace());
      case "pbspro" -> new PbsProDialect(settings.commandTimeout());
      case "torque" -> new TorqueDialect(settings.commandTimeout());
      case "flux" -> new FluxDialect(settings.commandTimeout());
      case "lsf" -> new LsfDialect(settings.commandTimeout());
      case "slurm" -> new SlurmDialect(settings.commandTimeout(), settings.options().clusters());
      case "gridengine" -> new GridEngineDialect(settings.commandTimeout());
      case "condor" -> new CondorDialect(settings.commandTimeout());
      default ->
          throw new IllegalArgumentException(
              NearestName.unknown("provider", settings.name(), NAMES));
    };
  }
}
