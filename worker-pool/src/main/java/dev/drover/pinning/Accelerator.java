package dev.drover.pinning;

import java.util.Objects;

/**
 * One accelerator as the node shows it.
 *
 * @param vendor who made it
 * @param address its PCI address, such as {@code 0000:07:00.0}; empty = not told
 * @param numaNode the NUMA node that it hangs at; {@link Topology#UNKNOWN} = not told
 */
public record Accelerator(Vendor vendor, String address, int numaNode) {
  /** Makers whose devices Drover knows to point tasks at. */
  public enum Vendor {
    NVIDIA("0x10de"),
    AMD("0x1002"),
    INTEL("0x8086");

    final String pciId;

    Vendor(String pciId) {
      this.pciId = pciId;
    }
  }

  public Accelerator {
    Objects.requireNonNull(vendor);
    Objects.requireNonNull(address);
  }
}
