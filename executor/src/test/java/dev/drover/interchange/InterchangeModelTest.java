package dev.drover.interchange;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.block.BlockId;
import dev.drover.protocol.BlockTime;
import dev.drover.protocol.FromManager;
import dev.drover.protocol.HeldTask;
import dev.drover.protocol.ManagerId;
import dev.drover.protocol.ToManager;
import dev.drover.submit.TaskBatch;
import dev.drover.submit.TaskOptions;
import dev.drover.task.Ending;
import dev.drover.task.NodeShare;
import dev.drover.task.Payload;
import dev.drover.task.ResourceRequest;
import dev.drover.task.TaskAssignment;
import dev.drover.task.TaskId;
import dev.drover.task.TaskOutcome;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.function.IntFunction;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Random stories of managers that obey the protocol over wires that break: they take tasks, end
 * them, give them back, fall silent, die, come back, drain and leave, while a user submits and
 * cancels. Whatever happens, each task ends exactly once.
 */
class InterchangeModelTest {
  private static final int STORIES = 250;
  private static final int STEPS = 500;

  private static final Duration[] LIMITS = {
    Duration.ZERO, Duration.ZERO, Duration.ofMinutes(1), Duration.ofMinutes(20), Duration.ofHours(9)
  };

  @ParameterizedTest
  @EnumSource(Placement.class)
  void everyTaskEndsExactlyOnce_whateverHappensToItsManagers(Placement placement) {
    tellStories(STORIES, seed -> new World(seed, Kind.SLOTS, placement));
  }

  /** No node is used twice, none is lost, and tasks of many shapes are side by side. */
  @ParameterizedTest
  @EnumSource(
      value = Kind.class,
      names = {"NODES", "LEAD_NODES"})
  void everyTaskEndsExactlyOnce_alsoWhenTasksHaveNodes(Kind kind) {
    tellStories(STORIES / 2, seed -> new World(seed, kind, Placement.SPREAD));
  }

  /** What the managers of a story stand for, and so what its tasks ask for. */
  private enum Kind {
    /** For their own slots. */
    SLOTS,
    /** For their own node, of which tasks have slots, or have several whole ones. */
    NODES,
    /** For all nodes of their block, of which tasks have whole ones. */
    LEAD_NODES
  }

  private static void tellStories(int stories, IntFunction<World> worlds) {
    for (int seed = 0; seed < stories; seed++) {
      World world = worlds.apply(seed);
      try {
        for (int step = 0; step < STEPS; step++) {
          world.step();
          world.check();
        }
        world.settle();
      } catch (RuntimeException | AssertionError e) {
        throw new AssertionError("seed " + seed + ", step " + world.steps, e);
      }
    }
  }

  /** A manager that obeys the protocol; what it says and hears is under way for a while. */
  private static final class Fake {
    final String id;
    final String block;
    final int slots;

    /** Those that it stands for; empty = its own. */
    final List<String> nodes;

    /** When it ends its tasks since its block ends; 0 = never. */
    final long endMicros;

    final long startMicros;
    final Map<Long, TaskAssignment> has = new LinkedHashMap<>();
    final ArrayDeque<FromManager.TasksFinished> unacknowledged = new ArrayDeque<>();
    final ArrayDeque<Effect.Send> inbox = new ArrayDeque<>();
    final ArrayDeque<FromManager> outbox = new ArrayDeque<>();
    int prefetch;
    long lastBatch;
    boolean isOpen;
    boolean isReady;
    boolean isSilent;
    boolean isDraining;
    boolean isLeaving;

    Fake(
        String id,
        String block,
        int slots,
        List<String> nodes,
        int prefetch,
        long startMicros,
        long endMicros) {
      this.nodes = nodes;
      this.startMicros = startMicros;
      this.endMicros = endMicros;
      this.id = id;
      this.block = block;
      this.slots = slots;
      this.prefetch = prefetch;
    }

    int capacity() {
      return isDraining ? 0 : slots + prefetch;
    }

