package dev.drover.cli.real;

import dev.drover.headnode.SkipAloud;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;

/**
 * A test on a toy PBS whose nodes have names as Aurora's and are all this machine. What starts
 * processes on the nodes knows the options of Aurora's mpiexec, and MPICH does it.
 */
abstract class PalsOnPbsTest extends RealTest {
  private static final Path TOY = Path.of("../providers/src/test/toy").toAbsolutePath().normalize();

  final List<String> nodes =
      IntStream.rangeClosed(0, 9).mapToObj(i -> "x4102c0s%db0n0".formatted(i)).toList();
  Path state;

  @BeforeEach
  void pbs() throws Exception {
    skipUnless("unshare --uts true", "hosts with names of their own need root's rights");
    skipUnless("command -v mpiexec.mpich", "not installed: mpiexec.mpich (Debian: mpich)");
    state = Files.createDirectory(home.resolve("pbs"));
    Files.write(state.resolve("hosts"), nodes);
    drover.environment("TOY_STATE", state.toString());
    drover.environment(
        "PATH",
        TOY.resolve("bin-pbs") + ":" + TOY.resolve("bin-pals") + ":" + System.getenv("PATH"));
  }

  private static void skipUnless(String command, String reason) throws Exception {
    Process process =
        new ProcessBuilder("sh", "-c", command)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    SkipAloud.unless(
        process.waitFor() == 0, reason + ", so no ranks were started on the nodes of a toy PBS");
  }
}
