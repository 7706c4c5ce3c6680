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
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The Flux job script as text. */
class FluxTemplateTest {
  /** Every wish that a site and a user can have. */
  private static String everything() throws Exception {
    JobSpec spec = largeBlock("flux", "run", "-N2", "java", "-jar", "/opt/drover.jar", "two words");
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
    return render(plainBlock(ResourceSpec.ofNodes(1)), JobOptions.NONE);
  }

  private static String render(JobSpec spec, JobOptions options) throws Exception {
    return GoldenScript.render("flux", spec, options);
  }

  private static List<String> directives(String script) {
    return GoldenScript.directives("# flux:", script);
  }

  @Test
  void script_isTheGoldenOne() throws Exception {
    assertThat(everything()).isEqualTo(golden("flux"));
    assertThat(nothing()).isEqualTo(golden("flux-plain"));
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
    assertThat(directives(render(plainBlock(cores), JobOptions.NONE)))
        .contains("# flux: -N 3", "# flux: -n 3", "# flux: -c 8")
        .noneMatch(line -> line.matches(".* (--exclusive|-g.*|-t.*)"));
  }

  @ParameterizedTest
  @ValueSource(ints = {1234, 100_000})
  void largeNumbers_haveNoSeparators(int nodes) throws Exception {
    assertThat(directives(render(plainBlock(ResourceSpec.ofNodes(nodes)), JobOptions.NONE)))
        .contains("# flux: -N " + nodes);
  }
}