    void breakSession() {
      isOpen = false;
      isReady = false;
      isLeaving = false;
      inbox.clear();
      outbox.clear();
    }

    FromManager.Register register(long now) {
      List<HeldTask> held = new ArrayList<>();
      has.values().forEach(task -> held.add(new HeldTask(task.id(), task.attempt())));
      unacknowledged.forEach(
          batch -> batch.outcomes().forEach(o -> held.add(new HeldTask(o.id(), o.attempt()))));
      long end = endMicros / 1000;
      return new FromManager.Register(
          InterchangeDriver.facts(
              id,
              block,
              slots,
              startMicros,
              new BlockTime(end == 0 ? 0 : end + 15_000, end),
              nodes),
          Payload.of(new byte[16]),
          capacity(),
          held,
          now / 1000);
    }

    /** What has begun is cut off, the rest given back. */
    void blockEnds() {
      if (!isDraining) {
        isDraining = true;
        say(new FromManager.Draining("its block ends"));
      }
      giveBack(slots);
      for (TaskAssignment task : List.copyOf(has.values())) {
        ends(task, Ending.WALLTIME);
      }
    }

    void ends(TaskAssignment task, Ending ending) {
      has.remove(task.id().value());
      TaskOutcome outcome = TaskOutcome.without(task.id(), task.attempt(), ending, "", 0);
      FromManager.TasksFinished batch =
          new FromManager.TasksFinished(++lastBatch, List.of(outcome), capacity());
      unacknowledged.add(batch);
      say(batch);
    }

    void giveBack(int keep) {
      List<TaskAssignment> tasks = new ArrayList<>(has.values());
      List<HeldTask> back = new ArrayList<>();
      for (TaskAssignment task : tasks.subList(Math.min(keep, tasks.size()), tasks.size())) {
        has.remove(task.id().value());
        back.add(new HeldTask(task.id(), task.attempt()));
      }
      if (!back.isEmpty()) {
        say(new FromManager.TasksReturned(back, capacity()));
      }
    }

    /** Its command runs here, and nothing of what it has is another's. */
    private void checkShares(TaskAssignment task) {
      if (task.shares().isEmpty()) {
        return;
      }
      assertThat(task.nodes()).doesNotHaveDuplicates();
      if (nodes.isEmpty()) {
        assertThat(task.nodes().get(0)).isEqualTo("node-" + id);
        assertThat(task.slots()).isEqualTo(task.shares().get(0).slots().size());
      } else {
        assertThat(nodes).containsAll(task.nodes());
        assertThat(has).hasSizeLessThan(slots);
      }
      for (TaskAssignment other : has.values()) {
        if (nodes.isEmpty() && !other.shares().isEmpty()) {
          assertThat(other.shares().get(0).slots())
              .as("slots of tasks %s and %s on %s", other.id(), task.id(), id)
              .doesNotContainAnyElementsOf(task.shares().get(0).slots());
        } else {
          assertThat(other.nodes()).doesNotContainAnyElementsOf(task.nodes());
        }
      }
    }

    void say(FromManager message) {
      if (isOpen) {
        outbox.add(message);
      }
    }

    void hear(Effect.Send send) {
      while (!unacknowledged.isEmpty() && unacknowledged.peek().batch() <= send.acked()) {
        unacknowledged.poll();
      }
      if (send.message() instanceof ToManager.RunTasks run) {
        assertThat(run.tasks()).isNotEmpty();
        for (TaskAssignment task : run.tasks()) {
          assertThat(task.slots()).isLessThanOrEqualTo(slots);
          checkShares(task);
          TaskAssignment before = has.put(task.id().value(), task);
          assertThat(before).as("two attempts of %s on %s", task.id(), id).isNull();
        }
        if (isDraining) {
          giveBack(0);
        }
      } else if (send.message() instanceof ToManager.CancelTasks cancel) {
        for (TaskId task : cancel.tasks()) {
          if (has.containsKey(task.value())) {
            ends(has.get(task.value()), Ending.CANCELLED);
          }
        }
      } else if (send.message() instanceof ToManager.Drain) {
        isDraining = true;
        giveBack(slots);
      }
    }
  }

