package dev.drover.pinning;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.IntUnaryOperator;

/** One choice of idle slots on a node where slots share devices. */
final class SlotChoice {
  private static final int NOWHERE = -1;

  private final DeviceSlots node;
  private final List<Integer> idle;

  /** By device, its idle slots, ascending. */
  private final List<List<Integer>> idleOf = new ArrayList<>();

  private final List<Integer> chosen = new ArrayList<>();

  /**
   * @param idle the slots that may be had, ascending
   */
  SlotChoice(DeviceSlots node, List<Integer> idle) {
    this.node = node;
    this.idle = idle;
    for (int device = 0; device < node.devices(); device++) {
      idleOf.add(new ArrayList<>());
    }
    for (int slot : idle) {
      if (node.deviceOf(slot) >= 0) {
        idleOf.get(node.deviceOf(slot)).add(slot);
      }
    }
  }

  /**
   * So many slots, those of the devices that are asked for first; empty when the devices are not to
   * be had.
   */
  Optional<List<Integer>> choose(int count, double accelerators) {
    int whole = DeviceSlots.whole(accelerators);
    double part = DeviceSlots.part(accelerators);
    if (whole > 0 && !takeWhole(whole)) {
      return Optional.empty();
    }
    if (part > 0 && !takePart(device -> DeviceSlots.partOf(node.slotsOf(device).size(), part))) {
      return Optional.empty();
    }
    if (accelerators == 0 && !takePart(device -> count)) {
      chosen.addAll(node.nearSlots().choose(idle, count));
    }
    fill(count - chosen.size());
    return Optional.of(chosen);
  }

  private boolean takeWhole(int count) {
    List<Integer> untouched = new ArrayList<>();
    for (int device = 0; device < idleOf.size(); device++) {
      if (isUntouched(device)) {
        untouched.add(device);
      }
    }
    if (untouched.size() < count) {
      return false;
    }
    for (int device : node.nearDevices().choose(untouched, count)) {
      chosen.addAll(idleOf.get(device));
      idleOf.get(device).clear();
    }
    return true;
  }

  private boolean isUntouched(int device) {
    return idleOf.get(device).size() == node.slotsOf(device).size();
  }

  /**
   * From a whole device only if no other has room for it; from one beside what is chosen; then from
   * that with the least room.
   */
  private boolean takePart(IntUnaryOperator need) {
    int best = NOWHERE;
    for (int device = 0; device < idleOf.size(); device++) {
      if (idleOf.get(device).size() >= need.applyAsInt(device)
          && (best == NOWHERE || isBetter(device, best))) {
        best = device;
      }
    }
    if (best == NOWHERE) {
      return false;
    }
    List<Integer> from = idleOf.get(best);
    List<Integer> taken = List.copyOf(node.nearSlots().choose(from, need.applyAsInt(best)));
    chosen.addAll(taken);
    from.removeAll(taken);
    return true;
  }

  private boolean isBetter(int device, int other) {
    if (isUntouched(device) != isUntouched(other)) {
      return isUntouched(other);
    }
    boolean isFar = isFar(node.slotsOf(device).get(0));
    return isFar == isFar(node.slotsOf(other).get(0)) ? room(device) < room(other) : !isFar;
  }

  /** Whether nothing that is chosen is on the slot's NUMA node. */
  private boolean isFar(int slot) {
    return !chosen.isEmpty()
        && chosen.stream().noneMatch(each -> node.numaNodeOf(each) == node.numaNodeOf(slot));
  }

  private int room(int device) {
    return isUntouched(device) ? DeviceSlots.NEVER : idleOf.get(device).size();
  }

  /**
   * Slots for the cpus alone: the devices' own first, then where they break no whole device, and of
   * those the ones that are near.
   */
  private void fill(int count) {
    if (count <= 0) {
      return;
    }
    List<Integer> own = chosen.stream().map(node::deviceOf).distinct().toList();
    int lead = chosen.get(0);
    List<Integer> rest = new ArrayList<>(idle);
    rest.removeAll(chosen);
    rest.sort(
        Comparator.<Integer>comparingInt(slot -> own.contains(node.deviceOf(slot)) ? 0 : 1)
            .thenComparingInt(slot -> breaksWhole(slot) ? 1 : 0)
            .thenComparingInt(slot -> isFar(slot) ? 1 : 0)
            .thenComparingInt(slot -> node.deviceOf(slot) < 0 ? 0 : room(node.deviceOf(slot)))
            .thenComparingInt(slot -> Math.abs(slot - lead)));
    rest.subList(0, count).stream().sorted().forEach(chosen::add);
  }

  private boolean breaksWhole(int slot) {
    return node.deviceOf(slot) >= 0 && isUntouched(node.deviceOf(slot));
  }
}
