package dev.drover.process;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * A manager in miniature, for tests to kill and stop: {@code GuardedManager <pool> <directory>
 * <silence that its guardian bears, seconds>}. It has one task, whose only process left its
 * session, and beats until the file {@code bye} appears.
 */
public final class GuardedManager {
  private GuardedManager() {}

  /** Writes {@code guardian} and {@code task}, files with the pids. */
  public static void main(String[] args) throws Exception {
    Path directory = Path.of(args[1]);
    ProcessSpawner spawner = new ProcessSpawner();
    try (Guardian guardian =
        Guardian.start(
            spawner,
            new GuardianSettings(
                args[0],
                Duration.ofSeconds(Long.parseLong(args[2])),
                directory.resolve("marker"),
                List.of(directory.resolve("scratch")),
                directory.resolve("guardian.log")))) {
      Environment tasks =
          Environment.ofThisProcess().with(ProcessTree.POOL_VARIABLE, args[0]).shared();
      spawner.start(
          SpawnRequest.of(
              List.of("bash", "-c", "setsid bash -c 'echo $$ > task; exec sleep 1000' & wait"),
              tasks,
              directory));
      Files.writeString(directory.resolve("guardian"), guardian.pid() + "\n");
      while (!Files.exists(directory.resolve("bye"))) {
        guardian.beat();
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
      }
    }
  }
}
