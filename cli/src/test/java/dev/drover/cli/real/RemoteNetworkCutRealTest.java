package dev.drover.cli.real;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.provider.slurm.SlurmCluster;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** A laptop's network is gone for a minute: no end of a connection hears of it from the other. */
class RemoteNetworkCutRealTest extends RealTest {
  private static final int TASKS = 1_000;
  private static final Duration CUT = Duration.ofSeconds(60);

  @Test
  void withAThousandTasksInFlight_theClusterWorksOn_andTheRunComesBackToAllOfThem()
      throws Exception {
    SlurmCluster slurm = SlurmCluster.shared();
    try (LaptopNetwork network = LaptopNetwork.start();
        HeadNodeBehindAGate servers =
            HeadNodeBehindAGate.start("--option", "ListenAddress " + network.address())) {
      servers.letIn(home, network.address());
      drover.fromOneJar().startedBy(network.enter());
      drover.write(
          "slurm.properties",
          SiteLines.ofSlurm(
              "provider.nodes-per-block = 2",
              "launcher.type = srun",
              "worker.max-per-node = 8",
              "worker.cores-per-worker = 0.2",
              "headnode.url = ssh://cluster",
              "headnode.jump = gate",
              "headnode.init = export SLURM_CONF=" + slurm.configuration()));
      Marks marks = new Marks(home.resolve("done"));
      Drover.Running run =
          drover.start(
              "run",
              "--run-dir",
              "r",
              "--site",
              "./slurm.properties",
              "--array",
              "1-" + TASKS,
              "--",
              marks.command() + "; sleep 1.3");
      marks.awaitMoreThan(20);

      network.pull();
      int before = marks.seen().size();
      Thread.sleep(CUT.toMillis()); // the outage itself
      int after = marks.seen().size();
      assertThat(run.process().isAlive()).isTrue();
      network.plugIn();

      run.end()
          .exits(0)
          .says("all 1,000 tasks done", "nothing was heard for 12.0 s", "; it goes on there");
      marks.assertEachOnce(TASKS);
      assertThat(after - before).isGreaterThan(TASKS / 4);
      assertThat(slurm.slurm("squeue", "-h", "-o", "%i %j %T")).isEmpty();
      Processes.assertNoneLeft(servers.home());
    }
  }
}
