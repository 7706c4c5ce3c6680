package dev.drover.pinning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CpuAffinityTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {"0-3,8|0-3,8", "8,0,1|0-1,8", "5|5", "''|''", " 1 , 3-3 |1,3", "0-4095|0-4095"})
  void parse_readsWhatToStringWrites(String list, String normal) {
    assertThat(CpuSet.parse(list)).hasToString(normal);
    assertThat(CpuSet.parse(normal)).isEqualTo(CpuSet.parse(list));
  }

  @ParameterizedTest
  @ValueSource(strings = {"a", "1-", "-1", "3-1", "1,,2", "4096", "0-99999999999"})
  void parse_showsTheList_whenItIsWrong(String list) {
    assertThatThrownBy(() -> CpuSet.parse(list)).hasMessageContaining("\"" + list + "\"");
  }

  @Test
  void set_isSortedAndHasEachCpuOnce() {
    assertThat(CpuSet.of(3, 1, 3).cpus()).isEqualTo(List.of(1, 3));
    assertThat(CpuSet.of(3, 1, 3).size()).isEqualTo(2);
    assertThatThrownBy(() -> CpuSet.of(-1)).hasMessageContaining("-1");
    assertThatThrownBy(() -> CpuSet.of(4096)).hasMessageContaining("4096");
  }

  @Test
  void pin_changesOnlyTheCallingThread() throws Exception {
    CpuSet all = CpuAffinity.ofCallingThread();
    CpuSet first = CpuSet.of(all.cpus().get(0));
    FutureTask<List<CpuSet>> pinned =
        new FutureTask<>(
            () -> List.of(CpuAffinity.pinCallingThread(first), CpuAffinity.ofCallingThread()));
    new Thread(pinned, "slot").start();

    assertThat(pinned.get()).containsExactly(first, first);
    assertThat(CpuAffinity.ofCallingThread()).isEqualTo(all);
  }

  @Test
  void pin_leavesOutWhatIsNotThere_andFailsWhenNothingRemains() throws Exception {
    CpuSet all = CpuAffinity.ofCallingThread();
    Integer first = all.cpus().get(0);
    FutureTask<CpuSet> pinned =
        new FutureTask<>(() -> CpuAffinity.pinCallingThread(CpuSet.of(first, 4095)));
    new Thread(pinned, "slot").start();
    assertThat(pinned.get()).isEqualTo(CpuSet.of(first));

    assertThatThrownBy(() -> CpuAffinity.pinCallingThread(CpuSet.of(4095)))
        .hasMessageContaining("to cpus \"4095\"")
        .hasMessageContaining("allowed now: " + all)
        .hasMessageContaining("fix:");
    assertThat(CpuAffinity.ofCallingThread()).isEqualTo(all);
  }
}
