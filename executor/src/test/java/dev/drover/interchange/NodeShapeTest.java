package dev.drover.interchange;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.pinning.DeviceSlots;
import dev.drover.task.ResourceRequest;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NodeShapeTest {
  private static final long GIB = 1L << 30;

  /** Eight slots of two cores and 4 GiB, four devices. */
  private final NodeShape node = new NodeShape(8, 2, 4 * GIB, 4);

  @ParameterizedTest
  @CsvSource({
    // cores, accelerators, GiB, slots
    "0, 0, 0, 1",
    "0.5, 0, 0, 1",
    "2, 0, 0, 1",
    "2.1, 0, 0, 2",
    "16, 0, 0, 8",
    "0, 0.5, 0, 1",
    "0, 1, 0, 1",
    "0, 3, 0, 3",
    "0, 4, 0, 4",
    "0, 0, 4, 1",
    "0, 0, 5, 2",
    "0, 0, 32, 8",
    "3, 3, 20, 5",
  })
  void aRequest_takesTheSlotsOfItsLargestNeed(
      double cores, double accelerators, long gib, int slots) {
    assertThat(node.slotsFor(new ResourceRequest(cores, accelerators, gib * GIB, 0, 0)))
        .isEqualTo(slots);
  }

  @ParameterizedTest
  @CsvSource({"16.5, 0, 0, 0", "0, 0, 0, 9", "0, 4.5, 0, 0", "0, 0, 33, 0", "1e300, 0, 0, 0"})
  void aRequestBeyondTheNode_neverFits(double cores, double accelerators, long gib, int ranks) {
    assertThat(node.slotsFor(new ResourceRequest(cores, accelerators, gib * GIB, 0, ranks)))
        .isEqualTo(NodeShape.NEVER);
  }

  @Test
  void whatIsNotCounted_limitsNothing() {
    NodeShape unknown = new NodeShape(1, 0, 0, 0);

    assertThat(unknown.slotsFor(new ResourceRequest(64, 0, 1L << 50, 0, 0))).isEqualTo(1);
    assertThat(unknown.slotsFor(new ResourceRequest(0, 0.1, 0, 0, 0))).isEqualTo(NodeShape.NEVER);
  }

  @ParameterizedTest
  @CsvSource({"0.1, 1.1, 11", "0.1, 0.3, 3", "0.7, 2.1, 3", "0.2, 0.6, 3"})
  void fractionsThatDivideEvenly_takeNoSlotMore(double perSlot, double cores, int slots) {
    NodeShape fine = new NodeShape(100, perSlot, 0, 0);

    assertThat(fine.slotsFor(new ResourceRequest(cores, 0, 0, 0, 0))).isEqualTo(slots);
  }

  @Test
  void partsOfDevices_takeTheirPartOfTheSlots() {
    NodeShape shared = new NodeShape(8, 2, 0, DeviceSlots.ofEntries(8, List.of("0", "1"), 4));

    assertThat(shared.slotsFor(new ResourceRequest(0, 0.5, 0, 0, 0))).isEqualTo(2);
    assertThat(shared.slotsFor(new ResourceRequest(0, 1, 0, 0, 0))).isEqualTo(4);
    assertThat(shared.slotsFor(new ResourceRequest(6, 0.25, 0, 0, 0))).isEqualTo(3);
    assertThat(shared.slotsFor(new ResourceRequest(0, 2.5, 0, 0, 0))).isEqualTo(NodeShape.NEVER);
    assertThat(shared.words()).isEqualTo("8 slots of 2.0 cores, 2 accelerators");
  }

  @Test
  void ranksWithinANode_takeASlotEach_unlessCoresAreAskedFor() {
    assertThat(node.slotsFor(new ResourceRequest(0, 0, 0, 0, 3))).isEqualTo(3);
    assertThat(node.slotsFor(new ResourceRequest(4, 0, 0, 0, 3))).isEqualTo(2);
    assertThat(node.slotsFor(new ResourceRequest(0, 0, 0, 0, 9))).isEqualTo(NodeShape.NEVER);
  }

  @Test
  void itsWords_nameWhatItHas() {
    assertThat(node.words()).isEqualTo("8 slots of 2.0 cores and 4096 MiB, 4 accelerators");
    assertThat(new NodeShape(1, 0, 0, 0).words()).isEqualTo("1 slots of any cores, 0 accelerators");
  }
}
