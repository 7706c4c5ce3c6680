package dev.drover.pinning;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Places by topology, on nodes like those of the machines that users have. */
class TopologyTest {
  @TempDir Path root;

  private List<String> place(String available, int workers, Integer... homes) {
    Topology topology = Topology.read(root.resolve("sys"), CpuSet.parse(available));
    return AffinityPolicy.parse("topology")
        .place(CpuSet.parse(available), workers, () -> topology, List.of(homes))
        .stream()
        .map(CpuSet::toString)
        .toList();
  }

  @Test
  void workers_stayWithinANumaNode_withTheHyperThreadsOfTheirCores() {
    new FakeNode(root).cpus(2, 4, 4, 2);

    assertThat(place("0-15", 2)).containsExactly("0-3,8-11", "4-7,12-15");
    assertThat(place("0-15", 4)).containsExactly("0-1,8-9", "2-3,10-11", "4-5,12-13", "6-7,14-15");
    assertThat(place("0-15", 8))
        .containsExactly("0,8", "1,9", "2,10", "3,11", "4,12", "5,13", "6,14", "7,15");
    assertThat(place("0-15", 1)).containsExactly("0-15");
    assertThat(place("0-15", 3)).containsExactly("0-1,8-9", "2-3,10-11", "4-7,12-15");
  }

  @Test
  void wholeCoresComeBeforeHyperThreads() {
    new FakeNode(root).cpus(1, 4, 4, 2);

    assertThat(place("0-7", 5)).containsExactly("0", "1,5", "2,6", "3,7", "4");
    assertThat(place("0-7", 8)).containsExactly("0", "1", "2", "3", "4", "5", "6", "7");
  }

  @Test
  void lumi_hasItsWorkersOnTheCacheOfTheirAccelerator_theFirstCoreOfEachLeftToTheSystem() {
    new FakeNode(root).cpus(4, 16, 8, 2);
    String usable =
        "1-7,9-15,17-23,25-31,33-39,41-47,49-55,57-63,"
            + "65-71,73-79,81-87,89-95,97-103,105-111,113-119,121-127";

    assertThat(place(usable, 8, 3, 3, 1, 1, 0, 0, 2, 2))
        .containsExactly(
            "49-55,113-119",
            "57-63,121-127",
            "17-23,81-87",
            "25-31,89-95",
            "1-7,65-71",
            "9-15,73-79",
            "33-39,97-103",
            "41-47,105-111");
  }

  @Test
  void polaris_hasItsAcceleratorsInReverseOrder() {
    new FakeNode(root).cpus(4, 8, 8, 2);

    assertThat(place("0-63", 4, 3, 2, 1, 0))
        .containsExactly("24-31,56-63", "16-23,48-55", "8-15,40-47", "0-7,32-39");
  }

  @Test
  void aurora_hasSixWorkersOnEachSocket_ofEightCores() {
    new FakeNode(root).cpus(2, 52, 52, 2);
    List<String> places =
        place("1-51,53-103,105-155,157-207", 12, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1);

    assertThat(places)
        .containsExactlyElementsOf(
            List.of(AffinityPolicyTest.AURORA.substring("list:".length()).split(":")));
  }

  @Test
  void noWorkerLiesAcrossTwoCaches_whereThatCanBe() {
    new FakeNode(root).cpus(1, 14, 7, 1);

    assertThat(place("0-13", 4)).containsExactly("0-2", "3-5", "7-9", "10-12");
    assertThat(place("0-13", 3)).containsExactly("0-3", "4-7", "8-11");
  }

  @Test
  void aHomeWithoutCpus_orWithTooFew_givesToTheNearestNode() {
    new FakeNode(root).cpus(3, 2, 2, 1);

    assertThat(place("0-5", 3, 0, 0, 0)).containsExactly("0", "1", "2-3");
    assertThat(place("2-5", 1, 0)).containsExactly("2-3");
    assertThat(place("0-5", 2, 1, -1)).containsExactly("2-3", "0-1");
  }

  @Test
  void fewerWorkersThanNumaNodes_haveWholeOnes() {
    new FakeNode(root).cpus(4, 2, 2, 1);

    assertThat(place("0-7", 2)).containsExactly("0-3", "4-7");
    assertThat(place("0-7", 3)).containsExactly("0-1", "2-3", "4-7");
  }

  @Test
  void aKernelThatShowsNothing_isTakenAsFlat() {
    assertThat(place("0-3", 2)).containsExactly("0-1", "2-3");
  }

  @ParameterizedTest
  @CsvSource({"1,1,1", "1,6,2", "2,4,2", "4,16,1", "8,16,2", "2,52,2", "3,5,4"})
  void everyNumberOfWorkers_hasCpusOfItsOwn(int nodes, int cores, int threads) {
    new FakeNode(root).cpus(nodes, cores, cores, threads);
    int all = nodes * cores * threads;
    CpuSet available = CpuSet.parse("0-" + (all - 1));
    Topology topology = Topology.read(root.resolve("sys"), available);
    for (int workers = 1; workers <= all; workers++) {
      List<Integer> homes = new ArrayList<>();
      for (int i = 0; i < workers; i++) {
        homes.add(i % (nodes + 1) - 1);
      }
      for (List<Integer> each : List.of(List.<Integer>of(), homes)) {
        List<CpuSet> places = new TopologyPlacement(topology, each).place(workers);
        List<Integer> taken = new ArrayList<>();
        places.forEach(set -> taken.addAll(set.cpus()));
        assertThat(places).as("%d workers", workers).hasSize(workers).noneMatch(s -> s.size() == 0);
        assertThat(taken).doesNotHaveDuplicates().isSubsetOf(available.cpus());
      }
    }
  }
}
