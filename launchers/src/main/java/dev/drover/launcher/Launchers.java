package dev.drover.launcher;

import java.util.List;

/** The launchers by the names that a site file uses. */
public final class Launchers {
  /** Every name that {@link #of} knows. */
  public static final List<String> NAMES = List.of("simple", "single-node");

  private Launchers() {}

  /**
   * The launcher of that name.
   *
   * @throws IllegalArgumentException if there is none; the message names the nearest and all others
   */
  public static Launcher of(String name) {
    return switch (name) {
      case "simple" -> new SimpleLauncher();
      case "single-node" -> new SingleNodeLauncher();
      default -> throw new IllegalArgumentException(NearestName.unknown("launcher", name, NAMES));
    };
  }
}
