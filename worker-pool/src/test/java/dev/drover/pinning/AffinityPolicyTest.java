package dev.drover.pinning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AffinityPolicyTest {
  /** ALCF's list for 12 workers, one for each tile of an Aurora node. */
  static final String AURORA =
      "list:1-8,105-112:9-16,113-120:17-24,121-128:25-32,129-136:33-40,137-144:41-48,145-152"
          + ":53-60,157-164:61-68,165-172:69-76,173-180:77-84,181-188:85-92,189-196:93-100,197-204";

  private static List<CpuSet> place(String policy, String available, int workers) {
    return AffinityPolicy.parse(policy)
        .place(
            CpuSet.parse(available),
            workers,
            () -> {
              throw new AssertionError("nobody needs the topology for " + policy);
            },
            List.of());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "block             | 0-7       | 2 | 0-3 ; 4-7",
        "block             | 0-6       | 2 | 0-2 ; 3-5",
        "block             | 2,5,9,11  | 2 | 2,5 ; 9,11",
        "block-reverse     | 0-6       | 2 | 3-5 ; 0-2",
        "block-reverse     | 0-2       | 3 | 2 ; 1 ; 0",
        "alternating       | 0-6       | 2 | 0,2,4,6 ; 1,3,5",
        "alternating       | 2,5,9,11  | 3 | 2,11 ; 5 ; 9",
        "list:3:0-1,7      | 0-7       | 2 | 3 ; 0-1,7",
        "list:1:1          | 0-7       | 2 | 1 ; 1",
      })
  void cpusOfEachWorker_areThoseOfTheReference(
      String policy, String available, int workers, String expected) {
    assertThat(place(policy, available, workers))
        .extracting(CpuSet::toString)
        .containsExactly(expected.split(" ; "));
  }

  @Test
  void none_pinsNobody() {
    assertThat(place("none", "0-7", 3)).isEmpty();
    assertThat(AffinityPolicy.NONE.pins()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"0-207", "1-51,53-103,105-155,157-207"})
  void aurorasList_givesTwelveWorkersSixteenThreads_alsoWhenTheSystemKeepsCores0And52(
      String available) {
    List<CpuSet> places = place(AURORA, available, 12);

    assertThat(places).hasSize(12).allMatch(set -> set.size() == 16);
    assertThat(places.get(0)).hasToString("1-8,105-112");
    assertThat(places.get(6)).hasToString("53-60,157-164");
    assertThat(places.get(11)).hasToString("93-100,197-204");
    List<Integer> all = new ArrayList<>();
    places.forEach(set -> all.addAll(set.cpus()));
    assertThat(all).doesNotHaveDuplicates().doesNotContain(0, 52, 104, 156);
  }

  @Test
  void aListThatNamesAKeptCore_isRefused_namingIt() {
    String kept = AURORA.replace("list:1-8,", "list:0-8,");

    assertThatThrownBy(() -> place(kept, "1-51,53-103,105-155,157-207", 12))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("worker 0 is to have cpus 0-8,105-112, but 0 is not this process's")
        .hasMessageContaining("allowed: 1-51,53-103,105-155,157-207")
        .hasMessageContaining("fix:");
  }

  @Test
  void aListWithAnotherNumberOfGroups_isRefused_withBothNumbers() {
    assertThatThrownBy(() -> place(AURORA, "0-207", 6))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("12 groups")
        .hasMessageContaining("6 workers")
        .hasMessageContaining("fix:");
  }

  @ParameterizedTest
  @ValueSource(strings = {"block", "block-reverse", "alternating", "topology"})
  void moreWorkersThanCpus_areRefused_withBothNumbers(String policy) {
    assertThatThrownBy(() -> place(policy, "4,5", 3))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("cpu affinity " + policy + ": 3 workers")
        .hasMessageContaining("may use 2 (4-5)")
        .hasMessageContaining("worker.max-per-node = 2");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"none", "block", "block-reverse", "alternating", "topology", "list:0-3,8:4-7:9"})
  void whatIsWritten_isReadBack(String text) {
    assertThat(AffinityPolicy.parse(text)).hasToString(text);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "blocks     | is none of none, block,",
        "list       | a list is written",
        "''         | is none of",
        "list:      | the group of worker 0 is empty",
        "list:0::1  | the group of worker 1 is empty",
        "list:0:a   | \"a\" is not a cpu number",
        "list:3-1   | runs backwards",
      })
  void aWrongText_isRefused_namingThePart(String text, String problem) {
    assertThatThrownBy(() -> AffinityPolicy.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(problem);
  }
}
