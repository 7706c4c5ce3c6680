package dev.drover.cli.run;

import dev.drover.submit.Completion;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** Starts runs. */
@FunctionalInterface
public interface Engine {
  /**
   * What the site of a run says of its tasks before the run is opened.
   *
   * @param site name or file; empty = as {@link #open} finds it
   * @param settings {@code --set key=value}, which win over the site's
   * @param directory the run directory, if one is named
   * @throws dev.drover.cli.console.StopException with exit code 2 for a wrong site or key
   */
  default SiteTerms terms(
      Optional<String> site, Map<String, String> settings, Optional<Path> directory) {
    return SiteTerms.NONE;
  }

  /**
   * Makes or reopens the run directory, reads the site and starts. On return the journal is open,
   * and nothing waits for a block to come up. Of a new run that cannot be started nothing is left,
   * unless it may have begun on a head node: then its directory stays, to be resumed.
   *
   * @param recovered told of the end of tasks that an earlier process submitted
   * @param prepare puts what resuming the run needs into its directory, before anything starts
   * @throws dev.drover.cli.console.StopException with exit code 2 for a wrong site, key or run
   *     directory (also one in use), 3 where disk or network failed
   */
  Ensemble open(RunRequest request, Completion recovered, Consumer<Path> prepare);

  /** The same of a run that is not resumed, or can be already. */
  default Ensemble open(RunRequest request, Completion recovered) {
    return open(request, recovered, directory -> {});
  }
}
