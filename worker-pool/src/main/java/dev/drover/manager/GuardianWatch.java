package dev.drover.manager;

import dev.drover.process.Guardian;
import dev.drover.process.GuardianSettings;
import dev.drover.process.ProcessSpawner;
import dev.drover.process.SpawnException;
import dev.drover.protocol.ManagerFacts;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a guardian beside the manager: starts it, lets it hear that the manager lives, and starts
 * another when it is gone. The loop's thread only.
 */
final class GuardianWatch implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(GuardianWatch.class);

  private final ProcessSpawner spawner;
  private final ManagerFacts facts;
  private final Path fenceMarker;
  private final Path scratch;
  private final Path logDirectory;
  private Guardian guardian;

  GuardianWatch(
      ProcessSpawner spawner,
      ManagerFacts facts,
      Path fenceMarker,
      Path scratch,
      Path logDirectory) {
    this.spawner = spawner;
    this.facts = facts;
    this.fenceMarker = fenceMarker;
    this.scratch = scratch;
    this.logDirectory = logDirectory;
  }

  /** Starts the guardian, if there is none. */
  void begin(Patience patience) {
    if (guardian == null) {
      start(patience);
    }
  }

  /** The manager lives. */
  void beat(Patience patience) {
    if (guardian == null) {
      return;
    }
    try {
      guardian.beat();
    } catch (IOException e) {
      log.warn("{}; another one is started", e.getMessage());
      start(patience);
    }
  }

  private void start(Patience patience) {
    try {
      close();
      guardian =
          Guardian.start(
              spawner,
              new GuardianSettings(
                  facts.id().value(),
                  patience.fenceAfter(),
                  fenceMarker,
                  List.of(scratch),
                  logDirectory.resolve(facts.id() + "-guardian.log")));
    } catch (SpawnException e) {
      log.warn(
          "no guardian: {}; should this manager be killed, its tasks' processes stay behind",
          e.getMessage());
    }
  }

  /** The manager ends out of order: nothing of its tasks may live on. */
  void fence() {
    if (guardian != null) {
      guardian.fence();
    }
  }

  @Override
  public void close() {
    if (guardian != null) {
      guardian.close();
    }
  }
}
