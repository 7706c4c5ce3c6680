package dev.drover.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.drover.job.ResourceSpec;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LaunchersTest {
  private static final List<String> MANAGER =
      List.of("java", "-jar", "drover.jar", "it's $HERE", "");

  @Test
  void simple_passesTheArgvUnchanged_onAnyNumberOfNodes() {
    assertThat(Launchers.of("simple").launch(MANAGER, ResourceSpec.ofNodes(1))).isEqualTo(MANAGER);
    assertThat(Launchers.of("simple").launch(MANAGER, ResourceSpec.ofNodes(8))).isEqualTo(MANAGER);
  }

  @Test
  void singleNode_passesTheArgvUnchanged_onOneNode() {
    assertThat(Launchers.of("single-node").launch(MANAGER, ResourceSpec.ofNodes(1)))
        .isEqualTo(MANAGER);
  }

  @Test
  void singleNode_refusesMoreNodes_andNamesTheMend() {
    assertThatExceptionOfType(LaunchImpossibleException.class)
        .isThrownBy(() -> Launchers.of("single-node").launch(MANAGER, ResourceSpec.ofNodes(4)))
        .withMessageContaining("3 of the block's 4 would idle")
        .withMessageContaining("set nodes to 1");
  }

  @Test
  void of_knowsEveryName() {
    assertThat(Launchers.NAMES).allSatisfy(name -> assertThat(Launchers.of(name)).isNotNull());
  }

  @ParameterizedTest
  @CsvSource({
    "simpel, simple",
    "Simple, simple",
    "single_node, single-node",
    "singlenode, single-node"
  })
  void of_suggestsTheNearestName(String name, String nearest) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Launchers.of(name))
        .withMessage(
            "unknown launcher \""
                + name
                + "\" (did you mean "
                + nearest
                + "?); known: simple, single-node");
  }

  @Test
  void of_suggestsNothing_whenNothingIsNear() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Launchers.of("srun"))
        .withMessage("unknown launcher \"srun\"; known: simple, single-node");
  }
}
