package dev.drover.cli.doctor;

import dev.drover.node.NodeCapacity;
import dev.drover.node.NodeProbe;
import dev.drover.pinning.AcceleratorProbe;
import dev.drover.pinning.NodeAccelerators;
import dev.drover.pinning.PinningTrial;
import dev.drover.pinning.SlotPlaces;
import java.nio.file.Path;
import java.util.function.Function;

/**
 * The node that is looked at.
 *
 * @param sys normally {@code /sys}
 * @param trial whether the system lets workers be pinned so
 */
record ThisNode(
    NodeCapacity capacity,
    Path sys,
    AcceleratorProbe accelerators,
    Function<SlotPlaces, PinningTrial> trial) {
  /** The real one. */
  static ThisNode real() {
    return new ThisNode(
        NodeProbe.ofThisNode().capacity(),
        Path.of("/sys"),
        NodeAccelerators.ofThisNode(),
        PinningTrial::of);
  }
}
