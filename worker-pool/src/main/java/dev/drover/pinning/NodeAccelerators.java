package dev.drover.pinning;

import dev.drover.pinning.Accelerator.Vendor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * The accelerators as {@code nvidia-smi}, {@code /dev} and {@code /sys} show them. Any thread may
 * ask.
 */
public final class NodeAccelerators implements AcceleratorProbe {
  private static final int SMI_SECONDS = 20;

  private final Path dev;
  private final Path sys;
  private final String nvidiaSmi;

  /**
   * A probe of a node that shows itself in these directories.
   *
   * @param dev normally {@code /dev}
   * @param sys normally {@code /sys}
   * @param nvidiaSmi the program, by name or path
   */
  public NodeAccelerators(Path dev, Path sys, String nvidiaSmi) {
    this.dev = dev;
    this.sys = sys;
    this.nvidiaSmi = nvidiaSmi;
  }

  /** A probe of the node that this process runs on. */
  public static NodeAccelerators ofThisNode() {
    return new NodeAccelerators(Path.of("/dev"), Path.of("/sys"), "nvidia-smi");
  }

  /**
   * As {@code nvidia-smi -L} lists them: it leaves out what the job's cgroup keeps away. Where it
   * cannot be asked, the nodes {@code /dev/nvidia<n>} are counted.
   */
  @Override
  public int nvidiaDevices() {
    int listed = listed();
    return listed >= 0 ? listed : Topology.numbered(dev, "nvidia").size();
  }

  /** The lines {@code GPU 0: …}; −1 when there is no such program or it failed. */
  private int listed() {
    try {
      Path output = Files.createTempFile("drover-gpus", ".txt");
      try {
        Process process =
            new ProcessBuilder(nvidiaSmi, "-L")
                .redirectErrorStream(true)
                .redirectInput(Path.of("/dev/null").toFile())
                .redirectOutput(output.toFile())
                .start();
        if (!process.waitFor(SMI_SECONDS, TimeUnit.SECONDS)) {
          process.destroyForcibly();
          return -1;
        }
        try (Stream<String> lines = Files.lines(output)) {
          int count = (int) lines.filter(line -> line.matches("GPU [0-9]+:.*")).count();
          return process.exitValue() == 0 ? count : -1;
        }
      } finally {
        Files.deleteIfExists(output);
      }
    } catch (IOException e) {
      return -1;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return -1;
    }
  }

  /**
   * Those of the first vendor, in the order NVIDIA, AMD, Intel, that has any: the cards of {@code
   * /sys/class/drm} and what NVIDIA's driver holds, which shows no card on a node without a screen.
   */
  @Override
  public List<Accelerator> devices() {
    Set<Accelerator> all = new LinkedHashSet<>();
    for (int card : Topology.numbered(sys.resolve("class/drm"), "card")) {
      device(sys.resolve("class/drm/card" + card + "/device")).ifPresent(all::add);
    }
    for (Path bound : entries(sys.resolve("bus/pci/drivers/nvidia"))) {
      if (bound.getFileName().toString().matches("[0-9a-f]+:[0-9a-f]+:[0-9a-f]+\\.[0-9a-f]")
          && Topology.text(bound.resolve("class")).matches("(0x03.*)?")) {
        device(bound).ifPresent(all::add);
      }
    }
    for (Vendor vendor : Vendor.values()) {
      List<Accelerator> own =
          all.stream()
              .filter(device -> device.vendor() == vendor)
              .sorted(Comparator.comparing(Accelerator::address))
              .toList();
      if (!own.isEmpty()) {
        return own;
      }
    }
    return List.of();
  }

  private static Optional<Accelerator> device(Path directory) {
    String vendor = Topology.text(directory.resolve("vendor"));
    String node = Topology.text(directory.resolve("numa_node"));
    int numaNode = node.matches("[0-9]{1,6}") ? Integer.parseInt(node) : Topology.UNKNOWN;
    for (Vendor each : Vendor.values()) {
      if (each.pciId.equals(vendor)) {
        return Optional.of(new Accelerator(each, address(directory), numaNode));
      }
    }
    return Optional.empty();
  }

  private static String address(Path directory) {
    try {
      return directory.toRealPath().getFileName().toString();
    } catch (IOException e) {
      return "";
    }
  }

  private static List<Path> entries(Path directory) {
    List<Path> paths = new ArrayList<>();
    try (Stream<Path> entries = Files.list(directory)) {
      entries.sorted().forEach(paths::add);
    } catch (IOException e) {
      return List.of();
    }
    return paths;
  }
}
