package dev.drover.launcher;

import dev.drover.job.ResourceSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Starts one manager on each node with GNU parallel (2014 or newer) over ssh without a password:
 * for clusters that have nothing better.
 *
 * <p>The job's directory must be shared by the nodes: command and environment travel in a private
 * file there, and so does the word to end, which each node looks for once a second.
 */
public final class GnuParallelLauncher implements Launcher {
  private static final Set<String> PLACEMENT =
      Set.of(
          "-j",
          "--jobs",
          "-P",
          "--max-procs",
          "-S",
          "--sshlogin",
          "--slf",
          "--sshloginfile",
          "--onall",
          "--nonall",
          "-N",
          "-n",
          "--hgrp",
          "--hostgroups",
          "--retries");

  private final LauncherSettings settings;

  GnuParallelLauncher(LauncherSettings settings) {
    new SettingRules(settings).noPrefix().noPlacement(PLACEMENT);
    this.settings = settings;
  }

  @Override
  public List<String> launch(List<String> managerCommand, ResourceSpec resources) {
    List<String> words = new ArrayList<>();
    words.add(Integer.toString(resources.nodes()));
    words.add(settings.hostFile().orElse(""));
    words.add(settings.program().orElse("parallel"));
    words.add(LaunchScript.text("node"));
    words.add(Integer.toString(settings.options().size()));
    words.addAll(settings.options());
    words.addAll(managerCommand);
    return LaunchScript.argv(settings.name(), List.of("hosts", "wait", "parallel"), words);
  }
}
