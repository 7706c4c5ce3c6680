package dev.drover.site;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MpiRulesTest {
  @TempDir Path folder;
  private SiteFiles files;

  @BeforeEach
  void openFolder() {
    files = new SiteFiles(folder, Map.of());
  }

  @Test
  void keysOfMpiTasks_haveTheirDefaults_andAreRead() {
    Site plain = files.read("");
    assertThat(plain.get(SiteKeys.EXECUTOR_TYPE)).isEqualTo(SiteKeys.ExecutorType.HTEX);
    assertThat(plain.get(SiteKeys.MPI_LAUNCHER)).isEqualTo(SiteKeys.MpiLauncherType.MPIEXEC);
    assertThat(plain.get(SiteKeys.MPI_MAX_WORKERS_PER_BLOCK)).isEqualTo(1);
    assertThat(plain.get(SiteKeys.MPI_MAX_LAUNCHES_PER_BLOCK)).isZero();
    assertThat(plain.get(SiteKeys.MPI_NODE_FILE)).isEmpty();
    Site aurora =
        files.read(
            "executor.type = mpi\nlauncher.type = simple\nprovider.nodes-per-block = 10\n"
                + "mpi.max-workers-per-block = 5\nmpi.max-launches-per-block = 1000\n");
    assertThat(aurora.get(SiteKeys.MPI_MAX_WORKERS_PER_BLOCK)).isEqualTo(5);
    assertThat(aurora.get(SiteKeys.MPI_MAX_LAUNCHES_PER_BLOCK)).isEqualTo(1000);
    assertThat(files.problems("mpi.launcher = mpirun\n"))
        .containsExactly(
            "mine.properties:1: mpi.launcher: 'mpirun' is not one of mpiexec, openmpi, srun, aprun, jsrun, flux, ibrun; did you mean 'aprun'?");
  }

  @Test
  void mpiExecutor_needsTheSimpleLauncher_andSaysHowToSetIt() {
    assertThat(files.problems("executor.type = mpi\nlauncher.type = mpiexec\n"))
        .containsExactly(
            "mine.properties:2: launcher.type: is mpiexec, and executor.type = mpi has one manager,"
                + " on the first node of a block; set launcher.type = simple");
    assertThat(files.problems("executor.type = mpi\n"))
        .containsExactly(
            "mine.properties:1: launcher.type: is single-node by default, and executor.type = mpi has"
                + " one manager, on the first node of a block; set launcher.type = simple");
  }

  @Test
  void keysOfWorkers_areRefusedBesideMpi_allAtOnce() {
    assertThat(
            files.problems(
                "executor.type = mpi\nlauncher.type = simple\nworker.max-per-node = 12\n"
                    + "worker.cpu-affinity = block\nexecutor.prefetch = 3\n"))
        .hasSize(3)
        .allMatch(problem -> problem.contains("is nothing to executor.type = mpi"))
        .anyMatch(problem -> problem.startsWith("mine.properties:3: worker.max-per-node: "))
        .anyMatch(problem -> problem.startsWith("mine.properties:5: executor.prefetch: "));
    assertThat(files.problems("mpi.max-workers-per-block = 5\n"))
        .containsExactly(
            "mine.properties:1: mpi.max-workers-per-block: is nothing to executor.type = htex, where"
                + " free nodes alone count; remove it, or set executor.type = mpi");
  }

  @Test
  void aMachinesFile_servesBothKindsOfExecutor() {
    files.write(
        "machine.properties", "worker.available-accelerators = 12\nlauncher.type = mpiexec\n");
    Path mine =
        files.write(
            "mine.properties",
            "site.extends = machine.properties\nexecutor.type = mpi\nlauncher.type = simple\n");
    assertThat(files.problems(mine, List.of())).isEmpty();
    assertThat(files.problems(mine, List.of(), "worker.max-per-node=2"))
        .containsExactly(
            "--set: worker.max-per-node: is nothing to executor.type = mpi, whose tasks have whole nodes;"
                + " remove it");
  }
}
