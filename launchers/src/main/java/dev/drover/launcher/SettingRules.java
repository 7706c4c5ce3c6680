package dev.drover.launcher;

import java.util.Set;

/** Refuses settings that a launcher would ignore, or that would undo its placement. */
final class SettingRules {
  private final LauncherSettings settings;

  SettingRules(LauncherSettings settings) {
    this.settings = settings;
  }

  /** For a launcher that starts no program of its own. */
  SettingRules noProgram() {
    if (!settings.options().isEmpty()) {
      throw impossible("starts no program that could take options; leave the options out");
    }
    if (settings.program().isPresent()) {
      throw impossible("starts no program of its own; leave the program out");
    }
    return this;
  }

  /** For a launcher that gets the hosts from its scheduler alone. */
  SettingRules noHostFile() {
    if (settings.hostFile().isPresent()) {
      throw impossible(
          "takes the hosts from the scheduler itself and reads no host file; leave it out, or"
              + " take mpiexec, mpirun or gnu-parallel");
    }
    return this;
  }

  /** For every launcher but wrapped. */
  SettingRules noPrefix() {
    if (!settings.prefix().isEmpty()) {
      throw impossible("puts no words before the command; leave the prefix out, or take wrapped");
    }
    return this;
  }

  /** Options that say how many managers there are, or where: that is one on each node. */
  SettingRules noPlacement(Set<String> names) {
    for (String option : settings.options()) {
      if (names.contains(nameOf(option))) {
        throw impossible(
            "starts one manager on each node of the block, which the option \""
                + option
                + "\" would change; leave it out (workers per node are the manager's matter)");
      }
    }
    return this;
  }

  /**
   * The option without its value, where that is in the same word: {@code -n4}, {@code --nodes=4}.
   */
  private static String nameOf(String option) {
    if (option.startsWith("--")) {
      return option.contains("=") ? option.substring(0, option.indexOf('=')) : option;
    }
    return option.matches("-[A-Za-z][0-9]+") ? option.substring(0, 2) : option;
  }

  private LaunchImpossibleException impossible(String why) {
    return new LaunchImpossibleException("the " + settings.name() + " launcher " + why);
  }
}
