package dev.drover.interchange;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.protocol.BlockTime;
import dev.drover.protocol.FromManager;
import dev.drover.submit.TaskBatch;
import dev.drover.submit.TaskOptions;
import dev.drover.task.Payload;
import dev.drover.task.ResourceRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Tasks of several shapes go where they would if all managers were put in order anew for each task:
 * that is what is written down here, and random managers and tasks are compared with it.
 */
class CandidatesTest {
  private static final int STORIES = 300;
  private static final int STEPS = 40;
  private static final long MINUTE = 60_000;

  private static final ResourceRequest[] REQUESTS = {
    ResourceRequest.ONE_SLOT,
    ResourceRequest.ONE_SLOT,
    cores(2),
    cores(3),
    cores(5),
    cores(8),
    new ResourceRequest(0, 0, 3 << 20, 0, 0),
    new ResourceRequest(0, 0, 0, 0, 2)
  };

  private static final Duration[] LIMITS = {
    Duration.ZERO, Duration.ZERO, Duration.ofMinutes(1), Duration.ofMinutes(20)
  };

  private static ResourceRequest cores(int cores) {
    return new ResourceRequest(cores, 0, 0, 0, 0);
  }

  /** What a manager would have left, were the tasks placed one by one. */
  private static final class Sketch {
    final Manager manager;
    int used;
    boolean empty;
    int number;

    Sketch(Manager manager, int number) {
      this.manager = manager;
      this.used = manager.usedSlots;
      this.empty = manager.tasks.isEmpty();
      this.number = number;
    }

    int free() {
      return manager.facts.slots() - used;
    }

    int room() {
      return manager.capacity - used;
    }

    int rounds() {
      return 1 + used / manager.facts.slots();
    }
  }

  /** One dispatcher with managers and tasks of its own. */
  private static final class World {
    private final Random random;
    private final Placement placement;
    private final TaskTimes times = new TaskTimes();
    private final PendingTasks pending = new PendingTasks();
    private final SlotDispatcher dispatcher;
    private final List<Manager> managers = new ArrayList<>();
    private long now = 1_000_000_000;
    private long nextId = 1;
    private int compared;

    World(int seed, Placement placement) {
      this.random = new Random(seed);
      this.placement = placement;
      this.dispatcher = new SlotDispatcher(placement, pending, times);
      for (int i = 0; i < 12; i++) {
        join("m" + i);
      }
    }

    private void join(String id) {
      int slots = 1 + random.nextInt(8);
      long clock = 1_000 * MINUTE;
      long end = clock + MINUTE * (1 + random.nextInt(40));
      BlockTime time = random.nextBoolean() ? BlockTime.NONE : new BlockTime(end, end);
      Manager manager =
          new Manager(
              new FromManager.Register(
                  InterchangeDriver.facts(
                      id, "b-000" + random.nextInt(4), slots, clock * 1000, time),
                  Payload.of(new byte[16]),
                  slots,
                  List.of(),
                  clock),
              now);
      manager.capacity = slots + random.nextInt(slots + 1);
      manager.ready = true;
      managers.add(manager);
      dispatcher.changed(manager);
    }

    void step() {
      now += random.nextInt(60_000_000);
      dispatcher.tick(now);
      for (int i = random.nextInt(12); i > 0; i--) {
        submit();
      }
      boolean isMixed = pending.levels().stream().allMatch(CandidatesTest::isMixed);
      Map<Manager, List<Long>> expected = isMixed ? expected() : null;
      Map<Manager, List<Task>> given = dispatcher.assign(now);
      if (isMixed) {
        compared++;
        Map<Manager, List<Long>> ids = new LinkedHashMap<>();
        given.forEach((m, tasks) -> ids.put(m, tasks.stream().map(task -> task.id).toList()));
        assertThat(ids).isEqualTo(expected);
        assertThat(List.copyOf(ids.keySet())).isEqualTo(List.copyOf(expected.keySet()));
      }
      for (Manager manager : managers) {
        end(manager);
      }
    }

    private void submit() {
      ResourceRequest request = REQUESTS[random.nextInt(REQUESTS.length)];
      Duration limit = LIMITS[random.nextInt(LIMITS.length)];
      TaskOptions options = new TaskOptions(random.nextInt(10) == 0 ? 1 : 0, 0, 0);
      TaskBatch batch =
          TaskBatch.single(
              InterchangeDriver.spec(request, limit), options, InterchangeDriver.NOBODY);
      pending.add(new Submission(nextId++, batch), now);
    }

    private void end(Manager manager) {
      List<Task> has = new ArrayList<>();
      manager.tasks.forEach(has::add);
      has.removeIf(task -> random.nextInt(3) > 0);
      has.forEach(task -> manager.remove(task, now));
      dispatcher.changed(manager);
    }

