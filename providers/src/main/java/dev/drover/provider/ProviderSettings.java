package dev.drover.provider;

import static java.util.Objects.requireNonNull;

import dev.drover.job.JobOptions;
import dev.drover.launcher.Launcher;
import dev.drover.launcher.Launchers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What a site says of its scheduler.
 *
 * @param name of the provider, as {@link Providers} knows it
 * @param launcher spreads the manager's command over a block
 * @param options asked of the scheduler for every job
 * @param template the site's own job script template; absent for the one that is shipped under
 *     {@code name}
 * @param directivesSkip directives of the template to leave out, see {@link
 *     dev.drover.template.DirectiveEdits}
 * @param directivesAdd directives to add to the template's
 * @param commandTimeout after which one scheduler command is given up; more than zero, 30 s by
 *     default
 * @param cancelGrace what a local block gets between TERM and KILL; whole seconds, zero kills at
 *     once, 10 s by default
 */
public record ProviderSettings(
    String name,
    Launcher launcher,
    JobOptions options,
    Optional<Path> template,
    List<String> directivesSkip,
    List<String> directivesAdd,
    Duration commandTimeout,
    Duration cancelGrace) {

  public ProviderSettings {
    requireNonNull(name, "name");
    requireNonNull(launcher, "launcher");
    requireNonNull(options, "options");
    requireNonNull(template, "template");
    directivesSkip = List.copyOf(directivesSkip);
    directivesAdd = List.copyOf(directivesAdd);
    if (commandTimeout.isNegative() || commandTimeout.isZero()) {
      throw new IllegalArgumentException(
          "the command timeout is " + commandTimeout + "; give more than zero, such as PT30S");
    }
    if (cancelGrace.isNegative() || cancelGrace.getNano() != 0) {
      throw new IllegalArgumentException(
          "the cancel grace is "
              + cancelGrace
              + "; give whole seconds, zero or more, such as PT10S");
    }
  }

  /** The defaults for a provider. */
  public static ProviderSettings of(String name) {
    return new ProviderSettings(
        name,
        Launchers.of("single-node"),
        JobOptions.NONE,
        Optional.empty(),
        List.of(),
        List.of(),
        Duration.ofSeconds(30),
        Duration.ofSeconds(10));
  }
}
