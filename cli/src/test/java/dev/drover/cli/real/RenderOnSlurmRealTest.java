package dev.drover.cli.real;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.provider.slurm.SlurmCluster;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** {@code drover render --test} on a real Slurm. */
class RenderOnSlurmRealTest extends RealTest {
  private static SlurmCluster slurm;

  @BeforeAll
  static void startTheCluster() {
    slurm = SlurmCluster.shared();
  }

  @BeforeEach
  void site() {
    drover.environment("SLURM_CONF", slurm.configuration().toString());
    drover.write(
        "slurm.properties",
        "site.name = test-slurm",
        "provider.type = slurm",
        "provider.queue = debug",
        "provider.nodes-per-block = 2",
        "provider.walltime = 10m",
        "launcher.type = srun");
  }

  @Test
  void slurmSaysWhenTheJobWouldStart_andHasNoJobOfIt() {
    Drover.Ended asked = drover.run("render", "--test", "--site", "./slurm.properties").exits(0);
    assertThat(asked.out()).contains(" to start at ", " in partition debug");
    assertThat(slurm.slurm("squeue", "-h", "--states=all", "-o", "%j")).doesNotContain(".test-");
    assertThat(home.resolve("drover-runs")).doesNotExist();
  }

  @Test
  void theShippedSiteForAnySlurm_isTaken() {
    Drover.Ended asked =
        drover
            .run(
                "render", "--test", "--site", "generic-slurm", "--set", "provider.cores-per-node=4")
            .exits(0);
    assertThat(asked.out()).contains("using 4 processors on nodes ");
  }

  @Test
  void whatSlurmRefuses_isToldInItsWords_andTheScriptIsKept() throws IOException {
    drover
        .run("render", "--test", "--site", "./slurm.properties", "--set", "provider.queue=debugg")
        .exits(3)
        .says("Slurm refused block", "invalid partition specified: debugg", "set provider.queue");
    try (Stream<Path> kept = Files.walk(home.resolve("drover-runs"))) {
      assertThat(kept.filter(file -> file.endsWith("blocks/b-0001/submit.sh"))).hasSize(1);
    }
  }
}
