package dev.drover.template;

import static dev.drover.template.GoldenScript.assertParses;
import static dev.drover.template.GoldenScript.assertPleasesShellCheck;
import static dev.drover.template.GoldenScript.golden;
import static dev.drover.template.GoldenScript.largeBlock;
import static dev.drover.template.GoldenScript.plainBlock;
import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.job.JobOptions;
import dev.drover.job.JobSpec;
import dev.drover.job.ResourceSpec;
import java.time.Duration;
import java.util.List;
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
    JobSpec spec = largeBlock("srun", "--ntasks=2", "java", "-jar", "/opt/drover.jar", "two words");
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
    return render(plainBlock(ResourceSpec.ofNodes(1)), JobOptions.NONE);
  }

  private static String render(JobSpec spec, JobOptions options) throws Exception {
    return GoldenScript.render("slurm", spec, options);
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
    assertParses(script);
    assertPleasesShellCheck(script);
  }

  @ParameterizedTest
  @CsvSource({"PT1S, 1", "PT60S, 1", "PT61S, 2", "PT20M, 20", "PT2H, 120", "PT2000H, 120000"})
  void walltime_isWholeMinutes_roundedUp(Duration walltime, String minutes) throws Exception {
    ResourceSpec resources =
        new ResourceSpec(
            1, OptionalInt.empty(), Optional.empty(), OptionalInt.empty(), Optional.of(walltime));
    assertThat(render(plainBlock(resources), JobOptions.NONE))
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
        render(plainBlock(resources), options)
            .lines()
            .filter(line -> line.startsWith("#SBATCH --g"))
            .toList();
    assertThat(asked)
        .isEqualTo(directive.equals("-") ? List.of() : List.of("#SBATCH " + directive));
  }
}
