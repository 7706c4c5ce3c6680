package dev.drover.pinning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SlotPlacesTest {
  @TempDir Path root;

  private static AcceleratorProbe probe(int nvidia, Accelerator... devices) {
    return new AcceleratorProbe() {
      @Override
      public int nvidiaDevices() {
        return nvidia;
      }

      @Override
      public List<Accelerator> devices() {
        return List.of(devices);
      }
    };
  }

  private SlotPlaces places(
      String policy, String cpus, int workers, List<String> names, AcceleratorProbe probe) {
    return places(policy, cpus, workers, names, 1, probe);
  }

  private SlotPlaces places(
      String policy,
      String cpus,
      int workers,
      List<String> names,
      int perName,
      AcceleratorProbe probe) {
    return SlotPlaces.of(
        AffinityPolicy.parse(policy),
        CpuSet.parse(cpus),
        workers,
        names,
        perName,
        root.resolve("sys"),
        probe);
  }

  private static List<String> numbers(int count) {
    return IntStream.range(0, count).mapToObj(Integer::toString).toList();
  }

  private static List<String> cuda(SlotPlaces places) {
    return IntStream.range(0, places.workers())
        .mapToObj(rank -> places.environment(List.of(rank), 0).get("CUDA_VISIBLE_DEVICES"))
        .toList();
  }

  @Test
  void aPinnedWorker_hasTheVariablesOfTheReference() {
    SlotPlaces places = places("list:1-2,5:3", "0-7", 2, List.of(), AcceleratorProbe.NONE);

    assertThat(places.environment(List.of(0), 0))
        .containsOnly(
            entry("OMP_NUM_THREADS", "3"),
            entry("GOMP_CPU_AFFINITY", "1,2,5"),
            entry("KMP_AFFINITY", "explicit,proclist=[1,2,5]"));
  }

  @Test
  void aWorkerWithATile_hasTheVariablesOfEveryMaker() {
    SlotPlaces places =
        places("none", "0-7", 2, List.of("0.0", "0.1", "1.0"), AcceleratorProbe.NONE);

    assertThat(places.environment(List.of(1), 0))
        .containsOnly(
            entry("CUDA_VISIBLE_DEVICES", "0.1"),
            entry("ROCR_VISIBLE_DEVICES", "0.1"),
            entry("HIP_VISIBLE_DEVICES", "0"),
            entry("ZE_AFFINITY_MASK", "0.1"),
            entry("ZE_ENABLE_PCI_ID_DEVICE_ORDER", "1"));
  }

  @Test
  void unpinnedWorkersWithoutAccelerators_haveNoVariables() {
    assertThat(SlotPlaces.none(3).environment(List.of(0, 2), 0)).isEmpty();
    assertThat(SlotPlaces.none(3).share(List.of(0), 0).cpus()).isEmpty();
  }

  @Test
  void anEntryOfSeveralDevices_countsThemForHip() {
    SlotPlaces places = places("none", "0-7", 2, List.of("4,5", "6,7"), AcceleratorProbe.NONE);

    assertThat(places.environment(List.of(1), 0))
        .containsEntry("CUDA_VISIBLE_DEVICES", "6,7")
        .containsEntry("HIP_VISIBLE_DEVICES", "0,1");
  }

  @Test
  void thirtyTwoEntriesOnFourNvidiaDevices_areRunsOfEightWorkers() {
    SlotPlaces places = places("none", "0-63", 32, numbers(32), probe(4));

    assertThat(cuda(places).subList(0, 8)).containsOnly("0");
    assertThat(cuda(places).subList(8, 16)).containsOnly("1");
    assertThat(cuda(places).subList(16, 24)).containsOnly("2");
    assertThat(cuda(places).subList(24, 32)).containsOnly("3");
    assertThat(places.environment(List.of(31), 0)).containsEntry("ROCR_VISIBLE_DEVICES", "31");
    assertThat(places.cudaOf(31)).isEqualTo("3");
    assertThat(places.cudaOf(0)).isEmpty();
  }

  @Test
  void fewerWorkersThanEntries_areSharedOutAmongTheWorkersThereAre() {
    assertThat(cuda(places("none", "0-63", 8, numbers(32), probe(4))))
        .containsExactly("0", "0", "1", "1", "2", "2", "3", "3");
  }

  @Test
  void entriesThatAreNoMultipleOfTheDevices_nameOnlyDevicesThatAreThere() {
    assertThat(cuda(places("none", "0-63", 6, numbers(6), probe(4))))
        .containsExactly("0", "0", "1", "2", "2", "3");
  }

  @Test
  void noMoreEntriesThanDevices_orNamesThatAreNoNumbers_areTakenAsTheyAre() {
    assertThat(cuda(places("none", "0-63", 2, numbers(4), probe(4)))).containsExactly("0", "1");
    assertThat(cuda(places("none", "0-63", 2, List.of("3", "2"), probe(4))))
        .containsExactly("3", "2");
    List<String> names = List.of("GPU-1", "GPU-2", "GPU-3");
    assertThat(cuda(places("none", "0-63", 3, names, probe(2)))).isEqualTo(names);
  }

  @Test
  void severalWorkersTogether_haveAllCpus_andAsManyDevicesAsAreAskedFor() {
    SlotPlaces places = places("block", "0-15", 4, numbers(4), probe(4));

    SlotPlaces.Share all = places.share(List.of(1, 2, 3), 0);
    assertThat(all.cpus()).contains(CpuSet.parse("4-15"));
    assertThat(all.environment())
        .containsEntry("OMP_NUM_THREADS", "12")
        .containsEntry("GOMP_CPU_AFFINITY", "4,5,6,7,8,9,10,11,12,13,14,15")
        .containsEntry("CUDA_VISIBLE_DEVICES", "1,2,3")
        .containsEntry("HIP_VISIBLE_DEVICES", "0,1,2");
    assertThat(places.share(List.of(1, 2, 3), 2).environment())
        .containsEntry("CUDA_VISIBLE_DEVICES", "1,2")
        .containsEntry("ZE_AFFINITY_MASK", "1,2");
  }

  @Test
  void severalWorkersOfOneSharedDevice_nameItOnce() {
    SlotPlaces places = places("none", "0-15", 8, numbers(8), probe(2));

    assertThat(places.environment(List.of(2, 3, 4), 0))
        .containsEntry("CUDA_VISIBLE_DEVICES", "0,1")
        .containsEntry("ROCR_VISIBLE_DEVICES", "2,3,4");
  }

  @Test
  void topology_putsWorkersBesideTheirAccelerators() {
    FakeNode node = new FakeNode(root).cpus(4, 8, 8, 2);
    for (int gpu = 0; gpu < 4; gpu++) {
      node.nvidia("0000:%d7:00.0".formatted(gpu), 3 - gpu);
    }
    AcceleratorProbe real =
        new NodeAccelerators(node.dev(), node.sys(), node.nvidiaSmi("echo 'GPU 0: A'; exit 1"));

    assertThat(places("topology", "0-63", 4, numbers(4), real).cpus())
        .extracting(CpuSet::toString)
        .containsExactly("24-31,56-63", "16-23,48-55", "8-15,40-47", "0-7,32-39");
  }

  @Test
  void tilesOfAFlatHierarchy_belongToTheirDevices() {
    List<Accelerator> six = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      six.add(new Accelerator(Accelerator.Vendor.INTEL, "", i / 3));
    }
    assertThat(new DeviceNames(numbers(12), 0).homes(six))
        .containsExactly(0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1);
    assertThat(new DeviceNames(List.of("5.1", "2.0", "x", "3,4"), 0).homes(six))
        .containsExactly(1, 0, Topology.UNKNOWN, 1);
    assertThat(new DeviceNames(numbers(2), 0).homes(List.of())).containsOnly(Topology.UNKNOWN);
  }

  @Test
  void whatIsOdd_isWarnedOf() {
    assertThat(places("block", "0-6", 2, List.of(), AcceleratorProbe.NONE).warnings())
        .containsExactly("no worker has cpus 6: they stay idle");
    assertThat(places("list:0-1:1-2", "0-2", 2, List.of(), AcceleratorProbe.NONE).warnings())
        .containsExactly("workers 0 and 1 share cpu 1, and maybe others do: they slow one another");
    assertThat(places("topology", "0-1", 2, numbers(2), AcceleratorProbe.NONE).warnings())
        .singleElement()
        .asString()
        .contains("which NUMA node an accelerator hangs at");
    assertThat(places("none", "0-6", 2, List.of(), AcceleratorProbe.NONE).warnings()).isEmpty();
  }

  @Test
  void aListThatDoesNotFit_isRefused() {
    assertThatThrownBy(() -> places("list:0:1", "0-3", 3, List.of(), AcceleratorProbe.NONE))
        .hasMessageContaining("2 groups");
  }

  @Test
  void workersThatShareADevice_seeItByItsName_once() {
    SlotPlaces places = places("block", "0-7", 4, numbers(2), 2, probe(2));

    assertThat(cuda(places)).containsExactly("0", "0", "1", "1");
    assertThat(places.deviceSlots()).isEqualTo(DeviceSlots.of(4, List.of("0", "0", "1", "1")));
    assertThat(places.environment(List.of(2, 3), 1))
        .containsEntry("CUDA_VISIBLE_DEVICES", "1")
        .containsEntry("ROCR_VISIBLE_DEVICES", "1")
        .containsEntry("HIP_VISIBLE_DEVICES", "0");
    assertThat(places.environment(List.of(0, 1, 2), 1.5))
        .containsEntry("CUDA_VISIBLE_DEVICES", "0,1");
    assertThat(places.environment(List.of(0, 1, 2), 0.5)).containsEntry("ZE_AFFINITY_MASK", "0");
    assertThat(places.acceleratorsOf(3)).isEqualTo("1");
  }

  @Test
  void fewerWorkersThanSlotsOfTheDevices_haveTheFirstOnes() {
    SlotPlaces places = places("none", "0-7", 3, numbers(4), 2, probe(4));

    assertThat(cuda(places)).containsExactly("0", "0", "1");
    assertThat(places.deviceSlots().slotsFor(1)).isEqualTo(2);
    assertThat(places.deviceSlots().devices()).isEqualTo(2);
  }

  @Test
  void entriesBeyondTheNvidiaDevices_arePartsOfThem() {
    SlotPlaces places = places("none", "0-15", 8, numbers(8), probe(2));

    assertThat(places.deviceSlots().devices()).isEqualTo(2);
    assertThat(places.deviceSlots().slotsFor(0.5)).isEqualTo(2);
    assertThat(places.deviceSlots().slotsFor(1)).isEqualTo(4);
    assertThat(places.environment(List.of(4, 5, 6, 7), 1))
        .containsEntry("CUDA_VISIBLE_DEVICES", "1");
  }

  @Test
  void aWorkersNumaNode_isThatOfItsCpus() {
    new FakeNode(root).cpus(2, 52, 52, 2);
    String aurora =
        "list:1-8,105-112:9-16,113-120:17-24,121-128:25-32,129-136:33-40,137-144:41-48,145-152"
            + ":53-60,157-164:61-68,165-172:69-76,173-180:77-84,181-188:85-92,189-196:93-100,197-204";

    SlotPlaces places = places(aurora, "0-207", 12, numbers(12), AcceleratorProbe.NONE);
    assertThat(places.numaNodes()).containsExactly(0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1);
    assertThat(places.deviceSlots()).isEqualTo(DeviceSlots.of(12, numbers(12), places.numaNodes()));
    assertThat(places("list:0:52:1:53", "0-207", 4, List.of(), AcceleratorProbe.NONE).numaNodes())
        .containsExactly(0, 1, 0, 1);
  }

  @Test
  void onPolaris_theNumaNodesAreInReverse() {
    new FakeNode(root).cpus(4, 8, 8, 2);

    assertThat(
            places(
                    "list:24-31,56-63:16-23,48-55:8-15,40-47:0-7,32-39",
                    "0-63",
                    4,
                    numbers(4),
                    AcceleratorProbe.NONE)
                .numaNodes())
        .containsExactly(3, 2, 1, 0);
  }

  @Test
  void aWorkerThatIsNotPinned_orOnCpusOfSeveralNumaNodes_isWhereItsAcceleratorIs() {
    new FakeNode(root).cpus(2, 4, 4, 1);
    Accelerator[] devices = {
      new Accelerator(Accelerator.Vendor.AMD, "0000:29:00.0", 1),
      new Accelerator(Accelerator.Vendor.AMD, "0000:c1:00.0", 0),
      new Accelerator(Accelerator.Vendor.AMD, "0000:d1:00.0", Topology.UNKNOWN)
    };

    assertThat(places("none", "0-7", 3, numbers(3), probe(0, devices)).numaNodes())
        .containsExactly(1, 0, -1);
    assertThat(places("none", "0-7", 4, numbers(2), 2, probe(0, devices)).numaNodes())
        .containsExactly(1, 1, 0, 0);
    assertThat(places("alternating", "0-7", 3, numbers(3), probe(0, devices)).numaNodes())
        .containsExactly(1, 0, -1);
    assertThat(places("none", "0-7", 2, List.of(), AcceleratorProbe.NONE).numaNodes())
        .containsExactly(-1, -1);
    assertThat(SlotPlaces.none(2).numaNodes()).containsExactly(-1, -1);
  }

  @Test
  void topology_putsAllWorkersOfADevice_besideIt() {
    FakeNode node = new FakeNode(root).cpus(2, 4, 4, 1);
    node.nvidia("0000:07:00.0", 1).nvidia("0000:17:00.0", 0);
    AcceleratorProbe real =
        new NodeAccelerators(node.dev(), node.sys(), node.nvidiaSmi("echo 'GPU 0: A'; exit 1"));

    assertThat(places("topology", "0-7", 4, numbers(2), 2, real).cpus())
        .extracting(CpuSet::toString)
        .containsExactly("4-5", "6-7", "0-1", "2-3");
  }
}
