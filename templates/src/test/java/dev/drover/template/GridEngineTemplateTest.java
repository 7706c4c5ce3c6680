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

/** Grid Engine's job script as text. */
class GridEngineTemplateTest {
  private static final JobOptions OPTIONS =
      new JobOptions(
          Optional.of("physics"),
          Optional.of("long.q"),
          Optional.empty(),
          Optional.of("12"),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.of("mpi-8"),
          true);

  private static final ResourceSpec LARGE =
      new ResourceSpec(
          1234,
          OptionalInt.of(8),
          Optional.of(ByteSize.parse("16 GiB")),
          OptionalInt.of(4),
          Optional.of(Duration.ofHours(3)));

  private static String render(JobSpec spec, JobOptions options) throws Exception {
    return GoldenScript.render("gridengine", spec, options);
  }

  @Test
  void scriptOfALargeBlock_isTheGoldenOne() throws Exception {
    assertThat(render(poolBlock("/scratch/u/b-0007", LARGE), OPTIONS))
        .isEqualTo(golden("gridengine"));
  }

  /** No comma, colon, blank or dollar sign can be quoted in -o and -e, so the script redirects. */
  @Test
  void scriptOfABlockInAnOddDirectory_isTheGoldenOne() throws Exception {
    assertThat(
            render(poolBlock("/scratch/it's $HOME, y:z", ResourceSpec.ofNodes(1)), JobOptions.NONE))
        .isEqualTo(golden("gridengine-odd-path"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"gridengine", "gridengine-odd-path"})
  void goldenScripts_parse_andPleaseShellCheck(String name) throws Exception {
    assertParses(golden(name));
    assertPleasesShellCheck(golden(name));
  }

  @Test
  void severalNodesWithoutAParallelEnvironment_haveNoScript() {
    assertThatExceptionOfType(ScriptRenderException.class)
        .isThrownBy(() -> render(poolBlock("/scratch/b", ResourceSpec.ofNodes(2)), JobOptions.NONE))
        .withMessage(
            "template templates/gridengine.sh.ftl makes no script for job b-0007: a block of 2"
                + " nodes needs provider.parallel-environment on Grid Engine (qconf -spl lists"
                + " them)");
  }

  @Test
  void parallelEnvironment_getsOneSlotForEachNode_whenCoresAreNotSaid() throws Exception {
    assertThat(render(poolBlock("/scratch/b", ResourceSpec.ofNodes(3)), OPTIONS))
        .contains("#$ -pe mpi-8 3\n")
        .contains("#$ -R y\n")
        .doesNotContain("h_rt");
  }
}
