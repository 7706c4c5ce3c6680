package dev.drover.template;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.drover.job.ByteSize;
import dev.drover.job.JobOptions;
import dev.drover.job.JobSpec;
import dev.drover.job.ResourceSpec;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** HTCondor's job script as text. */
class CondorTemplateTest {
  private static final JobOptions OPTIONS =
      new JobOptions(
          Optional.of("physics.alice"),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.of("(OpSysAndVer == \"AlmaLinux9\") && (Cpus >= 8)"),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          false);

  private static final ResourceSpec LARGE =
      new ResourceSpec(
          1,
          OptionalInt.of(8),
          Optional.of(ByteSize.parse("16 GiB")),
          OptionalInt.of(4),
          Optional.of(Duration.ofHours(3)));

  private static String render(JobSpec spec, JobOptions options) throws Exception {
    return ScriptRenderer.shipped("condor")
        .render(JobScriptModel.of(spec, options, spec.command()));
  }

  private static JobSpec spec(String directory, ResourceSpec resources) {
    return new JobSpec(
        "b-0007",
        Path.of(directory),
        List.of("java", "-jar", "/opt/drover.jar", "worker-pool", "--name", "two words"),
        resources,
        Map.of("OMP_NUM_THREADS", "1"),
        "module load java");
  }

  private static String golden(String name) throws Exception {
    return new String(
        CondorTemplateTest.class.getResourceAsStream("/golden/" + name).readAllBytes(),
        StandardCharsets.UTF_8);
  }

  /** Runs a tool over the script's text; the test is skipped, aloud, where the tool is missing. */
  private static void assertClean(String script, String... tool) throws Exception {
    boolean present = new ProcessBuilder("which", tool[0]).start().waitFor() == 0;
    if (!present) {
      System.out.println(
          "SKIPPED: " + tool[0] + " is not installed, so the script was not checked by it");
    }
    assumeTrue(present, tool[0] + " is not installed");
    Process process = new ProcessBuilder(tool).redirectErrorStream(true).start();
    try (var stdin = process.getOutputStream()) {
      stdin.write(script.getBytes(StandardCharsets.UTF_8));
    }
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(said).isZero();
  }

  @Test
  void scriptOfALargeBlock_isTheGoldenOne() throws Exception {
    assertThat(render(spec("/scratch/u/b-0007", LARGE), OPTIONS)).isEqualTo(golden("condor.sh"));
  }

  /**
   * A dollar sign begins a macro in a submit description, and nothing in the script's own lines.
   */
  @Test
  void scriptOfABlockInAnOddDirectory_isTheGoldenOne() throws Exception {
    assertThat(render(spec("/scratch/it's $(HOME), y:z", ResourceSpec.ofNodes(1)), JobOptions.NONE))
        .isEqualTo(golden("condor-odd-path.sh"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"condor.sh", "condor-odd-path.sh"})
  void goldenScripts_parse_andPleaseShellCheck(String name) throws Exception {
    assertClean(golden(name), "bash", "-n");
    assertClean(golden(name), "shellcheck", "--shell=bash", "-");
  }

  @Test
  void severalNodes_haveNoScript() {
    assertThatExceptionOfType(ScriptRenderException.class)
        .isThrownBy(() -> render(spec("/scratch/b", ResourceSpec.ofNodes(2)), JobOptions.NONE))
        .withMessageContaining("set provider.nodes-per-block = 1 and raise provider.max-blocks");
  }
}
