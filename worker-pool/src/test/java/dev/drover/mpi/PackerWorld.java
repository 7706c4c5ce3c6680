package dev.drover.mpi;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.mpi.PackerStory.BlockPlan;
import dev.drover.mpi.PackerStory.Fault;
import dev.drover.mpi.PackerStory.Job;
import dev.drover.task.NodeShare;
import dev.drover.task.TaskId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * Nodes that run what a packer places on them, by a clock of its own, and that keep their own
 * account of who has which slot.
 */
final class PackerWorld {
  private static final long SECOND = 1_000_000;

  /** One node, as the world sees it: the task of each slot. */
  private static final class Node {
    final TaskId[] slots;
    final int slotsPerDevice;
    boolean isLost;

    Node(int slots, int slotsPerDevice) {
      this.slots = new TaskId[slots];
      this.slotsPerDevice = slotsPerDevice;
    }

    /** By device, how many of its slots are free, or how many it has. */
    List<Integer> devices(boolean whenIdle) {
      List<Integer> devices = new ArrayList<>();
      for (int slot = 0; slotsPerDevice > 0 && slot < slots.length; slot++) {
        if (slot % slotsPerDevice == 0) {
          devices.add(0);
        }
        if (whenIdle || slots[slot] == null) {
          devices.set(slot / slotsPerDevice, devices.get(slot / slotsPerDevice) + 1);
        }
      }
      return devices;
    }

    /** Whether the devices of a request are free, beside the number of slots. */
    boolean hasDevices(double accelerators, boolean whenIdle) {
      int whole = (int) accelerators;
      double part = accelerators - whole;
      List<Integer> sizes = devices(true);
      List<Integer> free = devices(whenIdle);
      int untouched = 0;
      boolean brokenHasRoom = false;
      for (int device = 0; device < sizes.size(); device++) {
        boolean isWhole = free.get(device).equals(sizes.get(device));
        untouched += isWhole ? 1 : 0;
        brokenHasRoom |= !isWhole && free.get(device) >= Math.ceil(part * sizes.get(device));
      }
      return untouched >= whole && (part == 0 || brokenHasRoom || untouched > whole);
    }

    int free() {
      int free = 0;
      for (TaskId task : slots) {
        free += task == null ? 1 : 0;
      }
      return free;
    }
  }

  private static final class Block {
    final Map<String, Node> nodes = new LinkedHashMap<>();
    final long end;
    final boolean isSafe;
    boolean isClosed;

    Block(long end, boolean isSafe) {
      this.end = end;
      this.isSafe = isSafe;
    }
  }

  private record Run(TaskId task, int attempt, NodePlacement placement) {}

  private record Event(long time, long number, Runnable what) {}

  private final PackerStory story;
  private final NodePacker packer;
  private final boolean checksOrder;
  private final boolean holdsPromises;

  /** Slots of the largest node that has come; where the packer is not told, it goes by that. */
  private int nodeSlots;

  private final PriorityQueue<Event> events =
      new PriorityQueue<>(Comparator.comparingLong(Event::time).thenComparingLong(Event::number));
  private final Map<String, Block> blocks = new LinkedHashMap<>();
  private final Map<TaskId, Job> jobs = new HashMap<>();
  private final TreeMap<TaskId, Long> waiting = new TreeMap<>();
  private final Map<TaskId, Run> running = new LinkedHashMap<>();
  private final Set<TaskId> over = new HashSet<>();
  private final Map<TaskId, Long> promises = new HashMap<>();
  private final Map<TaskId, Long> started = new HashMap<>();
  private long now;
  private long eventNumber;
  private int attempts;
  private long lastEnd;

  PackerWorld(PackerStory story, boolean checksOrder) {
    this.story = story;
    this.checksOrder = checksOrder;
    this.packer = new NodePacker(story.settings());
    this.nodeSlots = Math.max(1, story.settings().slotsPerNode());
    this.holdsPromises =
        story.settings().ageing().isZero()
            && story.faults().isEmpty()
            && story.blocks().stream().allMatch(b -> b.start() == 0 && b.length() == 0)
            && story.jobs().stream().allMatch(j -> j.limit() == 0 || j.limit() >= j.duration());
    for (int i = 0; i < story.blocks().size(); i++) {
      BlockPlan plan = story.blocks().get(i);
      String name = "b" + i;
      boolean isSafe = i == 0;
      at(plan.start() * SECOND, () -> addBlock(name, plan, isSafe));
    }
    for (int i = 0; i < story.jobs().size(); i++) {
      Job job = story.jobs().get(i);
      TaskId id = new TaskId(i + 1);
      jobs.put(id, job);
      at(job.arrival() * SECOND, () -> submit(id));
    }
    for (Fault fault : story.faults()) {
      at(fault.time() * SECOND, () -> suffer(fault));
    }
  }

