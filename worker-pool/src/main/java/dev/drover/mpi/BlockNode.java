package dev.drover.mpi;

import dev.drover.pinning.DeviceSlots;
import java.util.Objects;

/**
 * One node of a block, as the packer sees it.
 *
 * @param name the host, as the scheduler names it
 * @param devices its slots, and which of them share which accelerator
 */
public record BlockNode(String name, DeviceSlots devices) {
  public BlockNode {
    Objects.requireNonNull(name);
    Objects.requireNonNull(devices);
    if (name.isBlank()) {
      throw new IllegalArgumentException("a node of a block needs a name");
    }
  }

  /**
   * A node without accelerators.
   *
   * @param slots tasks of one slot that it runs at once, at least 1
   */
  public BlockNode(String name, int slots) {
    this(name, DeviceSlots.none(slots));
  }

  /** Tasks of one slot that it runs at once. */
  public int slots() {
    return devices.slots();
  }
}
