package dev.drover.pinning;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * Which slots of a node share which accelerator, and which are near to one another, and so which of
 * them a task gets: the one rule for the manager and for those who reckon for it. Each slot is an
 * equal part of its device.
 *
 * <p>A task that asks for whole devices gets all slots of as many; one that asks for a part of a
 * device gets slots of one device, of one that is broken already where that has room, so that whole
 * devices stay whole. A device is shared only by tasks that asked for parts, or for no device at
 * all. Beyond that, slots are of as few NUMA nodes as there are, and then as near to one another by
 * their numbers, which their cpus and devices follow. Immutable; any thread may ask.
 */
public final class DeviceSlots {
  /** More slots than any node has: the request does not fit. */
  public static final int NEVER = Integer.MAX_VALUE;

  /** 0.3 of ten slots are three, though 0.3 x 10 may be a little more than 3. */
  private static final double ROUNDING = 1e-9;

  private static final int NONE = -1;

  private final int slots;
  private final List<String> names;
  private final List<Integer> numaNodes;

  /** By slot, the number of its device; {@link #NONE} = it has none. */
  private final int[] deviceOf;

  /** By device, its slots, ascending. */
  private final List<List<Integer>> slotsOf;

  /** Of each device, how many slots it has, descending. */
  private final List<Integer> sizes;

  private final Nearness nearSlots;
  private final Nearness nearDevices;

  private DeviceSlots(int slots, List<String> names, List<Integer> numaNodes) {
    this.slots = slots;
    this.names = List.copyOf(names.subList(0, Math.min(slots, names.size())));
    this.numaNodes =
        numaNodes.stream().allMatch(node -> node == Topology.UNKNOWN)
            ? List.of()
            : List.copyOf(numaNodes.subList(0, Math.min(slots, numaNodes.size())));
    this.deviceOf = new int[slots];
    Arrays.fill(deviceOf, NONE);
    Map<String, List<Integer>> byName = new LinkedHashMap<>();
    for (int slot = 0; slot < this.names.size(); slot++) {
      byName.computeIfAbsent(this.names.get(slot), name -> new ArrayList<>()).add(slot);
    }
    this.slotsOf = List.copyOf(byName.values());
    for (int device = 0; device < slotsOf.size(); device++) {
      for (int slot : slotsOf.get(device)) {
        deviceOf[slot] = device;
      }
    }
    this.sizes = slotsOf.stream().map(List::size).sorted(Comparator.reverseOrder()).toList();
    this.nearSlots = Nearness.of(slots, this::numaNodeOf);
    this.nearDevices =
        Nearness.of(slotsOf.size(), device -> numaNodeOf(slotsOf.get(device).get(0)));
  }

  /**
   * The slots of a node.
   *
   * @param slots how many, at least 1
   * @param names by slot, the name of its device: slots of one name share it; those beyond the list
   *     have none
   */
  public static DeviceSlots of(int slots, List<String> names) {
    return of(slots, names, List.of());
  }

  /**
   * The same, where it is known how the slots lie.
   *
   * @param numaNodes by slot, its NUMA node, or {@link Topology#UNKNOWN}; so are those beyond the
   *     list
   */
  public static DeviceSlots of(int slots, List<String> names, List<Integer> numaNodes) {
    if (slots < 1) {
      throw new IllegalArgumentException("a node has at least one slot, not " + slots);
    }
    return new DeviceSlots(slots, names, numaNodes);
  }

  /**
   * The slots of a node whose accelerators have some each, next to one another.
   *
   * @param entries names of the devices
   * @param slotsPerEntry at least 1
   */
  public static DeviceSlots ofEntries(int slots, List<String> entries, int slotsPerEntry) {
    return of(slots, new DeviceNames(entries, slotsPerEntry, 0).devices(slots));
  }

  /** Slots of which the first ones have an accelerator each. */
  public static DeviceSlots oneEach(int slots, int devices) {
    return of(slots, IntStream.range(0, devices).mapToObj(Integer::toString).toList());
  }

  /** Slots without accelerators. */
  public static DeviceSlots none(int slots) {
    return of(slots, List.of());
  }

  /** By slot, the name of its device; slots beyond the list have none. */
  public List<String> names() {
    return names;
  }