  private static final class World {
    private static final int NODES_PER_BLOCK = 3;

    private final Random random;
    private final Kind kind;
    private final InterchangeState state;
    private final Map<String, Fake> managers = new LinkedHashMap<>();
    private final Map<Long, Ending> ended = new HashMap<>();
    private final Set<Long> cancelled = new HashSet<>();
    private long now = 1_000_000_000;
    private long submitted;
    private final boolean isCalm;
    private final Map<Long, Integer> walltimeLosses = new HashMap<>();

    /** Length of the blocks; zero = they have no end. */
    private final Duration walltime;

    private final Map<Integer, Long> ends = new HashMap<>();
    private int made;
    int steps;

    World(int seed, Kind kind, Placement placement) {
      random = new Random(seed);
      this.kind = kind;
      isCalm = random.nextBoolean();
      walltime =
          random.nextBoolean() ? Duration.ofSeconds(60 + random.nextInt(7_200)) : Duration.ZERO;
      int launches = kind == Kind.SLOTS || random.nextBoolean() ? 0 : 30;
      state =
          new InterchangeState(
              InterchangeDriver.settings(
                  placement,
                  failed -> failed.id().value() % 3,
                  Optional.empty(),
                  kind == Kind.NODES ? NODES_PER_BLOCK : kind == Kind.LEAD_NODES ? 1 : 0,
                  kind == Kind.SLOTS
                      ? MpiSettings.NONE
                      : new MpiSettings(kind == Kind.LEAD_NODES, NODES_PER_BLOCK, 2, launches)));
    }

    void step() {
      steps++;
      switch (random.nextInt(24)) {
        case 0, 1 -> submit();
        case 2 -> cancelSome();
        case 3 -> {
          if (managers.size() < (isCalm ? 5 : kind == Kind.NODES ? 4 : 2)) {
            arrive(1 + random.nextInt(3), 1 << random.nextInt(3));
          }
        }
        case 4 -> withManager(fake -> registerAgain(fake));
        case 5 -> withManager(this::breakSession);
        case 6 -> {
          if (random.nextInt(4) == 0) {
            withManager(this::die);
          }
        }
        case 7 -> withManager(fake -> fake.isSilent = random.nextInt(isCalm ? 3 : 2) == 0);
        case 8 -> passTime(Duration.ofSeconds(1 + random.nextInt(isCalm ? 50 : 200)));
        case 9 -> withManager(this::userSteers);
        case 10 -> withManager(this::changeCapacity);
        case 11 -> withManager(fake -> fake.giveBack(fake.slots));
        case 12 -> withManager(this::leaveIfDone);
        case 13 -> withManager(this::started);
        case 14, 15, 16 -> withManager(this::endOne);
        case 17, 18 -> withManager(this::hears);
        case 19, 20 -> withManager(this::isHeard);
        default -> on(new Event.Dispatch());
      }
    }

    private interface Act {
      void on(Fake fake);
    }

    private void withManager(Act act) {
      if (!managers.isEmpty()) {
        List<Fake> all = new ArrayList<>(managers.values());
        act.on(all.get(random.nextInt(all.size())));
      }
    }

    private void submit() {
      TaskOptions options =
          new TaskOptions(random.nextInt(3) - 1, random.nextInt(3), random.nextInt(3));
      ResourceRequest request = request();
      int count = random.nextInt(3) == 0 ? 1 + random.nextInt(12) : 1;
      TaskBatch batch =
          new TaskBatch(
              InterchangeDriver.spec(request, LIMITS[random.nextInt(LIMITS.length)]),
              options,
              count > 1 ? 0 : -1,
              count,
              InterchangeDriver.NOBODY);
      long first = submitted + 1;
      submitted += count;
      on(new Event.Submitted(List.of(new Submission(first, batch))));
    }

