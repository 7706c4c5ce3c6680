package dev.drover.template;

import static dev.drover.template.GoldenScript.assertParses;
import static dev.drover.template.GoldenScript.assertPleasesShellCheck;
import static dev.drover.template.GoldenScript.golden;
import static dev.drover.template.GoldenScript.render;
import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.job.ByteSize;
import dev.drover.job.JobOptions;
import dev.drover.job.JobSpec;
import dev.drover.job.ResourceSpec;
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
            true)
        .onFilesystems(Optional.of("home:flare"));
  }

  private static String full(String name) throws Exception {
    return render(name, FULL, options(":system=polaris"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"pbspro", "torque"})
  void scriptOfABlockThatAsksForAll_isTheGoldenOne(String name) throws Exception {
    assertThat(full(name)).isEqualTo(golden(name));
  }

  @ParameterizedTest
  @ValueSource(strings = {"pbspro", "torque"})
  void scriptOfABlockThatAsksForNothing_isTheGoldenOne(String name) throws Exception {
    assertThat(render(name, SMALL, JobOptions.NONE)).isEqualTo(golden(name + "-small"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"pbspro", "torque"})
  void script_parses_andPleasesShellCheck(String name) throws Exception {
    for (String script : List.of(full(name), render(name, SMALL, JobOptions.NONE))) {
      assertParses(script);
      assertPleasesShellCheck(script);
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
