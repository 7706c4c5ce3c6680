package dev.drover.template;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.List;
import org.junit.jupiter.api.Test;

class DirectiveEditsTest {
  private static final String SCRIPT =
      """
      #!/bin/bash
      #SBATCH --nodes=2
      # the site bills memory
      #SBATCH --mem=4g
      #SBATCH --mem-per-cpu=1g

      echo body
      #SBATCH --mem=8g in the body is no directive
      """;

  private static DirectiveEdits edits(List<String> skip, List<String> add) {
    return new DirectiveEdits("#SBATCH", skip, add);
  }

  @Test
  void nothingToDo_leavesTheScriptAsItIs() {
    assertThat(edits(List.of(), List.of()).apply(SCRIPT)).isEqualTo(SCRIPT);
  }

  @Test
  void skip_takesWholeWordsOnly_andStopsAtTheFirstCommand() {
    assertThat(edits(List.of("--mem"), List.of()).apply(SCRIPT))
        .isEqualTo(SCRIPT.replace("#SBATCH --mem=4g\n", ""));
  }

  @Test
  void added_standsBelowTheLastDirective_withOrWithoutItsPrefix() {
    assertThat(
            edits(List.of(), List.of("--mail-type=END", "#SBATCH --hint=nomultithread"))
                .apply(SCRIPT))
        .isEqualTo(
            SCRIPT.replace(
                "#SBATCH --mem-per-cpu=1g\n",
                "#SBATCH --mem-per-cpu=1g\n#SBATCH --mail-type=END\n#SBATCH"
                    + " --hint=nomultithread\n"));
  }

  @Test
  void added_standsBelowTheFirstLine_whenAllDirectivesAreSkipped() {
    assertThat(edits(List.of("--nodes", "--mem", "--mem-per-cpu"), List.of("-p all")).apply(SCRIPT))
        .startsWith("#!/bin/bash\n#SBATCH -p all\n# the site bills memory\n\necho body");
  }

  @Test
  void skipThatLeavesOutNothing_isTold() {
    assertThat(edits(List.of("--mem", "--gres"), List.of()).idleSkips(SCRIPT))
        .containsExactly("--gres");
  }

  @Test
  void editsWithoutDirectives_areRefused() {
    assertThatExceptionOfType(IllegalArgumentException.class)
        .isThrownBy(() -> new DirectiveEdits("", List.of("--mem"), List.of()))
        .withMessageContaining("remove directives.skip");
  }
}