    /** Whose turn it is: in the order in which they wait, idle ones first. */
    private List<Sketch> waiting() {
      Map<Boolean, ManagerQueue> queues = new HashMap<>();
      for (Manager manager : managers) {
        if (manager.queue != null) {
          queues.put(manager.freeSlots() > 0, manager.queue);
        }
      }
      List<Sketch> waiting = new ArrayList<>();
      for (boolean idle : new boolean[] {true, false}) {
        if (queues.containsKey(idle)) {
          queues.get(idle).forEach(m -> waiting.add(new Sketch(m, waiting.size())));
        }
      }
      return waiting;
    }

    private Map<Manager, List<Long>> expected() {
      List<Sketch> sketches = waiting();
      Map<Manager, List<Long>> given = new LinkedHashMap<>();
      Set<Sketch> reserved = new HashSet<>();
      for (Map<ResourceRequest, Lane> level : pending.levels()) {
        Map<Long, TaskQueue> queueOf = new java.util.TreeMap<>();
        Map<TaskQueue, ResourceRequest> requestOf = new HashMap<>();
        for (Lane lane : level.values()) {
          for (TaskQueue queue : lane.queues()) {
            requestOf.put(queue, lane.request);
            queue.forEach(
                new PendingTasks.Visitor() {
                  @Override
                  public void array(long first, int count, TaskBatch batch, long submitted) {
                    throw new AssertionError("no array is submitted");
                  }

                  @Override
                  public void single(Task task) {
                    queueOf.put(task.id, queue);
                  }
                });
          }
        }
        Set<TaskQueue> stuck = new HashSet<>();
        queueOf.forEach(
            (id, queue) -> {
              if (!stuck.contains(queue)
                  && !place(id, queue, requestOf.get(queue), sketches, reserved, given)) {
                stuck.add(queue);
              }
            });
      }
      return given;
    }

    private boolean place(
        long id,
        TaskQueue queue,
        ResourceRequest request,
        List<Sketch> sketches,
        Set<Sketch> reserved,
        Map<Manager, List<Long>> given) {
      List<Sketch> inOrder = new ArrayList<>(sketches);
      inOrder.removeAll(reserved);
      inOrder.removeIf(s -> s.room() <= 0);
      inOrder.sort(order());
      Sketch nearest = null;
      for (Sketch sketch : inOrder) {
        int slots = sketch.manager.slotsFor(request);
        long need = queue.needMicros(times);
        if (slots == NodeShape.NEVER || !sketch.manager.time.fits(need, sketch.rounds(), now)) {
          continue;
        }
        if (slots == 1 || sketch.free() >= slots) {
          boolean wasIdle = sketch.free() > 0;
          sketch.used += slots;
          sketch.empty = false;
          if (wasIdle && sketch.free() <= 0) { // it waits anew, behind the others
            sketch.number = 1 + sketches.stream().mapToInt(s -> s.number).max().orElseThrow();
          }
          given.computeIfAbsent(sketch.manager, m -> new ArrayList<>()).add(id);
          return true;
        }
        if (nearest == null || sketch.free() > nearest.free()) {
          nearest = sketch;
        }
      }
      if (nearest != null) {
        reserved.add(nearest);
      }
      return false;
    }

    private Comparator<Sketch> order() {
      Comparator<Sketch> byTurn = Comparator.comparingInt(sketch -> sketch.number);
      if (placement == Placement.SPREAD) {
        return Comparator.comparingInt(Sketch::free).reversed().thenComparing(byTurn);
      }
      return Comparator.<Sketch, Boolean>comparing(sketch -> sketch.empty)
          .thenComparing(sketch -> sketch.manager.facts.block(), Comparator.reverseOrder())
          .thenComparingInt(Sketch::free)
          .thenComparing(byTurn);
    }
  }

  private static boolean isMixed(Map<ResourceRequest, Lane> level) {
    return level.size() > 1 || !level.keySet().iterator().next().isOneSlot();
  }

  @ParameterizedTest
  @EnumSource(Placement.class)
  void tasksOfSeveralShapes_goWhereTheyWould_wereAllManagersPutInOrderForEach(Placement placement) {
    int compared = 0;
    for (int seed = 0; seed < STORIES; seed++) {
      World world = new World(seed, placement);
      for (int step = 0; step < STEPS; step++) {
        try {
          world.step();
        } catch (AssertionError e) {
          throw new AssertionError("story " + seed + ", step " + step, e);
        }
      }
      compared += world.compared;
    }
    assertThat(compared).isGreaterThan(STORIES * STEPS / 2);
  }
}
