package dev.drover.provider;

import static java.util.Objects.requireNonNull;

import dev.drover.launcher.Launcher;
import dev.drover.launcher.Launchers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * What a site says of its scheduler.
 *
 * @param name of the provider, as {@link Providers} knows it
 * @param launcher spreads the manager's command over a block
 * @param template the site's own job script template; absent for the one that is shipped under
 *     {@code name}
 * @param commandTimeout after which one scheduler command is given up; more than zero, 30 s by
 *     default
 * @param cancelGrace what a local block gets between TERM and KILL; whole seconds, zero kills at
 *     once, 10 s by default
 */
public record ProviderSettings(
    String name,
    Launcher launcher,
    Optional<Path> template,
    Duration commandTimeout,
    Duration cancelGrace) {

  public ProviderSettings {
    requireNonNull(name, "name");
    requireNonNull(launcher, "launcher");
    requireNonNull(template, "template");
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
        Optional.empty(),
        Duration.ofSeconds(30),
        Duration.ofSeconds(10));
  }
}
