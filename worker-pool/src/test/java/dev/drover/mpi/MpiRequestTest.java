package dev.drover.mpi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.drover.task.ResourceRequest;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Parsl's resource specification, and the quirks of it that are refused here. */
class MpiRequestTest {
  @Test
  void aPartOfANode_isOfOneNode() {
    assertThat(MpiRequest.of(1, 4).isOnPartOfNode()).isFalse();
    assertThat(MpiRequest.of(1, 4).onPartOfNode(0, "", Map.of()).cpusPerRank()).isEqualTo(1);
    assertThatThrownBy(() -> MpiRequest.of(2, 4).onPartOfNode(1, "", Map.of()))
        .hasMessageContaining("on one node, not on 2");
  }

  private static Map<String, String> specification(String... keysAndValues) {
    Map<String, String> specification = new HashMap<>();
    for (int i = 0; i < keysAndValues.length; i += 2) {
      specification.put(keysAndValues[i], keysAndValues[i + 1]);
    }
    return specification;
  }

  private static MpiRequest request(String... keysAndValues) {
    return MpiRequest.of(specification(keysAndValues));
  }

  @Test
  void of_computesTheRanks_asParslsThreeNodesOfFive() {
    assertThat(request("num_nodes", "3", "ranks_per_node", "5"))
        .isEqualTo(new MpiRequest(3, 5, 15, ""));
  }

  @Test
  void of_computesTheRanksPerNode_asAWholeNumber() {
    // Parsl divides truly here, and its prefix says -ppn 2.0.
    assertThat(request("num_nodes", "4", "num_ranks", "8").ranksPerNode()).isEqualTo(2);
  }

  @Test
  void of_computesTheNodes() {
    assertThat(request("ranks_per_node", "4", "num_ranks", "8").numNodes()).isEqualTo(2);
  }

  @Test
  void of_takesAllThree_whenTheyAgree_andTheOptions() {
    assertThat(
            request(
                "num_nodes", "2",
                "ranks_per_node", " 4 ",
                "num_ranks", "8",
                "launcher_options", " --cpu-bind depth "))
        .isEqualTo(new MpiRequest(2, 4, 8, "--cpu-bind depth"));
  }

  @Test
  void of_refusesAContradiction_withAllThreeNumbers() {
    assertThatThrownBy(() -> request("num_nodes", "2", "ranks_per_node", "4", "num_ranks", "9"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContainingAll("num_nodes=2", "ranks_per_node=4", "num_ranks=9");
  }

  @Test
  void of_refusesRanksThatDoNotSpreadEvenly() {
    assertThatThrownBy(() -> request("num_nodes", "3", "num_ranks", "8"))
        .hasMessageContainingAll("num_nodes=3", "num_ranks=8", "8 / 3 is no whole number");
    assertThatThrownBy(() -> request("ranks_per_node", "16", "num_ranks", "8"))
        .hasMessageContaining("8 / 16 is no whole number");
  }

  @Test
  void of_namesAllUnknownKeys_andAllThatIsNoNumber_atOnce() {
    assertThatThrownBy(
            () -> request("num_nods", "2", "walltime", "5", "num_ranks", "2.0", "num_nodes", "0"))
        .hasMessageContainingAll(
            "unknown num_nods, walltime",
            "known: num_nodes, ranks_per_node, num_ranks, launcher_options",
            "num_ranks is '2.0'",
            "num_nodes is '0'");
  }

  @Test
  void of_refusesNoSpecification_insteadOfATaskWithoutNodes() {
    // Parsl lets ranks without nodes pass; the task gets none, and its future hangs (#3427).
    assertThatThrownBy(() -> MpiRequest.of(Map.of())).hasMessageContaining("needs a specification");
    assertThatThrownBy(() -> request("launcher_options", "-x"))
        .hasMessageContaining("needs a specification");
    assertThatThrownBy(() -> request("num_ranks", "8"))
        .hasMessageContainingAll("has only num_ranks=8", "fix: give num_nodes, and");
    assertThatThrownBy(() -> request("ranks_per_node", "8"))
        .hasMessageContaining("has only ranks_per_node=8");
  }

  @Test
  void of_givesNodesAloneARankEach_insteadOfAPrefixThatSaysNone() {
    // Parsl lets it pass, and composes mpiexec -n None -ppn None.
    assertThat(request("num_nodes", "8", "num_ranks", "")).isEqualTo(new MpiRequest(8, 1, 8, ""));
  }

  @Test
  void of_refusesMoreRanksThanANumberHolds() {
    assertThatThrownBy(() -> request("num_nodes", "100000", "ranks_per_node", "100000"))
        .hasMessageContaining("10000000000 ranks");
    assertThatThrownBy(() -> request("num_nodes", "99999999999", "ranks_per_node", "1"))
        .hasMessageContaining("num_nodes is '99999999999'");
  }

  @Test
  void ofResources_withoutNodes_isWithinOne() {
    assertThat(MpiRequest.of(new ResourceRequest(4, 0, 0, 0, 4), "-x"))
        .isEqualTo(new MpiRequest(1, 4, 4, "-x"));
    assertThat(MpiRequest.of(new ResourceRequest(0, 0, 0, 3, 0), ""))
        .isEqualTo(new MpiRequest(3, 1, 3, ""));
  }

  @Test
  void optionsOfSeveralLines_areRefused() {
    assertThatThrownBy(() -> new MpiRequest(1, 1, 1, "-x\n-y")).hasMessageContaining("one line");
  }

  @Test
  void checkFits_refusesNineOfEightNodes() {
    MpiRequest.of(8, 1).checkFits(8);
    assertThatThrownBy(() -> MpiRequest.of(9, 1).checkFits(8))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContainingAll("asks for 9 nodes", "a block has 8", "fix:");
  }
}
