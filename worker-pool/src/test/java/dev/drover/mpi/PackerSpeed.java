package dev.drover.mpi;

import dev.drover.task.TaskId;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/** Prints how many tasks a second a packer gets through when each ends as soon as it began. */
final class PackerSpeed {
  private PackerSpeed() {}

  public static void main(String[] arguments) {
    for (int round = 1; round <= 3; round++) {
      singles("1,000,000 single slots, 128 nodes x 12", 1, 128, 12, 1_000_000);
      singles("1,000,000 single slots, 8,000 blocks of 1 node x 12", 8_000, 1, 12, 1_000_000);
      mixed("mixed 1 slot to 64 nodes, 128 nodes x 12", 1, 128, Duration.ZERO);
      mixed("the same with limits, one end at a time", 1, 128, Duration.ofSeconds(60));
      mixed("the same on 20 blocks of 64 nodes", 20, 64, Duration.ofSeconds(60));
    }
  }

  private static NodePacker packer(int blocks, int nodes, int slots) {
    NodePacker packer = new NodePacker(PackerSettings.DEFAULT);
    for (int b = 0; b < blocks; b++) {
      int block = b;
      packer.addBlock(
          "b" + b,
          IntStream.range(0, nodes).mapToObj(i -> new BlockNode(block + "n" + i, slots)).toList(),
          Long.MAX_VALUE);
    }
    return packer;
  }

  /** All that run end at once. */
  private static void singles(String what, int blocks, int nodes, int slots, int tasks) {
    NodePacker packer = packer(blocks, nodes, slots);
    long started = System.nanoTime();
    for (int i = 1; i <= tasks; i++) {
      packer.submit(new TaskId(i), NodeRequest.ONE_SLOT, Duration.ZERO, i);
    }
    double submitted = (System.nanoTime() - started) / 1e9;
    started = System.nanoTime();
    int placed = 0;
    for (List<NodePlacement> batch = packer.place(0); !batch.isEmpty(); batch = packer.place(0)) {
      placed += batch.size();
      batch.forEach(placement -> packer.finished(placement.task()));
    }
    print(what, placed, (System.nanoTime() - started) / 1e9, submitted);
  }

  /** One at a time ends, and all is looked at again. */
  private static void mixed(String what, int blocks, int nodes, Duration limit) {
    NodePacker packer = packer(blocks, nodes, 12);
    Random random = new Random(1);
    int tasks = 50_000;
    long started = System.nanoTime();
    for (int i = 1; i <= tasks; i++) {
      NodeRequest request =
          switch (random.nextInt(4)) {
            case 0 -> NodeRequest.wholeNodes(1 << random.nextInt(7));
            case 1 -> NodeRequest.slots(1 + random.nextInt(12));
            default -> NodeRequest.ONE_SLOT;
          };
      Duration longest = limit.multipliedBy(1 + random.nextInt(4));
      packer.submit(new TaskId(i), request, longest, i);
    }
    double submitted = (System.nanoTime() - started) / 1e9;
    started = System.nanoTime();
    List<TaskId> running = new ArrayList<>();
    ArrayDeque<NodePlacement> begun = new ArrayDeque<>(packer.place(0));
    int placed = 0;
    long now = 0;
    while (!begun.isEmpty() || !running.isEmpty()) {
      placed += begun.size();
      begun.forEach(placement -> running.add(placement.task()));
      begun.clear();
      int which = random.nextInt(running.size());
      packer.finished(running.get(which));
      running.set(which, running.get(running.size() - 1));
      running.remove(running.size() - 1);
      now += 10_000;
      begun.addAll(packer.place(now));
    }
    print(what, placed, (System.nanoTime() - started) / 1e9, submitted);
  }

  private static void print(String what, int placed, double seconds, double submitted) {
    System.out.printf(
        "%-55s %,9d placed %,10.0f placements/s  %5.2f us  (submitted in %.2f s)%n",
        what, placed, placed / seconds, seconds * 1e6 / placed, submitted);
  }
}