    private ResourceRequest request() {
      int cores = new int[] {0, 0, 0, 2, 4}[random.nextInt(5)];
      int nodes = kind == Kind.SLOTS ? 0 : random.nextInt(NODES_PER_BLOCK + 1);
      int ranks = kind == Kind.SLOTS ? 0 : random.nextInt(3);
      if (kind == Kind.LEAD_NODES && random.nextInt(8) > 0) {
        return new ResourceRequest(0, 0, 0, Math.max(1, nodes), 1 + ranks);
      }
      return cores + nodes + ranks == 0
          ? ResourceRequest.ONE_SLOT
          : new ResourceRequest(cores, 0, 0, nodes, ranks);
    }

    private void cancelSome() {
      if (random.nextInt(200) == 0) {
        for (long id = 1; id <= submitted; id++) {
          cancelled.add(id);
        }
        on(new Event.CancelledAll(Ending.CANCELLED, "all"));
        return;
      }
      List<TaskId> ids = new ArrayList<>();
      for (int i = random.nextInt(2); i >= 0; i--) {
        long id = 1 + random.nextLong(submitted + 3);
        cancelled.add(id);
        ids.add(new TaskId(id));
      }
      on(new Event.Cancelled(ids));
    }

    /** All managers of a block end their tasks at the same time. */
    private long endOf(int block) {
      Long known = ends.get(block);
      if (known == null || kind == Kind.SLOTS || known != 0 && known <= now) {
        boolean isEndless = walltime.isZero() || random.nextInt(4) == 0;
        known = isEndless ? 0 : now + walltime.toMillis() * 1000;
        ends.put(block, known);
      }
      return known;
    }

    private void arrive(int block, int slots) {
      String id = "m" + ++made;
      long end = endOf(block);
      List<String> nodes =
          kind == Kind.LEAD_NODES ? List.of(block + "-0", block + "-1", block + "-2") : List.of();
      Fake fake =
          new Fake(
              id,
              BlockId.of(block).value(),
              nodes.isEmpty() ? slots : 2,
              nodes,
              random.nextInt(4),
              now,
              end);
      managers.put(id, fake);
      on(new Event.Registered(fake.register(now)));
    }

    private void registerAgain(Fake fake) {
      if (!fake.isSilent && (!fake.isOpen || random.nextInt(4) == 0)) {
        fake.breakSession();
        on(new Event.Registered(fake.register(now)));
      }
    }

    private void breakSession(Fake fake) {
      fake.breakSession();
      if (random.nextBoolean()) {
        on(new Event.RouteLost(new ManagerId(fake.id), "lost"));
      }
    }

    private void die(Fake fake) {
      managers.remove(fake.id);
      if (random.nextInt(3) == 0) {
        String block = fake.block;
        managers.values().removeIf(other -> other.block.equals(block));
        on(new Event.BlockEnded(new BlockId(block), "its job is over"));
      }
    }

    private void passTime(Duration time) {
      now += time.toNanos() / 1000;
      for (Fake fake : List.copyOf(managers.values())) {
        if (fake.endMicros > 0 && now >= fake.endMicros) {
          fake.blockEnds();
        }
        if (!fake.isSilent) {
          fake.say(new FromManager.Heartbeat(fake.capacity()));
          hearAll(fake);
        }
      }
      on(new Event.Tick());
    }

    private void userSteers(Fake fake) {
      ManagerId id = new ManagerId(fake.id);
      switch (random.nextInt(24)) {
        case 0 -> on(new Event.Drained(id, "drained"));
        case 1 -> on(new Event.DrainedBlock(new BlockId(fake.block), "idle"));
        default -> on(new Event.Held(id, random.nextInt(4) == 0));
      }
    }

    private void changeCapacity(Fake fake) {
      fake.prefetch = random.nextInt(6);
      fake.say(new FromManager.Heartbeat(fake.capacity()));
      if (random.nextInt(30) == 0) {
        fake.isDraining = true;
        fake.say(new FromManager.Draining("by itself"));
        fake.giveBack(fake.slots);
      }
    }

