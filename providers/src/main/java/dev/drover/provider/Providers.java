package dev.drover.provider;

import dev.drover.headnode.HeadNode;
import dev.drover.launcher.NearestName;
import dev.drover.provider.local.LocalDialect;
import dev.drover.template.ScriptRenderException;
import dev.drover.template.ScriptRenderer;
import java.util.List;

/** The providers by the names that a site file uses. */
public final class Providers {
  /** Every name that {@link #of} knows. */
  public static final List<String> NAMES = List.of("local");

  private Providers() {}

  /**
   * A provider as the settings say.
   *
   * @throws IllegalArgumentException if none has that name; the message names the nearest and all
   *     others
   * @throws ScriptRenderException if the template cannot be read
   */
  public static Provider of(ProviderSettings settings, HeadNode headNode)
      throws ScriptRenderException {
    SchedulerDialect dialect =
        switch (settings.name()) {
          case "local" -> new LocalDialect(settings.commandTimeout(), settings.cancelGrace());
          default ->
              throw new IllegalArgumentException(
                  NearestName.unknown("provider", settings.name(), NAMES));
        };
    ScriptRenderer renderer =
        settings.template().isPresent()
            ? ScriptRenderer.fromFile(settings.template().get())
            : ScriptRenderer.shipped(settings.name());
    return new BatchProvider(headNode, dialect, renderer, settings.launcher());
  }
}
