package dev.drover.pinning;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The names of a node's accelerators, an entry for each worker or for each few, and the variables
 * that point a process at some of them.
 *
 * <p>An entry is a device's number or UUID, several of them with commas ({@code 0,1}), or a tile
 * ({@code 0.0}).
 *
 * @param entries in the order of the workers that have them; empty = none
 * @param workersPerEntry workers that have one entry together, at least 1
 * @param nvidiaDevices NVIDIA devices of the node; 0 = none
 */
public record DeviceNames(List<String> entries, int workersPerEntry, int nvidiaDevices) {
  public DeviceNames {
    entries = List.copyOf(entries);
    if (workersPerEntry < 1) {
      throw new IllegalArgumentException(
          "an accelerator has at least one worker, not " + workersPerEntry);
    }
    if (nvidiaDevices < 0) {
      throw new IllegalArgumentException("devices are not negative: " + nvidiaDevices);
    }
  }

  /** An entry for each worker. */
  public DeviceNames(List<String> entries, int nvidiaDevices) {
    this(entries, 1, nvidiaDevices);
  }

  /** The entry of a worker; empty = it has none. */
  String entry(int rank) {
    int index = rank / workersPerEntry;
    return index < entries.size() ? entries.get(index) : "";
  }

  /**
   * The device of each worker by a name, equal where they share one; workers beyond the list have
   * none.
   */
  List<String> devices(int workers) {
    List<String> devices = new ArrayList<>();
    for (int rank = 0; rank < workers && !entry(rank).isEmpty(); rank++) {
      devices.add(cuda(rank));
    }
    return devices;
  }

  /** Whether the number of NVIDIA devices matters: only numbers can stand for shares of one. */
  public static boolean asksForNvidia(List<String> entries) {
    return !entries.isEmpty() && entries.stream().allMatch(DeviceNames::isNumber);
  }

  /**
   * What CUDA is to see for the worker of that rank.
   *
   * <p>With more numbered entries than devices, workers share devices (under NVIDIA's MPS) in runs:
   * 32 entries on 4 devices put workers 0 to 7 on device 0. This is Parsl's rule, {@code name //
   * (workers // devices)}, also where the entries are no multiple of the devices, where that one
   * names devices that are not there.
   */
  String cuda(int rank) {
    String name = entry(rank);
    if (nvidiaDevices == 0 || entries.size() <= nvidiaDevices || !isNumber(name)) {
      return name;
    }
    long number = Long.parseLong(name);
    return number < entries.size() ? Long.toString(number * nvidiaDevices / entries.size()) : name;
  }

  /**
   * The variables for a process that has the devices of these workers; none for no workers.
   *
   * <p>{@code HIP_VISIBLE_DEVICES} counts within what {@code ROCR_VISIBLE_DEVICES} leaves, so it is
   * 0 and on; without it HIP would take the numbers of {@code CUDA_VISIBLE_DEVICES} there (ROCm
   * documentation, GPU isolation techniques).
   */
  Map<String, String> environment(List<Integer> ranks) {
    Map<String, String> variables = new LinkedHashMap<>();
    List<Integer> having = ranks.stream().filter(rank -> !entry(rank).isEmpty()).toList();
    if (having.isEmpty()) {
      return variables;
    }
    String names = joined(having.stream().map(this::entry).toList());
    variables.put("CUDA_VISIBLE_DEVICES", joined(having.stream().map(this::cuda).toList()));
    variables.put("ROCR_VISIBLE_DEVICES", names);
    variables.put(
        "HIP_VISIBLE_DEVICES",
        IntStream.range(0, names.split(",").length)
            .mapToObj(Integer::toString)
            .collect(Collectors.joining(",")));
    variables.put("ZE_AFFINITY_MASK", names);
    variables.put("ZE_ENABLE_PCI_ID_DEVICE_ORDER", "1");
    return variables;
  }

  /**
   * By entry, the NUMA node of its first device; {@link Topology#UNKNOWN} where the name tells no
   * number or the node no NUMA node.
   */
  public List<Integer> homes(List<Accelerator> devices) {
    List<Integer> numbers = entries.stream().map(DeviceNames::firstNumber).toList();
    boolean fewer = numbers.stream().anyMatch(number -> number >= devices.size());
    List<Integer> homes = new ArrayList<>();
    for (int number : numbers) {
      // Entries beyond the devices are shares of them: MPS, or the tiles of a flat hierarchy.
      int device = fewer ? number * devices.size() / entries.size() : number;
      homes.add(
          number < 0 || device >= devices.size()
              ? Topology.UNKNOWN
              : devices.get(device).numaNode());
    }
    return homes;
  }

  /**
   * How many devices there must be for all entries to name one that is there: numbers count from 0,
   * and tiles ({@code 0.0}) are of one device.
   */
  public int devicesNamed() {
    List<String> names =
        entries.stream()
            .flatMap(entry -> Stream.of(entry.split(",")))
            .map(name -> name.strip().split("\\.", 2)[0])
            .distinct()
            .toList();
    int highest =
        names.stream().filter(DeviceNames::isNumber).mapToInt(Integer::parseInt).max().orElse(-1);
    return Math.max(names.size(), highest + 1);
  }

  /** By worker, the NUMA node of its entry, as {@link #homes} tells it. */
  List<Integer> homesOfWorkers(List<Accelerator> devices) {
    return homes(devices).stream()
        .flatMap(home -> Collections.nCopies(workersPerEntry, home).stream())
        .toList();
  }

  /** Each name once, in order. */
  private static String joined(List<String> names) {
    return names.stream()
        .flatMap(name -> Stream.of(name.split(",")))
        .map(String::strip)
        .distinct()
        .collect(Collectors.joining(","));
  }

  private static boolean isNumber(String name) {
    return name.matches("[0-9]{1,6}");
  }

  /** Of {@code 3}, {@code 3,4} and {@code 3.1} it is 3; −1 for other names. */
  private static int firstNumber(String name) {
    String first = name.split("[,.]", 2)[0].strip();
    return isNumber(first) ? Integer.parseInt(first) : -1;
  }
}
