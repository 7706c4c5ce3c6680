package dev.drover.provider;

import dev.drover.headnode.HeadNode;
import dev.drover.launcher.Launcher;
import dev.drover.launcher.Launchers;
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
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** The providers by the names that a site file uses. */
public final class Providers {
  /** The provider of hosts without a scheduler; what runs on each of them is a local job. */
  private static final String SSH = "ssh";

  /** Every name that {@link #of} knows. */
  public static final List<String> NAMES =
      List.of("local", "pbspro", "torque", "slurm", "flux", "lsf", "gridengine", "condor", SSH);

  private Providers() {}

  /**
   * A provider as the settings say. For {@code ssh} it is that of one host, the head node given:
   * {@link dev.drover.provider.ssh.SshProvider} has several.
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
            : ScriptRenderer.shipped(settings.name().equals(SSH) ? "local" : settings.name());
    DirectiveEdits edits =
        new DirectiveEdits(
            dialect(settings).directivePrefix(),
            settings.directivesSkip(),
            settings.directivesAdd());
    // A host's script starts the one manager that is there, whatever the block's size.
    Launcher launcher = settings.name().equals(SSH) ? Launchers.of("simple") : settings.launcher();
    return new JobScripts(renderer, launcher, settings.options(), edits);
  }

  /**
   * What asks the scheduler of a provider about itself.
   *
   * @param name of the provider
   * @param timeout for each command
   * @param clusters of Slurm's, with commas between; absent for the head node's own
   * @throws IllegalArgumentException if no provider has that name
   */
  public static SchedulerSurvey survey(
      String name, Duration timeout, Optional<String> clusters, HeadNode headNode) {
    return new SchedulerSurvey(headNode, dialect(name, timeout, clusters, Duration.ZERO));
  }

  private static SchedulerDialect dialect(ProviderSettings settings) {
    return dialect(
        settings.name(),
        settings.commandTimeout(),
        settings.options().clusters(),
        settings.cancelGrace());
  }

  private static SchedulerDialect dialect(
      String name, Duration timeout, Optional<String> clusters, Duration cancelGrace) {
    return switch (name) {
      case "local", SSH -> new LocalDialect(timeout, cancelGrace);
      case "pbspro" -> new PbsProDialect(timeout);
      case "torque" -> new TorqueDialect(timeout);
      case "flux" -> new FluxDialect(timeout);
      case "lsf" -> new LsfDialect(timeout);
      case "slurm" -> new SlurmDialect(timeout, clusters);
      case "gridengine" -> new GridEngineDialect(timeout);
      case "condor" -> new CondorDialect(timeout);
      default -> throw new IllegalArgumentException(NearestName.unknown("provider", name, NAMES));
    };
  }
}
