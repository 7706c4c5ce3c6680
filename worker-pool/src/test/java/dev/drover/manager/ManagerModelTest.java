package dev.drover.manager;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.protocol.FromManager;
import dev.drover.protocol.HeldTask;
import dev.drover.task.Ending;
import dev.drover.task.NodeShare;
import dev.drover.task.TaskAssignment;
import dev.drover.task.TaskId;
import dev.drover.task.TaskOutcome;
import dev.drover.task.TaskSpec;
import dev.drover.task.TaskWork;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Random stories of slots and worker JVMs that do what they are told, sooner or later: they end
 * tasks, die, give back what they had not begun. Whatever happens, each task that came has exactly
 * one outcome or is given back once.
 */
class ManagerModelTest {
  private static final int STORIES = 400;
  private static final int STEPS = 400;

  @Test
  void everyAssignedTask_endsInOneOutcome_orIsGivenBack() {
    for (int seed = 0; seed < STORIES; seed++) {
      World world = new World(seed);
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

  /** A slot's command, or its worker JVM. */
  private static final class Place {
    /** What the slot's thread runs, and what follows. */
    final ArrayDeque<TaskAssignment> commands = new ArrayDeque<>();

    /** The last task of another slot that took this one too. */
    TaskAssignment lentTo;

    TaskId toEnd;
    int commandRecalls;
    final ArrayDeque<TaskAssignment> worker = new ArrayDeque<>();
    boolean workerIsDying;
    int recalls;

    boolean isFree() {
      return commands.isEmpty() && worker.isEmpty();
    }

    int slots() {
      return Stream.concat(commands.stream(), worker.stream())
          .mapToInt(TaskAssignment::slots)
          .max()
          .orElse(0);
    }
  }

  private static final class World {
    private final Random random;
    private final ManagerSettings settings;
    private final ManagerState state;
    private final List<Place> places = new ArrayList<>();
    private final Map<Long, TaskAssignment> assigned = new HashMap<>();
    private final Set<Long> given = new HashSet<>();
    private final Map<Long, Ending> ended = new HashMap<>();
    private final Set<Long> acknowledged = new HashSet<>();
    private final Map<Long, List<TaskOutcome>> batches = new HashMap<>();
    private final Set<Long> cancelled = new HashSet<>();
    private final boolean isFast;
    private final boolean runsCommands;

    /** Whether some tasks come with slots of their own, which others may have. */
    private final boolean givesSlots;

    private long now = 5_000_000;
    private long nextId = 1;
    private long lastBatch;
    private boolean stopped;
    private boolean blockEnds;
    private boolean left;
    int steps;

    World(int seed) {
      random = new Random(seed);
      isFast = random.nextBoolean();
      givesSlots = random.nextInt(3) == 0;
      runsCommands = random.nextBoolean();
      Duration end =
          random.nextInt(3) == 0 ? Duration.ofMillis(1 + random.nextInt(20_000)) : Duration.ZERO;
      settings =
          ManagerDriver.settings(1 + random.nextInt(4), random.nextInt(4) - 1, end, List.of());
      state = new ManagerState(settings, now);
      for (int i = 0; i < settings.slots(); i++) {
        places.add(new Place());
      }
    }

    void step() {
      steps++;
      now += random.nextInt(isFast ? 50 : 5) == 0 ? random.nextInt(300_000) : random.nextInt(20);
      Place place = places.get(random.nextInt(places.size()));
      switch (random.nextInt(20)) {
        case 0, 1, 2 -> assign();
        case 3 -> cancelSome();
        case 4, 5 -> endCommands(place);
        case 6, 7, 8 -> workerFinishes(place);
        case 9, 10 -> {
          workerAnswersRecall(place);
          threadAnswersRecall(place);
        }
        case 11 -> {
          if (place.workerIsDying || random.nextInt(6) == 0) {
            workerDies(place);
          }
        }
        case 12, 13 -> on(new Event.Tick());
        case 14 -> acknowledge();
        case 15 -> {
          if (steps > 300 && random.nextInt(10) == 0) {
            on(new Event.Draining("drain"));
          }
        }
        case 16 -> {
          if (steps > 300 && random.nextInt(30) == 0) {
            stopped = true;
            on(new Event.Stopping("stop"));
          }
        }
        case 17 -> twice(place);
        default -> on(new Event.Flush());
      }
    }

    private boolean isOver() {
      return !settings.tasksEndAfter().isZero() && now >= endMicros(1);
    }

    private double endMicros(double part) {
      return 5_000_000 + part * settings.tasksEndAfter().toMillis() * 1000;
    }

    private void assign() {
      List<TaskAssignment> tasks = new ArrayList<>();
      TaskSpec[] specs = {
        ManagerDriver.shell(Duration.ZERO),
        ManagerDriver.shell(Duration.ofMillis(150)),
        ManagerDriver.function("a", Duration.ZERO),
        ManagerDriver.function("a", Duration.ZERO),
        ManagerDriver.function("b", Duration.ZERO),
        ManagerDriver.function("a", Duration.ofMillis(120)),
        ManagerDriver.inManager(),
      };
      int fast = runsCommands ? 0 : 2;
      TaskSpec spec = specs[isFast && random.nextInt(4) > 0 ? fast : random.nextInt(specs.length)];
      int slots = random.nextInt(6) == 0 ? 1 + random.nextInt(settings.slots()) : 1;
      for (int i = random.nextInt(6); i >= 0; i--) {
        List<NodeShare> shares =
            givesSlots && random.nextInt(4) > 0 ? List.of(someSlots(slots)) : List.of();
        TaskAssignment task =
            new TaskAssignment(
                new TaskId(nextId++), 1 + random.nextInt(3), spec, -1, slots, shares);
        tasks.add(task);
        assigned.put(task.id().value(), task);
      }
      on(new Event.Assigned(tasks));
    }

    private NodeShare someSlots(int count) {
      List<Integer> all = new ArrayList<>();
      for (int slot = 0; slot < settings.slots(); slot++) {
        all.add(slot);
      }
      Collections.shuffle(all, random);
      return new NodeShare(ManagerDriver.HOST, all.subList(0, count));
    }

    private void cancelSome() {
      List<TaskId> ids = new ArrayList<>();
      for (int i = random.nextInt(2); i >= 0; i--) {
        long id = Math.max(1, nextId - random.nextInt(30));
        cancelled.add(id);
        ids.add(new TaskId(id));
      }
      on(new Event.Cancelled(ids));
    }

    private void endCommands(Place place) {
      List<TaskOutcome> outcomes = new ArrayList<>();
      for (int i = random.nextInt(4); i >= 0 && !place.commands.isEmpty(); i--) {
        TaskAssignment task = place.commands.poll();
        Ending ending =
            random.nextInt(3) == 0
                ? Ending.FAILED
                : task.id().equals(place.toEnd) && random.nextBoolean()
                    ? Ending.SIGNALLED
                    : Ending.SUCCEEDED;
        outcomes.add(outcome(task, ending));
      }
      if (!outcomes.isEmpty()) {
        on(new Event.ShellEnded(places.indexOf(place), outcomes));
      }
    }

    private void workerFinishes(Place place) {
      List<TaskOutcome> outcomes = new ArrayList<>();
      for (int i = random.nextInt(4); i >= 0 && !place.worker.isEmpty(); i--) {
        outcomes.add(
            outcome(place.worker.poll(), random.nextInt(4) == 0 ? Ending.THREW : Ending.SUCCEEDED));
      }
      if (!outcomes.isEmpty()) {
        on(new Event.WorkerFinished(places.indexOf(place), outcomes));
      }
    }

    private void workerAnswersRecall(Place place) {
      if (place.recalls > 0) {
        place.recalls--;
        List<TaskId> back = new ArrayList<>();
        while (place.worker.size() > 1) { // the first has begun
          back.add(0, place.worker.pollLast().id());
        }
        on(new Event.Recalled(places.indexOf(place), back));
      }
    }

    private void threadAnswersRecall(Place place) {
      if (place.commandRecalls > 0) {
        place.commandRecalls--;
        List<TaskId> back = new ArrayList<>();
        while (place.commands.size() > 1) { // the first has begun
          back.add(0, place.commands.pollLast().id());
        }
        on(new Event.Recalled(places.indexOf(place), back));
      }
    }

    private void workerDies(Place place) {
      if (place.commands.isEmpty()) {
        place.worker.clear();
        place.workerIsDying = false;
        place.recalls = 0;
        on(
            new Event.WorkerDied(
                places.indexOf(place), new WorkerDeath(Ending.WORKER_LOST, -1, 9, "died", "")));
      }
    }

    private void acknowledge() {
      if (lastBatch > 0) {
        long batch = 1 + random.nextLong(lastBatch);
        acknowledgeUpTo(batch);
      }
    }

    private void acknowledgeUpTo(long batch) {
      for (long b = 1; b <= batch; b++) {
        batches.get(b).forEach(o -> acknowledged.add(o.id().value()));
      }
      on(new Event.Acknowledged(batch));
    }

    /** Tells once more what was told before. */
    private void twice(Place place) {
      int slot = places.indexOf(place);
      for (long id : List.copyOf(ended.keySet())) {
        if (random.nextInt(20) == 0) {
          TaskOutcome outcome = outcome(assigned.get(id), Ending.SUCCEEDED);
          on(
              random.nextBoolean()
                  ? new Event.ShellEnded(slot, outcome)
                  : new Event.WorkerFinished(slot, List.of(outcome)));
        }
      }
      on(new Event.Recalled(slot, List.of(new TaskId(nextId + 5))));
      place.recalls = 0;
    }

    private static TaskOutcome outcome(TaskAssignment task, Ending ending) {
      return TaskOutcome.without(task.id(), task.attempt(), ending, "", 0);
    }

    private void on(Event event) {
      boolean isNear = !settings.tasksEndAfter().isZero() && now >= endMicros(0.95);
      if (event instanceof Event.Stopping && isNear || event instanceof Event.Tick && isOver()) {
        blockEnds = true;
      }
      for (Effect effect : state.on(event, now)) {
        perform(effect);
      }
    }

    private void perform(Effect effect) {
      if (effect instanceof Effect.RunOnSlot run) {
        Place place = places.get(run.slot());
        assertThat(place.isFree() && !place.workerIsDying).as("slot %d", run.slot()).isTrue();
        begins(run.task());
        lends(run.slot(), run.lent(), run.task());
        place.commands.add(run.task());
      } else if (effect instanceof Effect.FollowOnSlot follow) {
        Place place = places.get(follow.slot());
        assertThat(place.commands).as("what is to be followed").isNotEmpty();
        assertThat(follow.tasks()).isNotEmpty().allMatch(task -> task.slots() == 1);
        follow.tasks().forEach(this::begins);
        place.commands.addAll(follow.tasks());
      } else if (effect instanceof Effect.RunOnWorker run) {
        Place place = places.get(run.slot());
        assertThat(place.commands).isEmpty();
        assertThat(place.workerIsDying).as("dying worker of slot %d", run.slot()).isFalse();
        assertThat(run.tasks()).isNotEmpty();
        run.tasks().forEach(this::begins);
        lends(run.slot(), run.lent(), run.tasks().get(0));
        place.worker.addAll(run.tasks());
        if (place.worker.size() > 1) {
          sharesOneWorker(place);
        }
      } else if (effect instanceof Effect.EndCommand end) {
        Place place = places.get(end.slot());
        assertThat(place.commands).isNotEmpty();
        assertThat(place.commands.peek().id()).as("what runs").isEqualTo(end.task());
        assertThat(place.toEnd).as("ended twice").isNotEqualTo(end.task());
        place.toEnd = end.task();
      } else if (effect instanceof Effect.KillWorker kill) {
        Place place = places.get(kill.slot());
        assertThat(place.worker).isNotEmpty();
        assertThat(place.workerIsDying).as("killed twice").isFalse();
        place.workerIsDying = true;
      } else if (effect instanceof Effect.Recall recall) {
        places.get(recall.slot()).recalls++;
      } else if (effect instanceof Effect.RecallCommands recall) {
        places.get(recall.slot()).commandRecalls++;
      } else if (effect instanceof Effect.Send send) {
        sent(send.message());
      } else {
        assertThat(left).isFalse();
        left = true;
        assertThat(places).allMatch(place -> place.isFree() && !place.workerIsDying);
      }
      assertThat(places.stream().mapToInt(Place::slots).sum())
          .as("slots in use")
          .isLessThanOrEqualTo(settings.slots());
    }

    /** No slot, and so no cpu and no device, has two tasks that do not know of one another. */
    private void lends(int slot, List<Integer> lent, TaskAssignment task) {
      assertThat(isLent(places.get(slot))).as("slot %d is lent", slot).isFalse();
      assertThat(lent).doesNotHaveDuplicates().doesNotContain(slot);
      assertThat(1 + lent.size()).isEqualTo(Math.min(task.slots(), settings.slots()));
      if (!task.shares().isEmpty()) {
        List<Integer> taken = new ArrayList<>(List.of(slot));
        taken.addAll(lent);
        assertThat(taken).isEqualTo(task.shares().get(0).slots());
      }
      for (int other : lent) {
        Place place = places.get(other);
        assertThat(place.isFree() && !isLent(place)).as("slot %d is free", other).isTrue();
        place.lentTo = task;
      }
    }

    private boolean isLent(Place place) {
      return place.lentTo != null
          && places.stream()
              .anyMatch(p -> p.commands.contains(place.lentTo) || p.worker.contains(place.lentTo));
    }

    private void begins(TaskAssignment task) {
      assertThat(assigned).containsKey(task.id().value());
      assertThat(ended).doesNotContainKey(task.id().value());
      assertThat(given).doesNotContain(task.id().value());
      assertThat(stopped).as("started after the stop").isFalse();
      assertThat(blockEnds).as("started after the block's end").isFalse();
    }

    private void sharesOneWorker(Place place) {
      String classpath = classpath(place.worker.peek());
      for (TaskAssignment task : place.worker) {
        assertThat(task.slots()).isEqualTo(1);
        assertThat(task.spec().timeout()).isZero();
        assertThat(classpath(task)).isEqualTo(classpath);
      }
    }

    private static String classpath(TaskAssignment task) {
      return ((TaskWork.Java) task.spec().work()).classpath().hash();
    }

    private void sent(FromManager message) {
      if (message instanceof FromManager.TasksFinished finished) {
        assertThat(finished.batch()).isEqualTo(++lastBatch);
        batches.put(lastBatch, finished.outcomes());
        finished.outcomes().forEach(this::ended);
      } else if (message instanceof FromManager.TasksReturned returned) {
        for (HeldTask task : returned.tasks()) {
          long id = task.id().value();
          assertThat(given.add(id)).as("given back twice: %d", id).isTrue();
          assertThat(ended).doesNotContainKey(id);
          assertThat(returned.reason().isEmpty() || !assigned.get(id).shares().isEmpty())
              .as("given back since others have its slots, and it has none: %d", id)
              .isTrue();
          assertThat(task.attempt()).isEqualTo(assigned.get(id).attempt());
          assertThat(places)
              .allMatch(
                  p ->
                      p.commands.stream().noneMatch(t -> t.id().value() == id)
                          && p.worker.stream().noneMatch(t -> t.id().value() == id));
        }
      }
    }

    private void ended(TaskOutcome outcome) {
      long id = outcome.id().value();
      assertThat(ended.put(id, outcome.ending())).as("ended twice: %d", id).isNull();
      assertThat(given).doesNotContain(id);
      assertThat(outcome.attempt()).isEqualTo(assigned.get(id).attempt());
      switch (outcome.ending()) {
        case CANCELLED -> assertThat(cancelled).as("cancelled by nobody").contains(id);
        case TIMED_OUT ->
            assertThat(assigned.get(id).spec().timeout()).as("had no limit").isPositive();
        case MANAGER_LOST -> assertThat(stopped).isTrue();
        case WALLTIME -> assertThat(blockEnds).as("its block has not ended").isTrue();
        default -> {}
      }
    }

    void check() {
      Set<Long> held = new HashSet<>();
      for (HeldTask task : state.held()) {
        assertThat(held.add(task.id().value())).as("held twice: %s", task).isTrue();
      }
      Set<Long> expected = new HashSet<>(assigned.keySet());
      expected.removeAll(given);
      expected.removeAll(acknowledged);
      assertThat(held).isEqualTo(expected);
      assertThat(state.untilDue()).isBetween(1_000L, 1_000_000L);
    }

    void settle() {
      on(new Event.Draining("the end"));
      for (int round = 0; !left; round++) {
        assertThat(round).as("rounds without an end").isLessThan(1_000);
        now += 1_000;
        for (Place place : places) {
          workerAnswersRecall(place);
          threadAnswersRecall(place);
          endCommands(place);
          workerFinishes(place);
          if (place.workerIsDying) {
            workerDies(place);
          }
        }
        on(new Event.Flush());
        if (lastBatch > 0) {
          acknowledgeUpTo(lastBatch);
        }
        on(new Event.Flush());
        check();
      }
      if (lastBatch > 0) {
        acknowledgeUpTo(lastBatch); // one that is stopped does not wait for it
      }
      assertThat(given.size() + ended.size()).isEqualTo(assigned.size());
      assertThat(state.held()).isEmpty();
    }
  }
}