    private void leaveIfDone(Fake fake) {
      if (fake.isOpen
          && fake.isDraining
          && !fake.isLeaving
          && fake.has.isEmpty()
          && fake.unacknowledged.isEmpty()) {
        fake.isLeaving = true;
        fake.say(new FromManager.Leaving("done"));
      }
    }

    private void started(Fake fake) {
      List<TaskId> ids =
          fake.has.values().stream().limit(fake.slots).map(TaskAssignment::id).toList();
      fake.say(new FromManager.TasksStarted(ids));
    }

    private void endOne(Fake fake) {
      if (!fake.has.isEmpty()) {
        List<TaskAssignment> running = List.copyOf(fake.has.values());
        TaskAssignment task = running.get(random.nextInt(Math.min(fake.slots, running.size())));
        Ending[] endings = {
          Ending.SUCCEEDED, Ending.SUCCEEDED, Ending.FAILED, Ending.THREW, Ending.WORKER_LOST
        };
        fake.ends(task, endings[random.nextInt(endings.length)]);
      }
    }

    private void hears(Fake fake) {
      if (!fake.inbox.isEmpty() && !fake.isSilent) {
        fake.hear(fake.inbox.poll());
      }
    }

    private void isHeard(Fake fake) {
      if (fake.outbox.isEmpty() || fake.isSilent) {
        return;
      }
      FromManager message = fake.outbox.poll();
      if (message instanceof FromManager.Ready) {
        fake.isReady = true;
      }
      if (message instanceof FromManager.Leaving) {
        managers.remove(fake.id);
      }
      on(new Event.FromManagerSaid(new ManagerId(fake.id), message));
    }

    private void hearAll(Fake fake) {
      while (!fake.outbox.isEmpty() && !fake.isSilent && managers.containsKey(fake.id)) {
        isHeard(fake);
      }
    }

    private void on(Event event) {
      for (Effect effect : state.on(event, now)) {
        perform(effect);
      }
    }

    private void perform(Effect effect) {
      if (effect instanceof Effect.Finish finish) {
        long id = finish.report().id().value();
        Ending ending = finish.report().outcome().ending();
        assertThat(ended.put(id, ending)).as("ends twice: %d", id).isNull();
        if (ending == Ending.CANCELLED) {
          assertThat(cancelled).as("cancelled by nobody").contains(id);
        } else if (ending == Ending.WALLTIME) {
          assertThat(finish.report().outcome().message()).contains("fix: ");
        }
      } else if (effect instanceof Effect.AttemptEnded lost
          && lost.report().outcome().ending() == Ending.WALLTIME) {
        assertThat(lost.cost()).isZero();
        assertThat(walltimeLosses.merge(lost.report().id().value(), 1, Integer::sum))
            .as("cut off again and again")
            .isLessThan(WalltimeLosses.MOST);
      } else if (effect instanceof Effect.OpenSession open) {
        Fake fake = managers.get(open.manager().value());
        fake.isOpen = true;
        fake.say(new FromManager.Ready());
        while (!fake.unacknowledged.isEmpty()
            && fake.unacknowledged.peek().batch() <= open.acked()) {
          fake.unacknowledged.poll();
        }
        fake.unacknowledged.forEach(fake::say);
        if (fake.isDraining) {
          fake.say(new FromManager.Draining("still"));
        }
      } else if (effect instanceof Effect.CloseSession close) {
        Fake fake = managers.get(close.manager().value());
        if (fake != null) {
          fake.breakSession();
        }
      } else if (effect instanceof Effect.Send send) {
        assertThat(state.manager(send.manager())).as("known: %s", send.manager()).isPresent();
        if (send.message() instanceof ToManager.RunTasks run) {
          run.tasks().forEach(task -> assertThat(ended).doesNotContainKey(task.id().value()));
        }
        Fake fake = managers.get(send.manager().value());
        if (fake != null
            && fake.endMicros > 0
            && send.message() instanceof ToManager.RunTasks run) {
          run.tasks().forEach(task -> canEndInTime(task, fake));
        }
        if (fake != null && fake.isOpen) {
          assertThat(fake.isReady).as("%s to %s, not ready", send.message(), fake.id).isTrue();
          fake.inbox.add(send);
        }
      }
    }