  private void at(long time, Runnable what) {
    events.add(new Event(time, eventNumber++, what));
  }

  /** Runs until all is over, and checks that it is. */
  void run() {
    while (!events.isEmpty()) {
      now = events.peek().time();
      while (!events.isEmpty() && events.peek().time() == now) {
        events.poll().what().run();
      }
      packer.place(now).forEach(this::begin);
      if (checksOrder) {
        checkThatTheFirstWaitsForAReason();
      }
      notePromise();
    }
    assertThat(waiting).as("tasks that nobody starts, at %s s", now / SECOND).isEmpty();
    assertThat(running).isEmpty();
    assertThat(over).hasSameSizeAs(story.jobs());
    assertThat(packer.waiting() + packer.running()).isZero();
    blocks.forEach((name, block) -> checkFree(name, block));
  }

  /** When the last task ended, seconds. */
  double makespan() {
    return (double) lastEnd / SECOND;
  }

  /** How long each task waited, seconds, by its number from 1. */
  double waited(int number) {
    TaskId id = new TaskId(number);
    return (double) started.get(id) / SECOND - jobs.get(id).arrival();
  }

  private void checkFree(String name, Block block) {
    int free = block.nodes.values().stream().filter(n -> !n.isLost).mapToInt(Node::free).sum();
    assertThat(packer.freeSlots(name)).as("free slots of block %s", name).isEqualTo(free);
  }

  private void addBlock(String name, BlockPlan plan, boolean isSafe) {
    long end = plan.length() == 0 ? Long.MAX_VALUE : now + plan.length() * SECOND;
    Block block = new Block(end, isSafe);
    List<BlockNode> nodes =
        IntStream.range(0, plan.nodes())
            .mapToObj(i -> new BlockNode(name + "n" + i, plan.node()))
            .toList();
    nodes.forEach(
        node -> block.nodes.put(node.name(), new Node(node.slots(), plan.slotsPerDevice())));
    blocks.put(name, block);
    packer.addBlock(name, nodes, end);
    nodeSlots = Math.max(nodeSlots, plan.slots());
    if (end != Long.MAX_VALUE) {
      at(end + 1, () -> endBlock(name)); // what ends with it has ended
    }
  }

  /** A task that keeps to its limit is never cut off by its block's end. */
  private void endBlock(String name) {
    for (Run run : running.values()) {
      Job job = jobs.get(run.task());
      assertThat(run.placement().block().equals(name) && job.limit() >= job.duration())
          .as("task %s runs at the end of block %s", run.task(), name)
          .isFalse();
    }
    removeBlock(name);
  }

  private void removeBlock(String name) {
    if (blocks.remove(name) == null) {
      assertThat(packer.removeBlock(name)).isEmpty();
      return;
    }
    List<TaskId> there =
        running.values().stream()
            .filter(run -> run.placement().block().equals(name))
            .map(Run::task)
            .toList();
    assertThat(packer.removeBlock(name)).containsExactlyInAnyOrderElementsOf(there);
    there.forEach(running::remove);
    there.forEach(this::submit);
  }

  private void submit(TaskId id) {
    Job job = jobs.get(id);
    long submitted = job.arrival() * SECOND;
    waiting.put(id, submitted);
    packer.submit(id, job.request(), Duration.ofSeconds(job.limit()), submitted);
  }

