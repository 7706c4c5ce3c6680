package dev.drover.cli;

import dev.drover.cli.console.Console;
import dev.drover.cli.engine.ExecutorEngine;
import dev.drover.cli.engine.SiteChoice;
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

  /** The real ones, which tell what a user should know on the console's stderr. */
  static Services ofThisBuild(Console console) {
    Runs runs = new JournalRuns();
    return new Services(
        Optional.of(new ExecutorEngine(runs, RunDirectories.ROOT, SiteChoice.here(console.err()))),
        Optional.of(runs));
  }
}