  /**
   * By slot, its NUMA node, or {@link Topology#UNKNOWN}; that of slots beyond the list is unknown.
   */
  public List<Integer> numaNodes() {
    return numaNodes;
  }

  /** Slots of the node. */
  public int slots() {
    return slots;
  }

  /** Different devices of the node. */
  public int devices() {
    return slotsOf.size();
  }

  /** Whether some slots share a device, so that it matters which ones a task gets. */
  public boolean areShared() {
    return !sizes.isEmpty() && sizes.get(0) > 1;
  }

  /**
   * How many slots a request for so many accelerators takes at most: all of each whole device, and
   * of the part beyond as many as it is, rounded up. {@link #NEVER} when there are not as many
   * devices; 0 for none.
   */
  public int slotsFor(double accelerators) {
    if (accelerators > devices() + ROUNDING) {
      return NEVER;
    }
    int whole = whole(accelerators);
    double part = part(accelerators);
    int taken = sizes.subList(0, whole).stream().mapToInt(Integer::intValue).sum();
    return part > 0 ? taken + partOf(sizes.get(whole), part) : taken;
  }

  /**
   * Chooses idle slots for a task.
   *
   * @param idle the slots that may be had, ascending
   * @param count how many it takes, at least 1 and at least {@link #slotsFor} its accelerators
   * @param accelerators devices that it asks for, fractions allowed; 0 = what its slots have
   * @return those whose devices the task sees first; empty when these slots are not idle now
   */
  public Optional<List<Integer>> choose(List<Integer> idle, int count, double accelerators) {
    if (idle.size() < count) {
      return Optional.empty();
    }
    return areShared() && slotsFor(accelerators) <= count
        ? new SlotChoice(this, idle).choose(count, accelerators)
        : Optional.of(nearSlots.choose(idle, count));
  }

  /**
   * Of a task's slots those whose devices it sees.
   *
   * @param chosen its slots, those with its own devices first
   * @param accelerators devices that it asked for; 0 = it sees what its slots have
   */
  public List<Integer> seen(List<Integer> chosen, double accelerators) {
    if (accelerators == 0) {
      return chosen;
    }
    Set<Integer> devices = new HashSet<>();
    List<Integer> seen = new ArrayList<>();
    for (int slot : chosen) {
      if (devices.contains(deviceOf[slot])
          || deviceOf[slot] != NONE && devices.size() < Math.ceil(accelerators - ROUNDING)) {
        devices.add(deviceOf[slot]);
        seen.add(slot);
      }
    }
    return seen;
  }

  /** The number of a slot's device; negative = it has none. */
  int deviceOf(int slot) {
    return deviceOf[slot];
  }

  /** The NUMA node of a slot; {@link Topology#UNKNOWN} when it is not known. */
  int numaNodeOf(int slot) {
    return slot < numaNodes.size() ? numaNodes.get(slot) : Topology.UNKNOWN;
  }

  /** Which slots are near to one another. */
  Nearness nearSlots() {
    return nearSlots;
  }

  /** Which devices are: each is where its first slot is. */
  Nearness nearDevices() {
    return nearDevices;
  }

  /** A device's slots, ascending. */
  List<Integer> slotsOf(int device) {
    return slotsOf.get(device);
  }

  static int whole(double accelerators) {
    return (int) Math.floor(accelerators + ROUNDING);
  }

  /** The part of a device beyond the whole ones; 0 = none. */
  static double part(double accelerators) {
    double part = accelerators - whole(accelerators);
    return part > ROUNDING ? part : 0;
  }

  /** Slots of a device with so many that are a part of it, rounded up. */
  static int partOf(int size, double part) {
    return Math.max(1, (int) Math.ceil(size * part - ROUNDING));
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof DeviceSlots that
        && slots == that.slots
        && names.equals(that.names)
        && numaNodes.equals(that.numaNodes);
  }

  @Override
  public int hashCode() {
    return Objects.hash(slots, names, numaNodes);
  }

  @Override
  public String toString() {
    return slots
        + " slots on "
        + names
        + (numaNodes.isEmpty() ? "" : " at NUMA nodes " + numaNodes);
  }
}
