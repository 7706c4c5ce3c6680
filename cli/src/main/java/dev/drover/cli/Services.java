package dev.drover.cli;

import dev.drover.cli.engine.ExecutorEngine;
import dev.drover.cli.inspect.RunDirectories;
import dev.drover.cli.inspect.Runs;
import dev.drover.cli.journal.JournalRuns;
import dev.drover.cli.run.Engine;
import java.util.Objects;
import java.util.Optional;

/**
 * What the commands stand on.
 *
 * @param engine starts runs; empty = not in this build
 * @param runs reads runs; empty = not in this build
 */
record Services(Optional<Engine> engine, Optional<Runs> runs) {
  Services {
    Objects.requireNonNull(engine);
    Objects.requireNonNull(runs);
  }

  /** The real ones. */
  static Services ofThisBuild() {
    Runs runs = new JournalRuns();
    return new Services(
        Optional.of(new ExecutorEngine(runs, RunDirectories.ROOT)), Optional.of(runs));
  }
}
