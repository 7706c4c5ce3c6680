package dev.drover.mpi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.drover.process.ProcessTree;
import dev.drover.process.SkipAloud;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The prefixes with Debian's MPICH and Open MPI, on this one host; skipped where they are missing.
 */
class MpiLauncherRealTest {
  private static final Path BIN = Path.of("/usr/bin");
  private static final Duration PATIENCE = Duration.ofSeconds(60);

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

  /**
   * What stands for ssh starts each node's part in a session of its own, as sshd does: no signal to
   * the launcher's processes reaches it. Each node has a directory for temporary files of its own:
   * in a shared one, Open MPI's daemons write one file for the host's topology, and one of them may
   * crash (2 of 40 starts of Open MPI 4.1.4, in {@code hwloc_shmem_topology_write}).
   */
  @ParameterizedTest
  @CsvSource({
    "MPIEXEC, mpiexec.mpich, -launcher ssh -launcher-exec %s",
    "OPENMPI, mpirun.openmpi, --oversubscribe --mca plm rsh --mca plm_rsh_agent %s"
  })
  void ranksOnOtherNodes_thatHearNoTerm_areEndedByTheLaunchersDaemons_whenItIsKilled(
      MpiLauncher launcher, String program, String agentOption) throws Exception {
    Path agent = directory.resolve("agent");
    script(
        agent,
        """
        #!/bin/bash
        while [[ $1 == -* ]]; do shift; done
        export TMPDIR=%s/tmp-$1
        mkdir "$TMPDIR"
        shift
        setsid bash -c "$*" <&0 &
        wait
        """
            .formatted(directory));
    Path rank = directory.resolve("rank");
    script(rank, "#!/bin/bash\ntrap '' TERM\ntouch " + directory + "/up-$$\nexec sleep 1000\n");
    Process process =
        start(
            launcher,
            Map.of(
                "num_nodes",
                "2",
                "num_ranks",
                "4",
                "launcher_options",
                agentOption.formatted(agent)),
            List.of("na", "nb"),
            program,
            rank.toString());
    List<Long> ranks = List.of();
    try {
      await()
          .atMost(PATIENCE)
          .untilAsserted(() -> assertThat(up()).as(text(directory.resolve("output"))).hasSize(4));
      ranks = up();
      assertThat(ranks).allMatch(ProcessTree::isRunning);
      List<ProcessHandle> agents = process.children().toList();
      assertThat(agents).hasSize(2);

      process.destroyForcibly();
      agents.forEach(ProcessHandle::destroyForcibly);

      List<Long> all = ranks;
      await().atMost(PATIENCE).until(() -> all.stream().noneMatch(ProcessTree::isRunning));
    } finally {
      process.destroyForcibly();
      ranks.forEach(pid -> ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly));
    }
  }

  /** The ranks that have come up. */
  private List<Long> up() throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.startsWith("up-"))
          .map(name -> Long.valueOf(name.substring(3)))
          .toList();
    }
  }

  private List<String> run(
      MpiLauncher launcher,
      Map<String, String> specification,
      List<String> hosts,
      String program,
      String rank)
      throws Exception {
    Process process =
        start(launcher, specification, hosts, program, "sh -c 'echo rank " + rank + "'");
    try {
      assertThat(process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).as("it ends").isTrue();
    } finally {
      process.destroyForcibly();
    }
    String text = text(directory.resolve("output"));
    assertThat(process.exitValue()).as(text).isZero();
    return text.lines().toList();
  }

  /** As a user writes it: the shell splits the prefix into words. */
  private Process start(
      MpiLauncher launcher,
      Map<String, String> specification,
      List<String> hosts,
      String program,
      String rank)
      throws Exception {
    SkipAloud.unless(
        Files.isExecutable(BIN.resolve(program)),
        BIN.resolve(program) + " is not installed, so its prefix started no ranks");
    String word = program.substring(0, program.indexOf('.'));
    script(directory.resolve(word), "#!/bin/sh\nexec " + BIN.resolve(program) + " \"$@\"\n");
    Map<String, String> variables =
        MpiEnvironment.of(launcher, MpiRequest.of(specification), hosts, hosts);
    ProcessBuilder builder = new ProcessBuilder("bash", "-c", "exec $PARSL_MPI_PREFIX " + rank);
    builder.environment().putAll(variables);
    builder.environment().put("PATH", directory + ":" + System.getenv("PATH"));
    builder.environment().put("TMPDIR", directory.toString());
    builder.environment().put("OMPI_ALLOW_RUN_AS_ROOT", "1");
    builder.environment().put("OMPI_ALLOW_RUN_AS_ROOT_CONFIRM", "1");
    builder.redirectErrorStream(true).redirectOutput(directory.resolve("output").toFile());
    builder.redirectInput(Path.of("/dev/null").toFile());
    return builder.start();
  }

  private static void script(Path file, String text) throws IOException {
    Files.writeString(file, text);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
  }

  private static String text(Path file) throws IOException {
    return Files.readString(file, StandardCharsets.UTF_8);
  }
}
