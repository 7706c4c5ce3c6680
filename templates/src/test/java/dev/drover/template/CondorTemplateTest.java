package dev.drover.template;

import static dev.drover.template.GoldenScript.assertParses;
import static dev.drover.template.GoldenScript.assertPleasesShellCheck;
import static dev.drover.template.GoldenScript.golden;
import static dev.drover.template.GoldenScript.poolBlock;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.drover.job.ByteSize;
import dev.drover.job.JobOptions;
import dev.drover.job.JobSpec;
import dev.drover.job.ResourceSpec;
import java.time.Duration;
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
    return GoldenScript.render("condor", spec, options);
  }

  @Test
  void scriptOfALargeBlock_isTheGoldenOne() throws Exception {
    assertThat(render(poolBlock("/scratch/u/b-0007", LARGE), OPTIONS)).isEqualTo(golden("condor"));
  }

  /**
   * A dollar sign begins a macro in a submit description, and nothing in the script's own lines.
   */
  @Test
  void scriptOfABlockInAnOddDirectory_isTheGoldenOne() throws Exception {
    assertThat(
            render(
                poolBlock("/scratch/it's $(HOME), y:z", ResourceSpec.ofNodes(1)), JobOptions.NONE))
        .isEqualTo(golden("condor-odd-path"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"condor", "condor-odd-path"})
  void goldenScripts_parse_andPleaseShellCheck(String name) throws Exception {
    assertParses(golden(name));
    assertPleasesShellCheck(golden(name));
  }

  @Test
  void severalNodes_haveNoScript() {
    assertThatExceptionOfType(ScriptRenderException.class)
        .isThrownBy(() -> render(poolBlock("/scratch/b", ResourceSpec.ofNodes(2)), JobOptions.NONE))
        .withMessageContaining("set provider.nodes-per-block = 1 and raise provider.max-blocks");
  }
}
