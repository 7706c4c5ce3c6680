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
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The job scripts of PBS Professional and Torque, whole. */
class PbsTemplatesTest {
  private static final JobSpec SMALL =
      new JobSpec(
          "b-0007",
          Path.of("/scratch/b-0007"),
          List.of("java", "-jar", "/opt/drover.jar", "worker-pool"),
          ResourceSpec.ofNodes(1),
          Map.of(),
          "");

  private static final JobSpec FULL =
      new JobSpec(
          "b-0007",
          Path.of("/scratch/it's here/b-0007"),
          List.of("pbsdsh", "--", "java", "-jar", "/opt/drover.jar", "worker-pool"),
          new ResourceSpec(
              1234,
              OptionalInt.of(64),
              Optional.of(ByteSize.ofMebibytes(512_000)),
              OptionalInt.of(4),
              Optional.of(Duration.ofSeconds(123 * 3600 + 4 * 60 + 5))),
          Map.of("GREETING", "hello $USER"),
          "module load jdk");

  private static JobOptions options(String selectOptions) {
    JobOptions none = JobOptions.NONE;
    return new JobOptions(
        Optional.of("My Project"),
        Optional.of("prod"),
        Optional.of("high"),
        none.reservation(),
        none.constraint(),
        none.clusters(),
        none.gres(),
        Optional.of(selectOptions),
        none.parallelEnvironment(),
        true);
  }

  private static String render(String name, JobSpec spec, JobOptions options) throws Exception {
    return ScriptRenderer.shipped(name).render(JobScriptModel.of(spec, options, spec.command()));
  }

  private static String full(String name) throws Exception {
    return render(name, FULL, options(":system=polaris"));
  }

  private static void assertGolden(String script, String name) throws Exception {
    try (var stream = PbsTemplatesTest.class.getResourceAsStream("/golden/" + name)) {
      assertThat(script).isEqualTo(new String(stream.readAllBytes(), StandardCharsets.UTF_8));
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

  @ParameterizedTest
  @ValueSource(strings = {"pbspro", "torque"})
  void scriptOfABlockThatAsksForAll_isTheGoldenOne(String name) throws Exception {
    assertGolden(full(name), name + ".sh");
  }

  @ParameterizedTest
  @ValueSource(strings = {"pbspro", "torque"})
  void scriptOfABlockThatAsksForNothing_isTheGoldenOne(String name) throws Exception {
    assertGolden(render(name, SMALL, JobOptions.NONE), name + "-small.sh");
  }

  @ParameterizedTest
  @ValueSource(strings = {"pbspro", "torque"})
  void script_parses_andPleasesShellCheck(String name) throws Exception {
    for (String script : List.of(full(name), render(name, SMALL, JobOptions.NONE))) {
      assertClean(script, "bash", "-n");
      assertClean(script, "shellcheck", "--shell=bash", "-");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"pbspro", "torque"})
  void directives_allStandAboveTheFirstCommand(String name) throws Exception {
    String script = full(name);
    int first = script.indexOf("\nexec ");
    assertThat(script.substring(first)).doesNotContain("#PBS");
    assertThat(script).doesNotContain("-V\n").contains("#PBS -r n\n").doesNotContain("\r");
  }

  @ParameterizedTest
  @CsvSource({"pbspro, ngpus=2:system=x, ngpus", "torque, gpus=2:bigmem, gpus"})
  void siteThatNamesItsAccelerators_isNotOverruled(String name, String select, String word)
      throws Exception {
    String script = render(name, FULL, options(select));
    assertThat(script).contains(":" + select + "\n").doesNotContain(word + "=4");
  }

  @Test
  void walltime_isWrittenInAnyCountryAsPbsReadsIt() throws Exception {
    Locale before = Locale.getDefault();
    Locale.setDefault(Locale.forLanguageTag("ar-EG"));
    try {
      assertThat(full("pbspro")).contains("#PBS -l walltime=123:04:05\n");
    } finally {
      Locale.setDefault(before);
    }
  }
}
