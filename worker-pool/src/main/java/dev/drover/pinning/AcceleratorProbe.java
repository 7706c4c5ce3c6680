package dev.drover.pinning;

import java.util.List;

/** What accelerators the node has; asked once, when a manager starts. */
public interface AcceleratorProbe {
  /** A node without any. */
  AcceleratorProbe NONE =
      new AcceleratorProbe() {
        @Override
        public int nvidiaDevices() {
          return 0;
        }

        @Override
        public List<Accelerator> devices() {
          return List.of();
        }
      };

  /** NVIDIA devices that this process may use; 0 = none, or no driver. May take seconds. */
  int nvidiaDevices();

  /** The devices of one vendor in the order of their PCI addresses, as its runtime counts them. */
  List<Accelerator> devices();
}
