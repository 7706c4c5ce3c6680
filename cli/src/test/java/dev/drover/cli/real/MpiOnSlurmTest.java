package dev.drover.cli.real;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.provider.slurm.SlurmCluster;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** A test of tasks with ranks on a real Slurm; the site is {@code slurm.properties}. */
abstract class MpiOnSlurmTest extends RealTest {
  static final Duration LONG = Duration.ofMinutes(10);

  abstract SlurmCluster slurm();

  @BeforeEach
  void directories() throws IOException {
    Files.createDirectory(home.resolve("up"));
    AuroraShape.writePrograms(home);
    drover.environment("SLURM_CONF", slurm().configuration().toString());
  }

  @AfterEach
  void noJobIsLeft() {
    assertThat(slurm().slurm("squeue", "-h", "-o", "%i %j %T")).isEmpty();
  }

  void site(String... lines) {
    drover.write(
        "slurm.properties",
        SiteLines.over(
            List.of(SiteLines.ofSlurm("provider.cores-per-node = 4", "mpi.launcher = srun")),
            lines));
  }

  /** One manager for a block of so many nodes. */
  void mpiSite(int nodes, String... lines) {
    List<String> all =
        new ArrayList<>(
            List.of(
                "executor.type = mpi",
                "launcher.type = simple",
                "provider.nodes-per-block = " + nodes));
    all.addAll(List.of(lines));
    site(all.toArray(String[]::new));
  }

  Drover.Running start(String tasks) {
    return drover.start("run", "--site", "./slurm.properties", "--run-dir", "r", tasks);
  }

  List<String> lines(String file) {
    Path path = home.resolve(file);
    try {
      return Files.exists(path) ? Files.readAllLines(path) : List.of();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  int blocks() throws IOException {
    try (Stream<Path> blocks = Files.list(home.resolve("r/blocks"))) {
      return (int) blocks.count();
    }
  }
}
