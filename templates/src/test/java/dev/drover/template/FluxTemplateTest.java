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
import org.junit.jupiter.params.provider.ValueSource;

/** The Flux job script as text. */
class FluxTemplateTest {
  /** Every wish that a site and a user can have. */
  private static String everything() throws Exception {
    JobSpec spec =
        new JobSpec(
            "drover-b-0007",
            Path.of("/scratch/it's 50% here/b-0007"),
            List.of("flux", "run", "-N2", "java", "-jar", "/opt/drover.jar", "two words"),
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
            Optional.of("host:n[1-2]|gpu"),
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
    return ScriptRenderer.shipped("flux").render(JobScriptModel.of(spec, options, spec.command()));
  }

  private static JobSpec spec(ResourceSpec resources) {
    return new JobSpec(
        "b-0001", Path.of("/run/b-0001"), List.of("java", "-version"), resources, Map.of(), "");
  }

  private static String golden(String name) throws Exception {
    try (var stream = FluxTemplateTest.class.getResourceAsStream("/golden/" + name + ".sh")) {
      return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private static List<String> directives(String script) {
    return script.lines().filter(line -> line.startsWith("# flux: ")).toList();
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
    assertThat(everything()).isEqualTo(golden("flux"));
    assertThat(nothing()).isEqualTo(golden("flux-plain"));
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

  /** Flux knows one block of directives with one sentinel, and calls any line after it an error. */
  @Test
  void directives_areOneBlock_aboveAllElse() throws Exception {
    List<String> lines = everything().lines().toList();
    int first = lines.indexOf(directives(everything()).get(0));
    int count = directives(everything()).size();
    assertThat(lines.subList(first, first + count)).allMatch(line -> line.startsWith("# flux: "));
    assertThat(lines.stream().filter(line -> line.matches("\\W*(flux|FLUX):.*"))).hasSize(count);
  }

  @Test
  void sitesEdits_reachTheDirectives() throws Exception {
    DirectiveEdits edits =
        new DirectiveEdits("# flux:", List.of("--bank"), List.of("--setattr=user.site=x"));
    assertThat(edits.idleSkips(everything())).isEmpty();
    assertThat(directives(edits.apply(everything())))
        .contains("# flux: --setattr=user.site=x", "# flux: -t 3601s")
        .noneMatch(line -> line.contains("--bank"));
  }

  @Test
  void nodesWithoutCores_areWholeNodes() throws Exception {
    assertThat(directives(nothing())).contains("# flux: -N 1", "# flux: --exclusive");
  }

  @Test
  void nodesWithCores_areSharedUnlessAskedOtherwise() throws Exception {
    ResourceSpec cores =
        new ResourceSpec(
            3, OptionalInt.of(8), Optional.empty(), OptionalInt.of(0), Optional.empty());
    assertThat(directives(render(spec(cores), JobOptions.NONE)))
        .contains("# flux: -N 3", "# flux: -n 3", "# flux: -c 8")
        .noneMatch(line -> line.matches(".* (--exclusive|-g.*|-t.*)"));
  }

  @ParameterizedTest
  @ValueSource(ints = {1234, 100_000})
  void largeNumbers_haveNoSeparators(int nodes) throws Exception {
    assertThat(directives(render(spec(ResourceSpec.ofNodes(nodes)), JobOptions.NONE)))
        .contains("# flux: -N " + nodes);
  }
}
