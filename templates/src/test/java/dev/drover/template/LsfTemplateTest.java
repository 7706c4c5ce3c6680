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

/** The LSF job script as text. */
class LsfTemplateTest {
  /** Every wish that a site and a user can have. */
  private static String everything() throws Exception {
    JobSpec spec =
        new JobSpec(
            "drover-b-0007",
            Path.of("/scratch/it's 50% here/b-0007"),
            List.of("blaunch", "java", "-jar", "/opt/drover.jar", "two words"),
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
    return render(spec(ResourceSpec.ofNodes(1)), JobOptions.NONE);
  }

  private static String render(JobSpec spec, JobOptions options) throws Exception {
    return ScriptRenderer.shipped("lsf").render(JobScriptModel.of(spec, options, spec.command()));
  }

  private static JobSpec spec(ResourceSpec resources) {
    return new JobSpec(
        "b-0001", Path.of("/run/b-0001"), List.of("java", "-version"), resources, Map.of(), "");
  }

  private static String golden(String name) throws Exception {
    try (var stream = LsfTemplateTest.class.getResourceAsStream("/golden/" + name + ".sh")) {
      return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private static List<String> directives(String script) {
    return script.lines().filter(line -> line.startsWith("#BSUB ")).toList();
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
  void script_isTheGoldenOne() throws Exception {
    assertThat(everything()).isEqualTo(golden("lsf"));
    assertThat(nothing()).isEqualTo(golden("lsf-plain"));
  }

  @Test
  void script_parses() throws Exception {
    assertClean(everything(), "bash", "-n");
    assertClean(nothing(), "bash", "-n");
  }

  @Test
  void script_pleasesShellCheck() throws Exception {
    assertClean(everything(), "shellcheck", "--shell=bash", "-");
    assertClean(nothing(), "shellcheck", "--shell=bash", "-");
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
    assertThat(directives(render(spec(noCores), JobOptions.NONE)))
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
    assertThat(directives(render(spec(timed), JobOptions.NONE))).contains("#BSUB -W " + limit);
  }

  /** Before anything can print: LSF keeps the rest, and gives it out at the end. */
  @Test
  void script_writesItsOwnOutput_fromTheFirstCommandOn() throws Exception {
    assertThat(nothing().lines().filter(line -> !line.isBlank() && !line.startsWith("#")))
        .first()
        .isEqualTo("exec >/run/b-0001/stdout 2>/run/b-0001/stderr || exit 1");
  }
}
