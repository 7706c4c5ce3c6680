package dev.drover.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.job.ResourceSpec;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The fixed texts as texts. */
class LauncherScriptsTest {
  @TempDir Path directory;

  private void assertPasses(String text, String... check) throws IOException, InterruptedException {
    Path script = Files.writeString(directory.resolve("script.sh"), text + "\n");
    String[] argv = java.util.Arrays.copyOf(check, check.length + 1);
    argv[check.length] = script.toString();
    Process process = new ProcessBuilder(argv).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(said).isZero();
  }

  private static String script(String name) {
    List<String> argv =
        Launchers.of(LauncherSettings.of(name).withPrefix(prefixOf(name)))
            .launch(List.of("manager"), ResourceSpec.ofNodes(3));
    assertThat(argv.subList(0, 2)).containsExactly("bash", "-c");
    assertThat(argv.get(3)).isEqualTo("drover-" + name);
    return argv.get(2);
  }

  private static String[] prefixOf(String name) {
    return name.equals("wrapped") ? new String[] {"env"} : new String[0];
  }

  @ParameterizedTest
  @ValueSource(strings = {"srun", "srun-mpi", "mpiexec", "mpirun", "gnu-parallel", "wrapped"})
  void everyScript_isBash_andPleasesShellCheck(String name) throws Exception {
    assertPasses(script(name), "bash", "-n");
    LauncherBench.assumeInstalled("shellcheck");
    assertPasses(script(name), "shellcheck", "--shell=bash", "--exclude=SC2317");
  }

  @Test
  void theNodesScript_isBash_andPleasesShellCheck() throws Exception {
    assertPasses(LaunchScript.text("node"), "bash", "-n");
    LauncherBench.assumeInstalled("shellcheck");
    assertPasses(LaunchScript.text("node"), "shellcheck", "--shell=bash", "--exclude=SC2317");
  }

  @Test
  void noScript_holdsAValue() {
    ResourceSpec three = ResourceSpec.ofNodes(3);
    ResourceSpec four = ResourceSpec.ofNodes(4);
    for (String name : List.of("srun", "mpiexec", "gnu-parallel")) {
      Launcher launcher = Launchers.of(LauncherSettings.of(name).withOptions("-a", "b"));
      assertThat(launcher.launch(List.of("x"), three).get(2))
          .isEqualTo(launcher.launch(List.of("y", "z"), four).get(2));
    }
  }
}
