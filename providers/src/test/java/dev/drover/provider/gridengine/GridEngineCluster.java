package dev.drover.provider.gridengine;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.drover.headnode.Command;
import dev.drover.headnode.CommandResult;
import dev.drover.headnode.LocalHeadNode;
import dev.drover.provider.CountingHeadNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * A real Grid Engine on this machine, which src/test/clusters/gridengine brings up once for all
 * tests of this JVM, and takes down when the JVM is gone, however it went.
 */
final class GridEngineCluster {
  private static final Path SCRIPT = Path.of("src/test/clusters/gridengine").toAbsolutePath();
  private static final Duration PATIENCE = Duration.ofSeconds(90);

  private static GridEngineCluster shared;
  private static String whyNot;

  private final Path state;

  private GridEngineCluster(Path state) {
    this.state = state;
  }

  /** The cluster; where there can be none the test is skipped, aloud. */
  static synchronized GridEngineCluster up() throws Exception {
    if (shared == null && whyNot == null) {
      start();
    }
    if (whyNot != null) {
      System.out.println("SKIPPED: no Grid Engine here, so nothing was tried on it: " + whyNot);
    }
    assumeTrue(whyNot == null, whyNot);
    return shared;
  }

  private static void start() throws Exception {
    Path state = Files.createTempDirectory("drover-gridengine");
    // The script makes it, and removes what it made.
    Files.delete(state);
    GridEngineCluster cluster = new GridEngineCluster(state);
    CommandResult result =
        cluster.script("--while", Long.toString(ProcessHandle.current().pid()), "up");
    if (result.succeeded()) {
      shared = cluster;
    } else {
      whyNot = result.stderr().strip();
    }
  }

  private CommandResult script(String... words) throws IOException {
    List<String> argv = new ArrayList<>(List.of(SCRIPT.toString(), "--state", state.toString()));
    argv.addAll(List.of(words));
    return new LocalHeadNode().run(Command.of(PATIENCE, argv));
  }

  /** Stops or starts a daemon, in the words of the script. */
  void ctl(String word) throws IOException {
    require(script("ctl", word));
  }

  /** What a command of Grid Engine prints, which must succeed. */
  String say(String... argv) throws IOException {
    CommandResult result = headNode().run(Command.of(PATIENCE, List.of(argv)));
    require(result);
    return result.stdout();
  }

  private static void require(CommandResult result) {
    if (!result.succeeded()) {
      throw new AssertionError(result.toString());
    }
  }

  CountingHeadNode headNode() {
    return new CountingHeadNode("PATH=" + state.resolve("bin") + ":" + System.getenv("PATH"));
  }
}
