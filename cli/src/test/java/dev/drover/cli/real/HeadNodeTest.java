package dev.drover.cli.real;

import dev.drover.headnode.SshServer;
import dev.drover.provider.slurm.SlurmCluster;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;

/**
 * A test of runs on the other side of a real OpenSSH, which is this machine under another home. The
 * site is {@code there.properties}: a local provider there, or a real Slurm; two workers a node.
 */
abstract class HeadNodeTest extends RealTest {
  SshServer server;

  @AfterEach
  void stopTheServer() {
    if (server != null) {
      Processes.assertNoneLeft(server.directory().resolve("home"));
      server.close();
    }
  }

  /** Starts the head node, and has runs start from the one jar, which they send there. */
  void startTheHeadNode(String... options) {
    server = SshServer.start(options);
    drover.fromOneJar();
  }

  /** Writes the site, with more lines; one of a key that is there takes its place. */
  void site(String... more) {
    List<String> lines =
        List.of(
            "site.name = there",
            "provider.type = local",
            "worker.max-per-node = 2",
            "worker.cores-per-worker = 0.5",
            "headnode.url = ssh://root@127.0.0.1:" + server.port(),
            "headnode.identity-file = " + server.directory().resolve("id"),
            "headnode.known-hosts = " + server.knownHosts());
    drover.write("there.properties", SiteLines.over(lines, more));
  }

  /** The same where the head node is that of a real Slurm. */
  void siteOnSlurm(SlurmCluster slurm, String... more) {
    String init = "headnode.init = export SLURM_CONF=" + slurm.configuration();
    site(SiteLines.over(List.of(SiteLines.ofSlurm("launcher.type = srun", init)), more));
  }

  /** The home directory there. */
  Path there() {
    return server.directory().resolve("home/root");
  }

  /** The words of a run on that site. */
  static String[] runOf(String directory, String... more) {
    return Stream.concat(
            Stream.of("run", "--run-dir", directory, "--site", "./there.properties"),
            Stream.of(more))
        .toArray(String[]::new);
  }

  Drover.Ended run(String directory, String... more) {
    return drover.run(runOf(directory, more));
  }
}
