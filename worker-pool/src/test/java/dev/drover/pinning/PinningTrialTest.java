package dev.drover.pinning;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class PinningTrialTest {
  @Test
  void masksOfThisMachine_areSetAndReadBack_andTheCallersIsAsBefore() {
    CpuSet all = CpuAffinity.ofCallingThread();
    SlotPlaces places =
        SlotPlaces.of(
            AffinityPolicy.parse("block"),
            all,
            1,
            List.of(),
            Path.of("/sys"),
            AcceleratorProbe.NONE);

    assertThat(PinningTrial.of(places))
        .isEqualTo(new PinningTrial("block: 0 on " + all, List.of()));
    assertThat(CpuAffinity.ofCallingThread()).isEqualTo(all);
    assertThat(PinningTrial.of(SlotPlaces.none(4))).isEqualTo(new PinningTrial("", List.of()));
  }

  @Test
  void whatTheSystemRefuses_orChanges_isWarnedOf_andTold() {
    List<CpuSet> got = new ArrayList<>();
    List<String> warnings = new ArrayList<>();
    PinningTrial.run(
        List.of(CpuSet.of(0, 1), CpuSet.of(2), CpuSet.of(3)),
        cpus -> {
          if (cpus.cpus().contains(2)) {
            throw new IllegalStateException("cannot set the thread's affinity mask: EPERM");
          }
          return cpus.cpus().contains(0) ? CpuSet.of(0) : cpus;
        },
        got,
        warnings);

    assertThat(warnings)
        .containsExactly(
            "the system pins worker 0 to cpus 0 in place of 0-1",
            "the system refuses to pin worker 1 to cpus 2, so its tasks run wherever the manager may: "
                + "cannot set the thread's affinity mask: EPERM");
    assertThat(PinningTrial.words(AffinityPolicy.parse("block-reverse"), got))
        .isEqualTo("block-reverse: 0 on 0; 1 on any cpu; 2 on 3");
  }
}
