package dev.drover.template;

import static org.assertj.core.api.Assertions.assertThat;
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
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The Slurm job script as text. That it runs is for the provider's test, on a real cluster. */
class SlurmTemplateTest {
  /** Every wish that a site and a user can have. */
  private static String everything() throws Exception {
    JobSpec spec =
        new JobSpec(
            "drover-b-0007",
            Path.of("/scratch/it's 50% here/b-0007"),
            List.of("srun", "--ntasks=2", "java", "-jar", "/opt/drover.jar", "two words"),
            new ResourceSpec(
                2,
                OptionalInt.of(64),
                Optional.of(ByteSize.parse("1.5GiB")),
                OptionalInt.of(4),
                Optional.of(Duration.ofSeconds(3601))),
            Map.of("OMP_NUM_THREADS", "1"),
            "module load jdk");
    JobOptions options =
        new JobOptions(
            Optional.of("proj 1"),
            Optional.of("standard,long"),
            Optional.of("high"),
            Optional.of("maintenance"),
            Optional.of("[rack1|rack2]&a100"),
            Optional.of("alpha,beta"),
            Optional.of("lustre:1"),
            Optional.of("ignored"),
            Optional.of("ignored"),
            true);
    return render(spec, options);
  }

  private static String nothing() throws Exception {
    return render(spec(ResourceSpec.ofNodes(1)), JobOptions.NONE);
  }

  private static String render(JobSpec spec, JobOptions options) throws Exception {
    return ScriptRenderer.shipped("slurm").render(JobScriptModel.of(spec, options, spec.command()));
  }

  private static JobSpec spec(ResourceSpec resources) {
    return new JobSpec(
        "b-0001", Path.of("/run/b-0001"), List.of("java", "-version"), resources, Map.of(), "");
  }

  private static String golden(String name) throws Exception {
    try (var stream = SlurmTemplateTest.class.getResourceAsStream("/golden/" + name + ".sh")) {
      return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
    }
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
  void scriptWithEverything_isTheGoldenOne() throws Exception {
    assertThat(everything()).isEqualTo(golden("slurm"));
  }

  @Test
  void scriptOfWhichNothingIsAsked_isTheGoldenOne() throws Exception {
    assertThat(nothing()).isEqualTo(golden("slurm-plain"));
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void script_parses_andPleasesShellCheck(boolean all) throws Exception {
    String script = all ? everything() : nothing();
    assertClean(script, "bash", "-n");
    assertClean(script, "shellcheck", "--shell=bash", "-");
  }

  @ParameterizedTest
  @CsvSource({"PT1S, 1", "PT60S, 1", "PT61S, 2", "PT20M, 20", "PT2H, 120", "PT2000H, 120000"})
  void walltime_isWholeMinutes_roundedUp(Duration walltime, String minutes) throws Exception {
    ResourceSpec resources =
        new ResourceSpec(
            1, OptionalInt.empty(), Optional.empty(), OptionalInt.empty(), Optional.of(walltime));
    assertThat(render(spec(resources), JobOptions.NONE))
        .contains("#SBATCH --time=" + minutes + "\n");
  }

  @ParameterizedTest
  @CsvSource({"4,, --gpus-per-node=4", "4, gpu:a100:4, --gres=gpu:a100:4", "0,, -"})
  void accelerators_areAskedForOnce(int count, String gres, String directive) throws Exception {
    ResourceSpec resources =
        new ResourceSpec(
            1, OptionalInt.empty(), Optional.empty(), OptionalInt.of(count), Optional.empty());
    JobOptions none = JobOptions.NONE;
    JobOptions options =
        new JobOptions(
            none.account(),
            none.queue(),
            none.qos(),
            none.reservation(),
            none.constraint(),
            none.clusters(),
            Optional.ofNullable(gres),
            none.selectOptions(),
            none.parallelEnvironment(),
            false);
    List<String> asked =
        render(spec(resources), options)
            .lines()
            .filter(line -> line.startsWith("#SBATCH --g"))
            .toList();
    assertThat(asked)
        .isEqualTo(directive.equals("-") ? List.of() : List.of("#SBATCH " + directive));
  }
}
