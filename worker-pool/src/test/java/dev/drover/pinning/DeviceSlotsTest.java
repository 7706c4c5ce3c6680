package dev.drover.pinning;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DeviceSlotsTest {
  /** Two devices of four slots each. */
  private static final DeviceSlots QUARTERS = DeviceSlots.ofEntries(8, List.of("0", "1"), 4);

  private static List<Integer> idle(int... slots) {
    return IntStream.of(slots).boxed().toList();
  }

  private static List<Integer> all(int slots) {
    return IntStream.range(0, slots).boxed().toList();
  }

  @ParameterizedTest
  @CsvSource({"0, 0", "0.1, 1", "0.25, 1", "0.26, 2", "0.5, 2", "1, 4", "1.5, 6", "2, 8"})
  void aRequest_takesItsPartOfADevicesSlots(double accelerators, int slots) {
    assertThat(QUARTERS.slotsFor(accelerators)).isEqualTo(slots);
  }

  @Test
  void aDeviceOfOneSlot_isTakenWhole_alsoForAPart() {
    DeviceSlots one = DeviceSlots.oneEach(4, 4);

    assertThat(one.slotsFor(0.5)).isEqualTo(1);
    assertThat(one.slotsFor(1.5)).isEqualTo(2);
    assertThat(one.slotsFor(3)).isEqualTo(3);
    assertThat(one.areShared()).isFalse();
  }

  @Test
  void moreDevicesThanThereAre_neverFit() {
    assertThat(QUARTERS.slotsFor(2.1)).isEqualTo(DeviceSlots.NEVER);
    assertThat(DeviceSlots.none(8).slotsFor(0.1)).isEqualTo(DeviceSlots.NEVER);
    assertThat(QUARTERS.slotsFor(1e300)).isEqualTo(DeviceSlots.NEVER);
  }

  @Test
  void aPart_goesToADeviceThatIsBrokenAlready() {
    assertThat(QUARTERS.choose(idle(0, 1, 2, 3, 6, 7), 1, 0.25)).contains(idle(6));
    assertThat(QUARTERS.choose(idle(0, 1, 2, 3, 6, 7), 2, 0.5)).contains(idle(6, 7));
    assertThat(QUARTERS.choose(idle(0, 1, 2, 3, 6, 7), 1, 0)).contains(idle(6));
  }

  @Test
  void aPart_goesToTheDeviceWithLeastRoom_andToAWholeOneOnlyIfNoOtherHasRoom() {
    DeviceSlots three = DeviceSlots.ofEntries(12, List.of("a", "b", "c"), 4);

    assertThat(three.choose(idle(1, 2, 3, 6, 7, 8, 9, 10, 11), 2, 0.5)).contains(idle(6, 7));
    assertThat(three.choose(idle(1, 2, 3, 7, 8, 9, 10, 11), 2, 0.5)).contains(idle(2, 3));
    assertThat(three.choose(idle(3, 7, 8, 9, 10, 11), 2, 0.5)).contains(idle(8, 9));
  }

  @Test
  void aWholeDevice_isOneThatNobodyHasAPartOf() {
    assertThat(QUARTERS.choose(idle(1, 2, 3, 4, 5, 6, 7), 4, 1)).contains(idle(4, 5, 6, 7));
    assertThat(QUARTERS.choose(idle(1, 2, 3, 5, 6, 7), 4, 1)).isEmpty();
    assertThat(QUARTERS.choose(idle(1, 2, 3, 4, 5, 6, 7), 8, 2)).isEmpty();
  }

  @Test
  void slotsForTheCpusAlone_comeBehind_andBreakNoWholeDeviceIfTheyNeedNot() {
    DeviceSlots three = DeviceSlots.ofEntries(12, List.of("a", "b", "c"), 4);

    List<Integer> chosen = three.choose(idle(0, 1, 2, 3, 6, 7, 8, 9, 10, 11), 6, 1).orElseThrow();
    assertThat(chosen).containsExactly(0, 1, 2, 3, 6, 7);
    assertThat(three.seen(chosen, 1)).containsExactly(0, 1, 2, 3);
    assertThat(three.seen(chosen, 0)).isEqualTo(chosen);
  }

  @Test
  void withoutSharedDevices_slotsLieInARow() {
    DeviceSlots four = DeviceSlots.oneEach(4, 4);

    assertThat(four.choose(idle(1, 2, 3), 2, 0)).contains(idle(2, 3));
    assertThat(four.choose(idle(1, 3), 2, 2)).contains(idle(1, 3));
    assertThat(four.choose(idle(1), 2, 0)).isEmpty();
    assertThat(four.seen(idle(2, 3), 0.5)).containsExactly(2);
  }

  /** Takes from a node's idle slots, as tasks that come one after the other do. */
  private static List<List<Integer>> tasks(DeviceSlots node, int each, double accelerators) {
    List<Integer> idle = new ArrayList<>(all(node.slots()));
    List<List<Integer>> taken = new ArrayList<>();
    while (idle.size() >= each) {
      List<Integer> slots = node.choose(List.copyOf(idle), each, accelerators).orElseThrow();
      taken.add(slots);
      idle.removeAll(slots);
    }
    return taken;
  }

  private static DeviceSlots oneDeviceEach(Integer... numaNodes) {
    int slots = numaNodes.length;
    return DeviceSlots.of(slots, DeviceSlots.oneEach(slots, slots).names(), List.of(numaNodes));
  }

  @Test
  void onAurora_aTaskHasTilesOfOneSocket_whileThereAreEnough() {
    DeviceSlots aurora = oneDeviceEach(0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1);

    assertThat(tasks(aurora, 4, 0))
        .containsExactly(idle(0, 1, 2, 3), idle(6, 7, 8, 9), idle(4, 5, 10, 11));
    assertThat(tasks(aurora, 4, 4)).isEqualTo(tasks(aurora, 4, 0));
    assertThat(tasks(aurora, 6, 6))
        .containsExactly(idle(0, 1, 2, 3, 4, 5), idle(6, 7, 8, 9, 10, 11));
    assertThat(tasks(aurora, 2, 0))
        .containsExactly(idle(0, 1), idle(2, 3), idle(4, 5), idle(6, 7), idle(8, 9), idle(10, 11));
  }

  @Test
  void onPolaris_whereEachSlotHasItsOwnNumaNode_slotsLieInARow() {
    DeviceSlots polaris = oneDeviceEach(3, 2, 1, 0);

    assertThat(tasks(polaris, 2, 2)).containsExactly(idle(0, 1), idle(2, 3));
    assertThat(polaris.choose(idle(1, 2, 3), 2, 0)).contains(idle(2, 3));
    assertThat(polaris.choose(idle(0, 2, 3), 3, 0)).contains(idle(0, 2, 3));
  }

  @Test
  void whereAListAlternatesSockets_everySecondSlotIsNear() {
    DeviceSlots alternating = oneDeviceEach(0, 1, 0, 1, 0, 1, 0, 1);

    assertThat(tasks(alternating, 2, 0))
        .containsExactly(idle(0, 2), idle(4, 6), idle(1, 3), idle(5, 7));
    assertThat(tasks(alternating, 4, 4)).containsExactly(idle(0, 2, 4, 6), idle(1, 3, 5, 7));
    assertThat(alternating.choose(idle(0, 1, 2, 3, 5), 3, 0)).contains(idle(1, 3, 5));
  }

  @Test
  void whatFitsOnNoNumaNode_isOfAsFewAsThereAre() {
    DeviceSlots node = oneDeviceEach(0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2);

    assertThat(node.choose(idle(0, 1, 2, 4, 8, 9, 10), 6, 0)).contains(idle(0, 1, 2, 8, 9, 10));
    assertThat(node.choose(idle(0, 1, 2, 4, 8, 9, 10), 5, 0)).contains(idle(0, 1, 2, 8, 9));
    assertThat(node.choose(idle(0, 4, 5, 8), 3, 0)).contains(idle(4, 5, 8));
  }

  @Test
  void slotsOfUnknownNumaNodes_lieInARow_andApartFromTheOthers() {
    DeviceSlots known = DeviceSlots.of(4, List.of(), List.of(0, -1, 0));

    assertThat(known.choose(idle(0, 1, 2, 3), 2, 0)).contains(idle(0, 2));
    assertThat(known.choose(idle(1, 2, 3), 2, 0)).contains(idle(1, 3));
    assertThat(DeviceSlots.of(4, List.of(), List.of(-1, -1, -1, -1)).choose(all(4), 2, 0))
        .contains(idle(0, 1));
    assertThat(DeviceSlots.of(2, List.of(), List.of(0, 1, 2, 3)))
        .isEqualTo(DeviceSlots.of(2, List.of(), List.of(0, 1)))
        .isNotEqualTo(DeviceSlots.none(2));
  }

  @Test
  void sharedDevices_areOfOneNumaNode_andSoAreThePartBesideThem_andTheSlotsForTheCpusAlone() {
    List<String> names = DeviceSlots.ofEntries(8, List.of("a", "b", "c", "d"), 2).names();
    DeviceSlots node = DeviceSlots.of(8, names, List.of(0, 0, 1, 1, 0, 0, 1, 1));

    assertThat(node.choose(all(8), 4, 2)).contains(idle(0, 1, 4, 5));
    assertThat(node.choose(idle(2, 3, 4, 5, 6, 7), 4, 2)).contains(idle(2, 3, 6, 7));
    assertThat(node.choose(all(8), 3, 1.5)).contains(idle(0, 1, 4));
    assertThat(node.choose(all(8), 3, 1)).contains(idle(0, 1, 4));
    assertThat(node.choose(idle(0, 1, 3, 4, 5, 6, 7), 3, 1.5)) // whole ones stay whole
        .contains(idle(0, 1, 3));
    assertThat(node.choose(idle(0, 1, 3, 5, 6, 7), 3, 1.5)).contains(idle(0, 1, 5));
  }

  @Property(tries = 1_000, edgeCases = EdgeCasesMode.NONE)
  void slotsAreOfAsFewNumaNodes_asAnyChoiceWouldHave(
      @ForAll @IntRange(min = 1, max = 5) int nodes,
      @ForAll @IntRange(min = 1, max = 16) int slots,
      @ForAll long seed) {
    Random random = new Random(seed);
    List<Integer> numaNodes =
        IntStream.range(0, slots).mapToObj(slot -> random.nextInt(nodes) - 1).toList();
    DeviceSlots node = DeviceSlots.of(slots, List.of(), numaNodes);
    List<Integer> idle = all(slots).stream().filter(slot -> random.nextInt(3) > 0).toList();
    for (int count = 1; count <= idle.size(); count++) {
      List<Integer> chosen = node.choose(idle, count, 0).orElseThrow();
      assertThat(chosen).isSorted().doesNotHaveDuplicates().hasSize(count).isSubsetOf(idle);
      assertThat(chosen.stream().map(numaNodes::get).distinct().count())
          .as("NUMA nodes of %s, of %s at %s", chosen, idle, numaNodes)
          .isEqualTo(fewest(idle.stream().map(numaNodes::get).toList(), count));
    }
  }

  /** How many NUMA nodes so many slots are of at least, when those of the idle ones are these. */
  private static long fewest(List<Integer> numaNodes, int count) {
    Map<Integer, Integer> rooms = new HashMap<>();
    numaNodes.forEach(node -> rooms.merge(node, 1, Integer::sum));
    int left = count;
    int fewest = 0;
    for (int room : rooms.values().stream().sorted(Comparator.reverseOrder()).toList()) {
      fewest += left > 0 ? 1 : 0;
      left -= room;
    }
    return fewest;
  }

  @Test
  void entriesOfTheSameName_areOneDevice() {
    assertThat(DeviceSlots.of(4, List.of("0", "0", "1", "1")).devices()).isEqualTo(2);
  }

  /** Random tasks come and go on a node; whoever has a device keeps what it asked for. */
  @Property(tries = 500, edgeCases = EdgeCasesMode.NONE)
  void noDeviceIsOvercommitted_noneLeaks_andNothingIsRefusedThatFits(
      @ForAll @IntRange(min = 1, max = 6) int devices,
      @ForAll @IntRange(min = 1, max = 5) int perDevice,
      @ForAll @IntRange(max = 4) int missing,
      @ForAll long seed) {
    int slots = Math.max(1, devices * perDevice - missing);
    List<String> names = IntStream.range(0, devices).mapToObj(i -> "gpu" + i).toList();
    Random random = new Random(seed);
    int numaNodes = 1 + random.nextInt(3);
    DeviceSlots node =
        DeviceSlots.of(
            slots,
            DeviceSlots.ofEntries(slots, names, perDevice).names(),
            all(slots).stream().map(slot -> random.nextInt(numaNodes)).toList());
    Map<Integer, Integer> ownerOf = new HashMap<>(); // by slot
    Map<Integer, Double> wholeOwner = new HashMap<>(); // by device: who asked for all of it
    Map<Integer, List<Integer>> tasks = new HashMap<>();
    for (int task = 0; task < 200; task++) {
      if (random.nextBoolean() && !tasks.isEmpty()) {
        int over = List.copyOf(tasks.keySet()).get(random.nextInt(tasks.size()));
        tasks.remove(over).forEach(ownerOf::remove);
        wholeOwner.values().removeIf(owner -> owner == over);
      }
      double accelerators = random.nextInt(4 * devices + 2) / 4.0;
      int least = node.slotsFor(accelerators);
      if (least > slots) {
        assertThat(Math.ceil(accelerators)).isGreaterThan(node.devices());
        continue;
      }
      int count = Math.max(1, least) + random.nextInt(slots - Math.max(1, least) + 1);
      List<Integer> idle = all(slots).stream().filter(s -> !ownerOf.containsKey(s)).toList();
      Optional<List<Integer>> chosen = node.choose(idle, count, accelerators);
      assertThat(chosen.isPresent())
          .as("%s slots with %s devices from %s of %s", count, accelerators, idle, node)
          .isEqualTo(idle.size() >= count && fits(idle, slots, perDevice, accelerators));
      if (chosen.isPresent()) {
        assertThat(chosen.get()).doesNotHaveDuplicates().hasSize(count).isSubsetOf(idle);
        for (int slot : chosen.get()) {
          ownerOf.put(slot, task);
        }
        tasks.put(task, chosen.get());
        requireItsDevices(node, chosen.get(), slots, perDevice, accelerators);
        for (int device : seenDevices(node, chosen.get(), perDevice, accelerators)) {
          assertThat(wholeOwner).as("devices that somebody has alone").doesNotContainKey(device);
          if (accelerators >= 1
              && has(chosen.get(), device, perDevice) == size(device, slots, perDevice)) {
            wholeOwner.put(device, (double) task);
          }
        }
      }
    }
    tasks.values().forEach(mine -> mine.forEach(ownerOf::remove));
    assertThat(ownerOf).isEmpty();
  }

  private static int size(int device, int slots, int perDevice) {
    return Math.min(perDevice, slots - device * perDevice);
  }

  private static int has(List<Integer> chosen, int device, int perDevice) {
    return (int) chosen.stream().filter(slot -> slot / perDevice == device).count();
  }

  private static List<Integer> seenDevices(
      DeviceSlots node, List<Integer> chosen, int perDevice, double accelerators) {
    Set<Integer> devices = new HashSet<>();
    node.seen(chosen, accelerators).forEach(slot -> devices.add(slot / perDevice));
    return new ArrayList<>(devices);
  }

  private static boolean fits(List<Integer> idle, int slots, int perDevice, double accelerators) {
    int whole = (int) accelerators;
    double part = accelerators - whole;
    int untouched = 0;
    boolean room = false;
    for (int device = 0; device * perDevice < slots; device++) {
      int size = size(device, slots, perDevice);
      int free = has(idle, device, perDevice);
      untouched += free == size ? 1 : 0;
      room |= free < size && free >= Math.ceil(part * size);
    }
    return untouched >= whole && (part == 0 || room || untouched > whole);
  }

  /** It sees as many as it asked for: all slots of the whole ones are its own, and its part. */
  private static void requireItsDevices(
      DeviceSlots node, List<Integer> chosen, int slots, int perDevice, double accelerators) {
    if (accelerators == 0) {
      return;
    }
    List<Integer> seen = seenDevices(node, chosen, perDevice, accelerators);
    assertThat(seen).hasSize((int) Math.ceil(accelerators));
    long alone =
        seen.stream().filter(d -> has(chosen, d, perDevice) == size(d, slots, perDevice)).count();
    double part = accelerators - (int) accelerators;
    assertThat(alone).isGreaterThanOrEqualTo((int) accelerators);
    assertThat(seen)
        .allSatisfy(
            device ->
                assertThat(has(chosen, device, perDevice))
                    .isGreaterThanOrEqualTo(
                        (int) Math.ceil((part == 0 ? 1 : part) * size(device, slots, perDevice))));
  }
}