    /** Nothing was observed in these stories: limits count, up to what a fresh block has. */
    private void canEndInTime(TaskAssignment task, Fake fake) {
      long left = fake.endMicros - now;
      long whole = fake.endMicros - fake.startMicros;
      long limit = task.spec().timeout().toNanos() / 1000;
      assertThat(left)
          .as("%s on %s", task, fake.id)
          .isPositive()
          .isGreaterThanOrEqualTo((long) Math.min(limit, 0.4 * whole));
    }

    void check() {
      assertThat(state.finishedTasks()).isEqualTo(ended.size());
      assertThat(state.pendingTasks()).isNotNegative();
      assertThat(state.pendingTasks() + state.assignedTasks() + state.finishedTasks())
          .isEqualTo(submitted);
      Set<Long> out = new HashSet<>();
      for (Manager manager : state.managers()) {
        int slots = 0;
        for (Task task : manager.tasks) {
          assertThat(out.add(task.id)).as("two managers have %d", task.id).isTrue();
          assertThat(task.manager).isSameAs(manager);
          assertThat(ended).doesNotContainKey(task.id);
          slots += task.slots;
        }
        assertThat(manager.usedSlots).isEqualTo(slots);
      }
      assertThat(state.assignedTasks()).isEqualTo(out.size());
      checkNodes();
      if (submitted > 0) {
        assertThat(state.explain(new TaskId(1 + random.nextLong(submitted)))).isNotEmpty();
      }
    }

    /** Each slot of each node is one task's. */
    private void checkNodes() {
      Map<String, Long> owners = new HashMap<>();
      for (Manager manager : state.managers()) {
        for (Task task : manager.tasks) {
          for (NodeShare share : task.shares) {
            for (int slot : share.slots()) {
              Long other = owners.put(share.node() + ":" + slot, task.id);
              assertThat(other).as("slot %d of %s", slot, share.node()).isNull();
            }
          }
        }
      }
    }

    private void largeBlock(int number) {
      for (int i = 0; i < (kind == Kind.NODES ? NODES_PER_BLOCK : 1); i++) {
        arrive(number, 8);
      }
    }

    /** All wires are mended, a large manager comes, and what there is to do is done. */
    void settle() {
      largeBlock(99);
      for (int round = 0; ended.size() < submitted; round++) {
        assertThat(round).as("rounds without an end: %s", StatusText.of(state)).isLessThan(2_000);
        for (Fake fake : List.copyOf(managers.values())) {
          fake.isSilent = false;
          if (!fake.isOpen) {
            on(new Event.Registered(fake.register(now)));
          }
          hearAll(fake);
          while (!fake.inbox.isEmpty()) {
            fake.hear(fake.inbox.poll());
          }
          if (!fake.has.isEmpty()) {
            fake.ends(fake.has.values().iterator().next(), Ending.SUCCEEDED);
          }
          leaveIfDone(fake);
          hearAll(fake);
          on(new Event.Held(new ManagerId(fake.id), false));
        }
        if (round % 50 == 49) {
          largeBlock(100 + round); // the others may be draining, or have no time left
        }
        passTime(Duration.ofSeconds(31));
        on(new Event.Dispatch());
        check();
      }
      assertThat(state.pendingTasks()).isZero();
      assertThat(state.assignedTasks()).isZero();
      assertThat(state.managers()).allMatch(m -> m.usedSlots == 0 && m.tasks.isEmpty());
      for (long id = 1; id <= submitted; id++) {
        assertThat(ended).containsKey(id);
        assertThat(state.explain(new TaskId(id))).contains("has ended");
      }
    }
  }
}
