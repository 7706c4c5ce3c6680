package dev.drover.pinning;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.pinning.Accelerator.Vendor;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NodeAcceleratorsTest {
  /** As the program prints on a node with four A100; the UUIDs are made up. */
  private static final String FOUR =
      """
      cat <<'END'
      GPU 0: NVIDIA A100-SXM4-40GB (UUID: GPU-11111111-2222-3333-4444-555555555555)
      GPU 1: NVIDIA A100-SXM4-40GB (UUID: GPU-11111111-2222-3333-4444-555555555556)
      GPU 2: NVIDIA A100-SXM4-40GB (UUID: GPU-11111111-2222-3333-4444-555555555557)
        MIG 1g.5gb      Device  0: (UUID: MIG-11111111-2222-3333-4444-555555555558)
      GPU 3: NVIDIA A100-SXM4-40GB (UUID: GPU-11111111-2222-3333-4444-555555555559)
      END
      """;

  @TempDir Path root;

  private AcceleratorProbe probe(String program) {
    FakeNode node = new FakeNode(root);
    return new NodeAccelerators(node.dev(), node.sys(), program);
  }

  @Test
  void nvidiasDevices_areThoseThatItsProgramLists() {
    String program = new FakeNode(root).nvidiaSmi("[ \"$1\" = -L ] || exit 9\n" + FOUR);

    assertThat(probe(program).nvidiaDevices()).isEqualTo(4);
  }

  @Test
  void withoutTheProgram_orWhenItFails_theDeviceFilesAreCounted() {
    FakeNode node = new FakeNode(root);
    node.write("dev/nvidia0", "");
    node.write("dev/nvidia1", "");
    node.write("dev/nvidiactl", "");
    node.write("dev/nvidia-uvm", "");

    assertThat(probe(root.resolve("none").toString()).nvidiaDevices()).isEqualTo(2);
    assertThat(probe(node.nvidiaSmi("echo 'NVIDIA-SMI has failed'; exit 9")).nvidiaDevices())
        .isEqualTo(2);
  }

  @Test
  void aNodeWithoutAny_hasNone() {
    assertThat(probe(root.resolve("none").toString()).nvidiaDevices()).isZero();
    assertThat(probe("").devices()).isEmpty();
  }

  @Test
  void cards_areInTheOrderOfTheirAddresses_andAScreenIsNone() {
    new FakeNode(root)
        .card(0, "0x1a03", "0000:05:00.0", 0)
        .card(10, "0x1002", "0000:c1:00.0", 3)
        .card(2, "0x1002", "0000:d1:00.0", -1)
        .card(1, "0x1002", "0000:29:00.0", 1);

    assertThat(probe("").devices())
        .isEqualTo(
            List.of(
                new Accelerator(Vendor.AMD, "0000:29:00.0", 1),
                new Accelerator(Vendor.AMD, "0000:c1:00.0", 3),
                new Accelerator(Vendor.AMD, "0000:d1:00.0", Topology.UNKNOWN)));
  }

  @Test
  void nvidiasDriver_tellsOfDevicesThatAreNoCards() {
    new FakeNode(root)
        .nvidia("0000:46:00.0", 2)
        .nvidia("0000:07:00.0", 3)
        .card(1, "0x10de", "0000:07:00.0", 3)
        .card(2, "0x8086", "0000:00:02.0", 0);

    assertThat(probe("").devices())
        .isEqualTo(
            List.of(
                new Accelerator(Vendor.NVIDIA, "0000:07:00.0", 3),
                new Accelerator(Vendor.NVIDIA, "0000:46:00.0", 2)));
  }
}
