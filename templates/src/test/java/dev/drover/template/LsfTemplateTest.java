package dev.drover.template;

import static dev.drover.template.GoldenScript.assertParses;
import static dev.drover.template.GoldenScript.assertPleasesShellCheck;
import static dev.drover.template.GoldenScript.golden;
import static dev.drover.template.GoldenScript.largeBlock;
import static dev.drover.template.GoldenScript.plainBlock;
import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.job.ByteSize;
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

/** The LSF job script as text. */
class LsfTemplateTest {
  /** Every wish that a site and a user can have. */
  private static String everything() throws Exception {
    JobSpec spec = largeBlock("blaunch", "java", "-jar", "/opt/drover.jar", "two words");
    JobOptions options =
        new JobOptions(
            Optional.of("proj 1"),
            Optional.of("pbatch"),
            Optional.of("ignored"),
            Optional.of("maintenance"),
            Optional.of("type==any && hname!='n1'"),
            Optional.of("ignored"),
            Optional.of("ignored"),
            Optional.of("ignored"),
            Optional.of("ignored"),
            true);
    return render(spec, options);
  }

  private static String nothing() throws Exception {
    return render(plainBlock(ResourceSpec.ofNodes(1)), JobOptions.NONE);
  }

  private static String render(JobSpec spec, JobOptions options) throws Exception {
    return GoldenScript.render("lsf", spec, options);
  }

  private static List<String> directives(String script) {
    return GoldenScript.directives("#BSUB", script);
  }

  @Test
  void script_isTheGoldenOne() throws Exception {
    assertThat(everything()).isEqualTo(golden("lsf"));
    assertThat(nothing()).isEqualTo(golden("lsf-plain"));
  }

  @Test
  void script_parses() throws Exception {
    assertParses(everything());
    assertParses(nothing());
  }

  @Test
  void script_pleasesShellCheck() throws Exception {
    assertPleasesShellCheck(everything());
    assertPleasesShellCheck(nothing());
  }

  @Test
  void sitesEdits_reachTheDirectives() throws Exception {
    DirectiveEdits edits =
        new DirectiveEdits("#BSUB", List.of("-R \"rusage[mem"), List.of("-alloc_flags smt4"));
    assertThat(edits.idleSkips(everything())).isEmpty();
    assertThat(directives(edits.apply(everything())))
        .contains("#BSUB -alloc_flags smt4", "#BSUB -R \"span[ptile=64]\"")
        .noneMatch(line -> line.contains("rusage"));
  }

  /** As on CORAL machines, where the nodes bring all that they have. */
  @Test
  void nodesWithoutCores_areWholeNodes() throws Exception {
    ResourceSpec noCores =
        new ResourceSpec(
            3,
            OptionalInt.empty(),
            Optional.of(ByteSize.parse("1GiB")),
            OptionalInt.of(6),
            Optional.empty());
    assertThat(directives(render(plainBlock(noCores), JobOptions.NONE)))
        .containsExactly(
            "#BSUB -J b-0001", "#BSUB -nnodes 3", "#BSUB -rn", "#BSUB -o scheduler-output");
  }

  @Test
  void nodesWithCores_areSlots() throws Exception {
    assertThat(directives(everything()))
        .contains("#BSUB -n 128", "#BSUB -R \"span[ptile=64]\"", "#BSUB -gpu \"num=4\"")
        .noneMatch(line -> line.contains("nnodes"));
  }

  @ParameterizedTest
  @CsvSource({
    "1, 0:01",
    "60, 0:01",
    "61, 0:02",
    "3540, 0:59",
    "3541, 1:00",
    "3600, 1:00",
    "3601, 1:01",
    "86400, 24:00",
    "36000000, 10000:00"
  })
  void walltime_isHoursAndMinutes_roundedUp(long seconds, String limit) throws Exception {
    ResourceSpec timed =
        new ResourceSpec(
            1,
            OptionalInt.empty(),
            Optional.empty(),
            OptionalInt.empty(),
            Optional.of(Duration.ofSeconds(seconds)));
    assertThat(directives(render(plainBlock(timed), JobOptions.NONE)))
        .contains("#BSUB -W " + limit);
  }

  /** Before anything can print: LSF keeps the rest, and gives it out at the end. */
  @Test
  void script_writesItsOwnOutput_fromTheFirstCommandOn() throws Exception {
    assertThat(nothing().lines().filter(line -> !line.isBlank() && !line.startsWith("#")))
        .first()
        .isEqualTo("exec >/run/b-0001/stdout 2>/run/b-0001/stderr || exit 1");
  }
}
