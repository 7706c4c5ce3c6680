package dev.drover.mpi;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;

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

  private final BitSet free;
  private final List<Integer> all;
  private int freeCount;

  PackedNode(BlockNode node, int index) {
    this.name = node.name();
    this.index = index;
    this.slots = node.slots();
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

  /** Takes the lowest free slots. */
  List<Integer> take(int count) {
    if (count > freeCount) {
      throw new IllegalStateException(
          name + " has " + freeCount + " free slots, and " + count + " were taken");
    }
    freeCount -= count;
    if (count == slots) {
      free.clear();
      return all;
    }
    if (count == 1) {
      int slot = free.nextSetBit(0);
      free.clear(slot);
      return all.subList(slot, slot + 1);
    }
    List<Integer> taken = new ArrayList<>(count);
    for (int slot = free.nextSetBit(0); taken.size() < count; slot = free.nextSetBit(slot + 1)) {
      free.clear(slot);
      taken.add(slot);
    }
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
   * When so many slots are free, if all tasks run to their limits: {@code now} if they are, {@link
   * Long#MAX_VALUE} if tasks without a limit have them. A task that outstays its limit is thought
   * to stay as long again, and after {@code patienceMicros} to have none.
   */
  void forecast(int need, long now, long patienceMicros) {
    if (freeCount >= need) {
      readyMicros = now;
      return;
    }
    if (running.size() > 1) {
      running.sort(SOONEST_END);
    }
    int ready = freeCount;
    readyMicros = now;
    for (RunningTask task : running) {
      if (ready >= need) {
        return;
      }
      ready += need(task.request);
      readyMicros = Math.max(readyMicros, expectedEnd(task.endMicros, now, patienceMicros));
    }
  }

  private static long expectedEnd(long end, long now, long patienceMicros) {
    if (end > now) {
      return end;
    }
    return now - end > patienceMicros ? Long.MAX_VALUE : now + (now - end) + 1;
  }
}
