package dev.drover.mpi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The prefixes with Debian's MPICH and Open MPI, on this one host; skipped where they are missing.
 */
class MpiLauncherRealTest {
  private static final Path BIN = Path.of("/usr/bin");

  @TempDir Path directory;

  /** Its fork launcher takes any host to be this one. */
  @Test
  void mpich_startsTwoRanksOnEachOfTwoNodes() throws Exception {
    List<String> ranks =
        run(
            MpiLauncher.MPIEXEC,
            Map.of("num_nodes", "2", "num_ranks", "4", "launcher_options", "-launcher fork"),
            List.of("na", "nb"),
            "mpiexec.mpich",
            "$PMI_RANK of $PMI_SIZE, $MPI_LOCALRANKID on its node");
    assertThat(ranks)
        .contains(
            "rank 0 of 4, 0 on its node",
            "rank 1 of 4, 1 on its node",
            "rank 2 of 4, 0 on its node",
            "rank 3 of 4, 1 on its node");
  }

  @Test
  void openMpi_startsMoreRanksThanItWouldByItself() throws Exception {
    List<String> ranks =
        run(
            MpiLauncher.OPENMPI,
            Map.of("num_nodes", "1", "num_ranks", "3"),
            List.of("localhost"),
            "mpirun.openmpi",
            "$OMPI_COMM_WORLD_RANK of $OMPI_COMM_WORLD_SIZE");
    assertThat(ranks).contains("rank 0 of 3", "rank 1 of 3", "rank 2 of 3");
  }

  /** As a user writes it: the shell splits the prefix into words. */
  private List<String> run(
      MpiLauncher launcher,
      Map<String, String> specification,
      List<String> hosts,
      String program,
      String rank)
      throws Exception {
    assumeTrue(Files.isExecutable(BIN.resolve(program)), program + " is not installed");
    String word = program.substring(0, program.indexOf('.'));
    Path script = directory.resolve(word);
    Files.writeString(script, "#!/bin/sh\nexec " + BIN.resolve(program) + " \"$@\"\n");
    Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwx------"));
    Map<String, String> variables =
        MpiEnvironment.of(launcher, MpiRequest.of(specification), hosts, hosts);
    ProcessBuilder builder =
        new ProcessBuilder("bash", "-c", "$PARSL_MPI_PREFIX sh -c 'echo rank " + rank + "'");
    builder.environment().putAll(variables);
    builder.environment().put("PATH", directory + ":" + System.getenv("PATH"));
    builder.environment().put("OMPI_ALLOW_RUN_AS_ROOT", "1");
    builder.environment().put("OMPI_ALLOW_RUN_AS_ROOT_CONFIRM", "1");
    Path output = directory.resolve("output");
    builder.redirectErrorStream(true).redirectOutput(output.toFile());
    builder.redirectInput(Path.of("/dev/null").toFile());
    Process process = builder.start();
    try {
      assertThat(process.waitFor(60, TimeUnit.SECONDS)).as("it ends").isTrue();
    } finally {
      process.destroyForcibly();
    }
    String text = text(output);
    assertThat(process.exitValue()).as(text).isZero();
    return text.lines().toList();
  }

  private static String text(Path file) throws IOException {
    return Files.readString(file, StandardCharsets.UTF_8);
  }
}