  private void begin(NodePlacement placement) {
    TaskId id = placement.task();
    Job job = jobs.get(id);
    assertThat(waiting.remove(id)).as("task %s was placed and did not wait", id).isNotNull();
    Block block = blocks.get(placement.block());
    assertThat(block).as("block %s is not there", placement.block()).isNotNull();
    assertThat(block.isClosed).as("block %s is closed", placement.block()).isFalse();
    assertThat(now + job.limit() * SECOND).isLessThanOrEqualTo(block.end);
    assertThat(placement.nodes()).doesNotHaveDuplicates().hasSize(job.request().nodes());
    if (story.settings().inARow()) {
      List<String> list = List.copyOf(block.nodes.keySet());
      int first = list.indexOf(placement.nodes().get(0));
      assertThat(list.subList(first, list.size()))
          .startsWith(placement.nodes().toArray(String[]::new));
    }
    for (NodeShare share : placement.shares()) {
      Node node = block.nodes.get(share.node());
      assertThat(node).as("node %s of block %s", share.node(), placement.block()).isNotNull();
      assertThat(node.isLost).as("node %s is lost", share.node()).isFalse();
      int wanted = job.request().isWholeNodes() ? node.slots.length : job.request().slotsPerNode();
      assertThat(share.slots()).doesNotHaveDuplicates().hasSize(wanted);
      for (int slot : share.slots()) {
        assertThat(node.slots[slot]).as("slot %s of node %s", slot, share.node()).isNull();
        node.slots[slot] = id;
      }
      if (!job.request().isWholeNodes()) {
        checkDevices(node, share, job.request().accelerators());
      }
    }
    started.put(id, now);
    Long promise = promises.remove(id);
    assertThat(promise == null || now <= promise)
        .as("task %s was promised a start at %s and starts at %s", id, promise, now)
        .isTrue();
    int attempt = ++attempts;
    running.put(id, new Run(id, attempt, placement));
    at(now + job.duration() * SECOND, () -> end(id, attempt));
  }

  /** Its devices come first: whole ones it has alone, and of a broken one the part it asked for. */
  private static void checkDevices(Node node, NodeShare share, double accelerators) {
    Map<Integer, Integer> had = new LinkedHashMap<>();
    share
        .slots()
        .forEach(slot -> had.merge(slot / Math.max(1, node.slotsPerDevice), 1, Integer::sum));
    List<Integer> sizes = node.devices(true);
    double left = accelerators;
    for (Map.Entry<Integer, Integer> device : had.entrySet()) {
      if (left > 0) {
        int size = sizes.get(device.getKey());
        assertThat(device.getValue())
            .as("slots of device %s of %s for %s", device.getKey(), share, accelerators)
            .isGreaterThanOrEqualTo((int) Math.ceil(size * Math.min(1, left)));
        left -= 1;
      }
    }
    assertThat(left).as("devices that %s lacks of %s", share, accelerators).isLessThanOrEqualTo(0);
  }

  private boolean isRunning(TaskId id, int attempt) {
    Run run = running.get(id);
    return run != null && run.attempt() == attempt;
  }

  private void end(TaskId id, int attempt) {
    if (isRunning(id, attempt)) {
      giveBack(id);
      over.add(id);
      lastEnd = now;
    }
  }

  private void giveBack(TaskId id) {
    NodePlacement placement = running.remove(id).placement();
    for (NodeShare share : placement.shares()) {
      Node node = blocks.get(placement.block()).nodes.get(share.node());
      share.slots().forEach(slot -> node.slots[slot] = null);
    }
    assertThat(packer.finished(id)).isTrue();
  }

  private void suffer(Fault fault) {
    List<String> exposed =
        blocks.entrySet().stream()
            .filter(e -> !e.getValue().isSafe)
            .map(Map.Entry::getKey)
            .toList();
    switch (fault.kind()) {
      case LOSE_NODE, NODE_BACK, REMOVE_BLOCK, CLOSE_BLOCK -> {
        if (!exposed.isEmpty()) {
          suffer(fault, exposed.get(fault.pick() % exposed.size()));
        }
      }
      case CANCEL_TASK -> {
        TaskId id = new TaskId(1 + fault.pick() % jobs.size());
        boolean waits = waiting.remove(id) != null;
        assertThat(packer.cancel(id)).isEqualTo(waits);
        if (waits) {
          over.add(id);
        }
      }
      case FINISH_WHAT_DOES_NOT_RUN -> {
        TaskId id = new TaskId(1 + fault.pick() % (jobs.size() + 1));
        if (!running.containsKey(id)) {
          assertThat(packer.finished(id)).isFalse();
        }
      }
    }
  }

