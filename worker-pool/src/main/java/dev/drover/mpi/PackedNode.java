package dev.drover.mpi;

import dev.drover.pinning.DeviceSlots;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** One node of a block: which slots are free, who has the others, what is kept for whom. */
final class PackedNode {
  private static final Comparator<RunningTask> SOONEST_END =
      Comparator.comparingLong(task -> task.endMicros);

  final String name;
  final int index;
  final int slots;
  final List<RunningTask> running = new ArrayList<>(2);

  /** Slots kept for the first task that waits; 0 = none. */
  int kept;

  /** Whether it is in quarantine: it gets no task. */
  boolean isLost;

  /** When it is ready for a request, microseconds; filled by {@link #forecast}. */
  long readyMicros;

  /** Whether it stands right behind the node before it in the list of its job's nodes. */
  final boolean followsAnother;

  private final DeviceSlots devices;
  private final BitSet free;
  private final List<Integer> all;
  private int freeCount;

  PackedNode(BlockNode node, int index, boolean followsAnother) {
    this.name = node.name();
    this.index = index;
    this.followsAnother = followsAnother;
    this.slots = node.slots();
    this.devices = node.devices();
    this.free = new BitSet(slots);
    free.set(0, slots);
    this.freeCount = slots;
    List<Integer> numbers = new ArrayList<>(slots);
    for (int slot = 0; slot < slots; slot++) {
      numbers.add(slot);
    }
    this.all = List.copyOf(numbers);
  }

  int free() {
    return freeCount;
  }

  /** Slots that a request takes here. */
  int need(NodeRequest request) {
    return request.isWholeNodes() ? slots : request.slotsPerNode();
  }

  /** Whether it can ever take its part of a request, once all is free. */
  boolean suits(NodeRequest request) {
    return !isLost
        && slots >= need(request)
        && (request.isWholeNodes() || devices.slotsFor(request.accelerators()) <= need(request));
  }

  /** Whether it can take its part of a request now; what is kept for another is not looked at. */
  boolean canTake(NodeRequest request) {
    return canTake(request, free, freeCount);
  }

  private boolean canTake(NodeRequest request, BitSet slotsFree, int count) {
    return count >= need(request)
        && (request.accelerators() == 0 || suits(request))
        && (!dependsOnDevices(request) || choose(request, slotsFree).isPresent());
  }

  /** Whether it matters which slots are free, not only how many. */
  private boolean dependsOnDevices(NodeRequest request) {
    return request.accelerators() > 0 && !request.isWholeNodes() && devices.areShared();
  }

  private Optional<List<Integer>> choose(NodeRequest request, BitSet from) {
    return devices.choose(from.stream().boxed().toList(), need(request), request.accelerators());
  }

  /**
   * How many slots are kept for a request that waits: all where others could otherwise break one
   * device after the other.
   */
  int keptFor(NodeRequest request) {
    return dependsOnDevices(request) ? slots : need(request);
  }

  /** Takes free slots for a request. */
  List<Integer> take(NodeRequest request) {
    int count = need(request);
    if (!canTake(request)) {
      throw new IllegalStateException(
          name + " has " + freeCount + " free slots, and " + request + " was taken");
    }
    if (count == slots && !dependsOnDevices(request)) {
      freeCount = 0;
      free.clear();
      return all;
    }
    List<Integer> taken;
    if (count == 1 && !devices.areShared()) {
      int slot = free.nextSetBit(0);
      taken = all.subList(slot, slot + 1);
    } else {
      taken = List.copyOf(choose(request, free).orElseThrow());
    }
    freeCount -= count;
    taken.forEach(free::clear);
    return taken;
  }

  void giveBack(List<Integer> taken) {
    for (int slot : taken) {
      if (free.get(slot)) {
        throw new IllegalStateException("slot " + slot + " of " + name + " came back twice");
      }
      free.set(slot);
    }
    freeCount += taken.size();
  }

  /**
   * When it can take its part of a request, if all tasks run to their limits: {@code now} if it
   * can, {@link Long#MAX_VALUE} if tasks without a limit have what it needs. A task that outstays
   * its limit is thought to stay as long again, and after {@code patienceMicros} to have none.
   */
  void forecast(NodeRequest request, long now, long patienceMicros) {
    readyMicros = now;
    if (canTake(request)) {
      return;
    }
    if (running.size() > 1) {
      running.sort(SOONEST_END);
    }
    BitSet freed = dependsOnDevices(request) ? (BitSet) free.clone() : free;
    int count = freeCount;
    for (RunningTask task : running) {
      count += need(task.request);
      if (freed != free) {
        task.slotsOn(this).forEach(freed::set);
      }
      readyMicros = Math.max(readyMicros, expectedEnd(task.endMicros, now, patienceMicros));
      if (canTake(request, freed, count)) {
        return;
      }
    }
  }

  private static long expectedEnd(long end, long now, long patienceMicros) {
    if (end > now) {
      return end;
    }
    return now - end > patienceMicros ? Long.MAX_VALUE : now + (now - end) + 1;
  }
}
