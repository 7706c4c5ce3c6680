package dev.drover.cli.inspect;

import java.nio.file.Path;

/** Opens runs to look at them. */
@FunctionalInterface
public interface Runs {
  /**
   * Reads the journal of a run, which may be live.
   *
   * @throws dev.drover.cli.console.StopException if there is no run, or its journal cannot be read
   */
  RunView open(Path runDirectory);
}
