package dev.drover.cli.real;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.provider.slurm.SlurmCluster;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * The second ensemble of Aurora's users, as its shipped site file has it, on a real Slurm of ten
 * nodes of its shape. This machine has neither its cpus nor its tiles: that each rank gets its own
 * is what Slurm and the script of ALCF tell the rank.
 */
class AuroraPairsOnSlurmRealTest extends MpiOnSlurmTest {
  private static final int NODES = 10;

  private static SlurmCluster slurm;

  @BeforeAll
  static void startTheCluster() {
    slurm = SlurmCluster.start(NODES, "--cpus", "208", "--gpus", "0");
  }

  @AfterAll
  static void stopTheCluster() {
    if (slurm != null) {
      slurm.close();
    }
  }

  @Override
  SlurmCluster slurm() {
    return slurm;
  }

  @Test
  void fiveTasksOfTwoNodes_runAtOnceInTenNodes_withTwelveRanksOnEach() throws Exception {
    drover.write(
        "slurm.properties",
        SiteLines.ofSlurm(
            "site.name = aurora-on-slurm",
            "site.extends = aurora-mpi",
            "site.required =",
            "provider.queue = long",
            "provider.filesystems =",
            "directives.add =",
            "mpi.launcher = srun"));
    String bind = "--cpu-bind=mask_cpu:" + String.join(",", AuroraShape.boundMasks());
    drover.write("ensemble.jsonl", AuroraShape.pairTasks(7, "", bind, 5));

    start("ensemble.jsonl").end(LONG).exits(0).says("all 7 tasks done");

    Set<String> nodes =
        IntStream.rangeClosed(1, NODES).mapToObj(i -> "node" + i).collect(Collectors.toSet());
    AuroraShape.checkPairs(
        home,
        7,
        "srun --ntasks 24 --ntasks-per-node 12 --nodelist %s --nodes 2 " + bind,
        AuroraShape.boundMasks(),
        nodes,
        5);
    assertThat(blocks()).isEqualTo(1);
    assertThat(slurm.slurm("scontrol", "show", "job", "1")).contains("NumNodes=10");
  }
}
