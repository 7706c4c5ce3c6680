package dev.drover.cli.run;

import dev.drover.submit.Completion;

/** Starts runs. */
@FunctionalInterface
public interface Engine {
  /**
   * Makes or reopens the run directory, reads the site and starts. On return the journal is open,
   * and nothing waits for a block to come up.
   *
   * @param recovered told of the end of tasks that an earlier process submitted
   * @throws dev.drover.cli.console.StopException with exit code 2 for a wrong site, key or run
   *     directory (also one in use), 3 where disk or network failed
   */
  Ensemble open(RunRequest request, Completion recovered);
}
