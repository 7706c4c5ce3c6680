package dev.drover.launcher;

import dev.drover.job.ResourceSpec;
import java.util.ArrayList;
import java.util.List;

/**
 * Puts the site's own words before the command: a container, say, or a hand-written mpiexec.
 *
 * <p>It runs that once, on the first node. For a block of several nodes the job's standard error
 * says that the others idle unless those words, or the manager, reach them.
 */
public final class WrappedLauncher implements Launcher {
  private final List<String> prefix;

  WrappedLauncher(LauncherSettings settings) {
    new SettingRules(settings).noProgram().noHostFile();
    if (settings.prefix().isEmpty()) {
      throw new LaunchImpossibleException(
          "the wrapped launcher has no words to put before the command; give it a prefix, or take"
              + " simple");
    }
    this.prefix = settings.prefix();
  }

  @Override
  public List<String> launch(List<String> managerCommand, ResourceSpec resources) {
    List<String> words = new ArrayList<>(prefix);
    words.addAll(managerCommand);
    if (resources.nodes() == 1) {
      return List.copyOf(words);
    }
    words.add(0, Integer.toString(resources.nodes()));
    return LaunchScript.argv("wrapped", List.of("wrapped"), words);
  }
}
