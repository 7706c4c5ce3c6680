package dev.drover.pinning;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PinningTrialTest {
  @TempDir Path root;

  private SlotPlaces places(String policy, CpuSet available, int workers, String... accelerators) {
    new FakeNode(root).cpus(2, 2, 2, 1).nvidia("0000:07:00.0", 1).nvidia("0000:17:00.0", 0);
    return SlotPlaces.of(
        AffinityPolicy.parse(policy),
        available,
        workers,
        List.of(accelerators),
        1,
        root.resolve("sys"),
        new NodeAccelerators(root.resolve("dev"), root.resolve("sys"), "no-such-program"));
  }

  @Test
  void masksOfThisMachine_areSetAndReadBack_andTheCallersIsAsBefore() {
    CpuSet all = CpuAffinity.ofCallingThread();
    SlotPlaces places = places("block", all, 1);

    assertThat(PinningTrial.of(places))
        .isEqualTo(new PinningTrial(places, "block: 0 on " + all, ""));
    assertThat(CpuAffinity.ofCallingThread()).isEqualTo(all);
    SlotPlaces none = SlotPlaces.none(4);
    assertThat(PinningTrial.of(none)).isEqualTo(new PinningTrial(none, "", ""));
  }

  @Test
  void whereTheSystemRefusesAll_tasksAreToldOfNoCpus_andSlotsAreWhereTheirAcceleratorsAre() {
    SlotPlaces places = places("block", CpuSet.parse("0-3"), 2, "0", "1");
    assertThat(places.numaNodes()).containsExactly(0, 1);

    PinningTrial trial =
        PinningTrial.of(
            places,
            cpus -> {
              throw new IllegalStateException("cannot set the mask: EPERM\n  and so on");
            });

    assertThat(trial.problem())
        .isEqualTo(
            """
            the system refuses to pin workers 0-1 (worker.cpu-affinity = block): cannot set the mask: EPERM
              instead: their tasks run wherever the manager may, and are told of no cpus (GOMP_CPU_AFFINITY, KMP_AFFINITY, OMP_NUM_THREADS)
              fix:     let the processes of a job set their affinity, which a container or a launcher may forbid, or set worker.cpu-affinity = none""");
    assertThat(trial.words()).isEqualTo("block: 0 on any cpu; 1 on any cpu");
    assertThat(trial.places().share(List.of(0, 1), 0).cpus()).isEmpty();
    assertThat(trial.places().environment(List.of(0), 0))
        .doesNotContainKeys("OMP_NUM_THREADS", "GOMP_CPU_AFFINITY", "KMP_AFFINITY")
        .containsEntry("ROCR_VISIBLE_DEVICES", "0");
    assertThat(trial.places().numaNodes()).containsExactly(1, 0);
  }

  @Test
  void whatItRefusesOrChangesOfSome_isTold_andTasksAreToldOfTheCpusInForce() {
    SlotPlaces places = places("list:0-1:2:3", CpuSet.parse("0-3"), 3);

    PinningTrial trial =
        PinningTrial.of(
            places,
            cpus -> {
              if (cpus.cpus().contains(2)) {
                throw new IllegalArgumentException("cpu 2 is not this job's");
              }
              return cpus.cpus().contains(0) ? CpuSet.of(0) : cpus;
            });

    assertThat(trial.problem())
        .contains(
            "the system refuses to pin worker 1 (worker.cpu-affinity = list): cpu 2 is not this job's\n",
            "\nthe system keeps worker 0 on other cpus than worker.cpu-affinity = list says: worker 0 on 0 in place of 0-1\n",
            "  fix:     ask the scheduler for these cores");
    assertThat(trial.words()).isEqualTo("list: 0 on 0; 1 on any cpu; 2 on 3");
    assertThat(trial.places().environment(List.of(0), 0))
        .containsEntry("OMP_NUM_THREADS", "1")
        .containsEntry("GOMP_CPU_AFFINITY", "0");
    assertThat(trial.places().environment(List.of(1), 0)).isEmpty();
    assertThat(trial.places().cpusOf(List.of(1, 2))).contains(CpuSet.of(3));
  }
}