  private void suffer(Fault fault, String name) {
    Block block = blocks.get(name);
    List<String> nodes = new ArrayList<>(block.nodes.keySet());
    String node = nodes.get(fault.pick() / 7 % nodes.size());
    switch (fault.kind()) {
      case LOSE_NODE -> loseNode(name, node);
      case NODE_BACK -> {
        block.nodes.get(node).isLost = false;
        packer.nodeBack(name, node);
      }
      case REMOVE_BLOCK -> removeBlock(name);
      case CLOSE_BLOCK -> {
        block.isClosed = true;
        packer.closeBlock(name);
      }
      case CANCEL_TASK, FINISH_WHAT_DOES_NOT_RUN -> throw new IllegalStateException();
    }
  }

  /** What ran on it is found dead a second later, and runs again. */
  private void loseNode(String name, String node) {
    blocks.get(name).nodes.get(node).isLost = true;
    List<Run> there =
        running.values().stream().filter(run -> run.placement().nodes().contains(node)).toList();
    assertThat(packer.nodeLost(name, node))
        .containsExactlyInAnyOrderElementsOf(there.stream().map(Run::task).toList());
    for (Run run : there) {
      at(
          now + SECOND,
          () -> {
            if (isRunning(run.task(), run.attempt())) {
              giveBack(run.task());
              submit(run.task());
            }
          });
    }
  }

  /**
   * The first task in the order of size and age, of those that can run at all, does not fit now.
   */
  private void checkThatTheFirstWaitsForAReason() {
    List<TaskId> order = new ArrayList<>(waiting.keySet());
    order.sort(
        Comparator.<TaskId>comparingLong(this::rank)
            .thenComparingLong(id -> -weight(id))
            .thenComparing(Comparator.naturalOrder()));
    for (TaskId id : order) {
      Job job = jobs.get(id);
      boolean canRun = false;
      for (Block block : blocks.values()) {
        if (!block.isClosed && now + job.limit() * SECOND <= block.end && now < block.end) {
          if (nodesWith(block, job.request(), false) >= job.request().nodes()) {
            throw new AssertionError(
                "at %s s it would fit: %s".formatted(now / SECOND, packer.explain(id, now)));
          }
          canRun |= nodesWith(block, job.request(), true) >= job.request().nodes();
        }
      }
      if (canRun) {
        return;
      }
    }
  }

  /** Nodes with room for a part of the request; those of the longest row where that counts. */
  private int nodesWith(Block block, NodeRequest request, boolean whenIdle) {
    int count = 0;
    int longest = 0;
    for (Node node : block.nodes.values()) {
      boolean has = hasRoom(node, request, whenIdle);
      count = has ? count + 1 : story.settings().inARow() ? 0 : count;
      longest = Math.max(longest, count);
    }
    return longest;
  }

  private static boolean hasRoom(Node node, NodeRequest request, boolean whenIdle) {
    int need = request.isWholeNodes() ? node.slots.length : request.slotsPerNode();
    boolean has = (whenIdle ? node.slots.length : node.free()) >= need;
    if (has && request.accelerators() > 0 && !request.isWholeNodes()) {
      has = suits(node, request) && node.hasDevices(request.accelerators(), whenIdle);
    }
    return has && !node.isLost;
  }

  /** Whether so many slots are enough for the devices, whichever those are. */
  private static boolean suits(Node node, NodeRequest request) {
    List<Integer> sizes = new ArrayList<>(node.devices(true));
    sizes.sort(Comparator.reverseOrder());
    int most = 0;
    double left = request.accelerators();
    for (int size : sizes) {
      most += left > 0 ? (int) Math.ceil(size * Math.min(1, left)) : 0;
      left -= 1;
    }
    return left <= 0 && most <= request.slotsPerNode();
  }

  private long weight(TaskId id) {
    NodeRequest request = jobs.get(id).request();
    int perNode = request.isWholeNodes() ? nodeSlots : request.slotsPerNode();
    return (long) request.nodes() * perNode;
  }

  private long rank(TaskId id) {
    long ageing = story.settings().ageing().toNanos() / 1_000;
    return waiting.get(id) - Math.round(ageing * Math.log(weight(id)) / Math.log(2));
  }

  /**
   * First in, first out, in blocks that stay and keep their nodes: a start that was foreseen once
   * does not move back, whatever was put in front of it.
   */
  private void notePromise() {
    WaitingTask first = packer.reservation().task();
    if (holdsPromises && first != null && packer.reservation().startMicros() != Long.MAX_VALUE) {
      promises.merge(first.id, packer.reservation().startMicros(), Math::min);
    }
  }
}
