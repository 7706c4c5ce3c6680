package dev.drover.pinning;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/** A node's {@code /sys} and {@code /dev}, written as the kernel would show them. */
public final class FakeNode {
  private final Path root;

  public FakeNode(Path root) {
    this.root = root;
  }

  public Path sys() {
    return root.resolve("sys");
  }

  public Path dev() {
    return root.resolve("dev");
  }

  /**
   * NUMA nodes of so many cores each, whose caches hold so many of them. Thread 0 of core c is cpu
   * c, thread 1 is cpu c + all cores, as x86 machines number them.
   */
  public FakeNode cpus(int numaNodes, int coresEach, int coresPerCache, int threadsPerCore) {
    int cores = numaNodes * coresEach;
    for (int core = 0; core < cores; core++) {
      String siblings = threads(core, core, cores, threadsPerCore);
      int firstOfCache = core / coresPerCache * coresPerCache;
      String shared =
          threads(firstOfCache, firstOfCache + coresPerCache - 1, cores, threadsPerCore);
      for (int thread = 0; thread < threadsPerCore; thread++) {
        String cpu = "sys/devices/system/cpu/cpu" + (core + thread * cores);
        write(cpu + "/topology/thread_siblings_list", siblings);
        write(cpu + "/cache/index0/level", "1");
        write(cpu + "/cache/index0/shared_cpu_list", siblings);
        write(cpu + "/cache/index3/level", "3");
        write(cpu + "/cache/index3/shared_cpu_list", shared);
      }
    }
    for (int node = 0; node < numaNodes; node++) {
      String directory = "sys/devices/system/node/node" + node;
      write(
          directory + "/cpulist",
          threads(node * coresEach, (node + 1) * coresEach - 1, cores, threadsPerCore));
      StringBuilder distances = new StringBuilder();
      for (int other = 0; other < numaNodes; other++) {
        distances.append(other == node ? 10 : 10 + 2 * Math.abs(other - node)).append(' ');
      }
      write(directory + "/distance", distances.toString());
    }
    return this;
  }

  private static String threads(int first, int last, int cores, int threadsPerCore) {
    StringBuilder list = new StringBuilder();
    for (int thread = 0; thread < threadsPerCore; thread++) {
      list.append(thread == 0 ? "" : ",")
          .append(first + thread * cores)
          .append('-')
          .append(last + thread * cores);
    }
    return list.toString();
  }

  /** A card of {@code /sys/class/drm} whose device hangs at that NUMA node. */
  public FakeNode card(int number, String vendor, String address, int numaNode) {
    String device = "sys/devices/pci0000:00/" + address;
    write(device + "/vendor", vendor);
    write(device + "/numa_node", Integer.toString(numaNode));
    link("sys/class/drm/card" + number + "/device", device);
    return this;
  }

  /** A device that NVIDIA's driver holds, without a card. */
  public FakeNode nvidia(String address, int numaNode) {
    String device = "sys/devices/pci0000:00/" + address;
    write(device + "/vendor", "0x10de");
    write(device + "/class", "0x030200");
    write(device + "/numa_node", Integer.toString(numaNode));
    link("sys/bus/pci/drivers/nvidia/" + address, device);
    return this;
  }

  /** An {@code nvidia-smi} that does as the script says; its path. */
  public String nvidiaSmi(String script) {
    Path program = write("bin/nvidia-smi", "#!/bin/sh\n" + script);
    try {
      Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return program.toString();
  }

  public Path write(String name, String text) {
    try {
      Path file = root.resolve(name);
      Files.createDirectories(file.getParent());
      return Files.writeString(file, text + "\n");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void link(String name, String target) {
    try {
      Path file = root.resolve(name);
      Files.createDirectories(file.getParent());
      Files.createSymbolicLink(file, root.resolve(target));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
