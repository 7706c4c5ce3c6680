package dev.drover.executor;

import dev.drover.interchange.ClientAddresses;
import dev.drover.journal.RunDirectory;
import dev.drover.remote.LinkSettings;
import dev.drover.remote.RemoteInterchange;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * The head node of a test: an interchange in a process of its own, found through its run directory,
 * and started again when it is dead.
 */
final class RemoteHost implements RemoteInterchange {
  /** Notices a loss after some seconds, and waits for the end as long as users do. */
  static final LinkSettings QUICK = link(Duration.ofSeconds(20));

  static LinkSettings link(Duration endPatience) {
    return new LinkSettings(
        Duration.ofMillis(200),
        Duration.ofSeconds(3),
        Duration.ofMillis(50),
        Duration.ofMillis(500),
        endPatience);
  }

  final Path run;
  private final Path out;
  private final List<String> settings;
  private Process process;
  private int starts;

  /** What lies between; by default nothing. */
  volatile java.util.function.UnaryOperator<Addresses> network = addresses -> addresses;

  RemoteHost(Path home, String... more) throws IOException {
    this.run = home.resolve("remote");
    this.out = home.resolve("host.out");
    this.settings =
        new ArrayList<>(
            List.of(
                "worker.kill-grace=1s",
                "worker.max-per-node=2",
                "worker.cores-per-worker=0.5",
                "executor.heartbeat-period=500ms",
                "executor.heartbeat-threshold=10s",
                "worker.working-dir=" + Files.createDirectories(home.resolve("work"))));
    this.settings.addAll(List.of(more));
  }

  @Override
  public synchronized Addresses connect() throws IOException {
    if (process == null ? !isLive() : !process.isAlive()) {
      Files.deleteIfExists(run.resolve("keys/submission"));
      process = HostMain.start(run, out, settings.toArray(String[]::new));
      starts++;
    }
    while (!Files.exists(run.resolve("keys/submission"))) {
      if (process != null && !process.isAlive()) {
        throw new IOException("it ended at once: " + output());
      }
      try {
        wait(20);
      } catch (InterruptedException e) {
        throw new IOException(e);
      }
    }
    List<String> found = ClientAddresses.readForSubmitters(run.resolve("keys")).addresses();
    return network.apply(new Addresses(found.get(0), found.get(1)));
  }

  /** One that another process started. */
  private boolean isLive() throws IOException {
    return Files.exists(run.resolve("lock")) && RunDirectory.view(run).holder().isPresent();
  }

  @Override
  public Path keys() {
    return run.resolve("keys");
  }

  synchronized Process process() {
    return process;
  }

  synchronized int starts() {
    return starts;
  }

  String output() throws IOException {
    return Files.readString(out);
  }

  @Override
  public void close() {}
}
