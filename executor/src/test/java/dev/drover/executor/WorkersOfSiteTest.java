package dev.drover.executor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.drover.node.NodeCapacity;
import dev.drover.node.WorkerCount;
import dev.drover.pinning.AcceleratorProbe;
import dev.drover.pinning.CpuSet;
import dev.drover.pinning.SlotPlaces;
import dev.drover.site.SiteReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A site's workers on nodes that are not this one. */
class WorkersOfSiteTest {
  private static final String AURORA =
      """
      site.extends = local
      worker.max-per-node = 12
      worker.available-accelerators = 0.0, 0.1, 1.0, 1.1, 2.0, 2.1, 3.0, 3.1, 4.0, 4.1, 5.0, 5.1
      """
          + "worker.cpu-affinity = list:1-8,105-112:9-16,113-120:17-24,121-128:25-32,129-136"
          + ":33-40,137-144:41-48,145-152:53-60,157-164:61-68,165-172:69-76,173-180"
          + ":77-84,181-188:85-92,189-196:93-100,197-204\n";

  @TempDir Path directory;

  private SlotPlaces places(String site, String cpus) throws IOException {
    Path file = Files.writeString(directory.resolve("a.properties"), site);
    WorkersOfSite workers = WorkersOfSite.of(new SiteReader(Map.of()).read(file.toString()));
    CpuSet available = CpuSet.parse(cpus);
    NodeCapacity node =
        new NodeCapacity("x4000", available, available.size(), "affinity", 1L << 40, "free");
    return SlotPlaces.of(
        workers.cpuAffinity(),
        available,
        WorkerCount.of(node, workers.limits()).workers(),
        workers.accelerators(),
        workers.slotsPerAccelerator(),
        directory.resolve("sys"),
        AcceleratorProbe.NONE);
  }

  @Test
  void auroras12Workers_haveATileAnd16ThreadsEach_whileTheSystemKeepsCores0And52()
      throws IOException {
    SlotPlaces places = places(AURORA, "1-51,53-103,105-155,157-207");

    assertThat(places.workers()).isEqualTo(12);
    List<String> tiles = new ArrayList<>();
    for (int rank = 0; rank < 12; rank++) {
      Map<String, String> environment = places.environment(List.of(rank), 0);
      tiles.add(environment.get("ZE_AFFINITY_MASK"));
      assertThat(environment)
          .containsEntry("OMP_NUM_THREADS", "16")
          .containsEntry("ZE_ENABLE_PCI_ID_DEVICE_ORDER", "1");
    }
    assertThat(tiles)
        .containsExactly(
            "0.0", "0.1", "1.0", "1.1", "2.0", "2.1", "3.0", "3.1", "4.0", "4.1", "5.0", "5.1");
    assertThat(places.environment(List.of(6), 0))
        .containsEntry(
            "GOMP_CPU_AFFINITY", "53,54,55,56,57,58,59,60,157,158,159,160,161,162,163,164");
  }

  @Test
  void aJobThatHasTooFewCpusForTheList_isToldWhichAreMissing() {
    assertThatThrownBy(() -> places(AURORA, "0-103"))
        .hasMessageContaining("worker 0 is to have cpus 1-8,105-112, but 105-112 are not");
  }

  @Test
  void moreEntriesThanWorkers_areLeftAlone_andFewerBoundThem() throws IOException {
    String four = "site.extends = local\nworker.available-accelerators = 4\n";

    assertThat(places(four, "0-63").workers()).isEqualTo(4);
    assertThat(places(four, "0-1").devices().entries()).containsExactly("0", "1");
  }
}
