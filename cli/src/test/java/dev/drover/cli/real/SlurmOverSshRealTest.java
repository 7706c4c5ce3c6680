package dev.drover.cli.real;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.headnode.SshServer;
import dev.drover.provider.slurm.SlurmCluster;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A site whose scheduler is asked over SSH: a real Slurm and a real OpenSSH. */
class SlurmOverSshRealTest extends RealTest {
  private static SlurmCluster slurm;
  private static SshServer server;

  @BeforeAll
  static void startTheCluster() {
    slurm = SlurmCluster.shared();
    server = SshServer.start();
  }

  @AfterAll
  static void stopTheServer() {
    if (server != null) {
      server.close();
    }
  }

  /** This machine's own environment knows no Slurm: only the head node's does. */
  @BeforeEach
  void site() {
    drover.write(
        "slurm.properties",
        "site.name = behind-ssh",
        "provider.type = slurm",
        "provider.queue = debug",
        "provider.walltime = 10m",
        "provider.poll-period = 1s",
        "headnode.interchange = here",
        "headnode.identity-file = " + server.directory().resolve("id"),
        "headnode.known-hosts = " + server.knownHosts(),
        "headnode.init = export SLURM_CONF=" + slurm.configuration());
  }

  private static String url() {
    return "ssh://root@127.0.0.1:" + server.port();
  }

  @Test
  void tasks_runOnASlurmThatIsReachedBySsh() throws Exception {
    drover
        .run(
            "run",
            "--site",
            "./slurm.properties",
            "--head-node",
            url(),
            "--array",
            "1-20",
            "--",
            "echo $SLURM_JOB_ID $DROVER_TASK_INDEX >> done")
        .exits(0);
    assertThat(Files.readAllLines(home.resolve("done")))
        .hasSize(20)
        .allMatch(line -> line.matches("[0-9]+ [0-9]+"));
  }

  @Test
  void renderTest_asksTheSchedulerBehindSsh_andLeavesNothingThere() {
    assertThat(
            drover
                .run("render", "--test", "--site", "./slurm.properties", "--head-node", url())
                .exits(0)
                .out())
        .contains(" to start at ", " in partition debug");
    assertThat(server.directory().resolve("home/root/drover-runs")).doesNotExist();
    assertThat(home.resolve("drover-runs")).doesNotExist();
  }

  @Test
  void unknownHostKey_exits3_withFingerprintAndMend_beforeAnythingIsSubmitted() {
    Path nothing = drover.write("known", "");
    drover
        .run(
            "run",
            "--site",
            "./slurm.properties",
            "--head-node",
            url(),
            "--set",
            "headnode.known-hosts=" + nothing,
            "--",
            "true")
        .exits(3)
        .says(
            "the host key of root@127.0.0.1:" + server.port() + " is not known",
            "SHA256:",
            "ssh-keyscan");
  }
}
