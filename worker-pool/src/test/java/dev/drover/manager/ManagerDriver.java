package dev.drover.manager;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.pinning.DeviceSlots;
import dev.drover.protocol.FromManager;
import dev.drover.protocol.HeldTask;
import dev.drover.task.ClasspathId;
import dev.drover.task.Ending;
import dev.drover.task.Isolation;
import dev.drover.task.NodeShare;
import dev.drover.task.Payload;
import dev.drover.task.ResourceRequest;
import dev.drover.task.TaskAssignment;
import dev.drover.task.TaskId;
import dev.drover.task.TaskOutcome;
import dev.drover.task.TaskSpec;
import dev.drover.task.TaskWork;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;

/**
 * Tells a {@link ManagerState} what happens and checks, effect by effect, what it wants done. Time
 * stands still unless it is moved.
 */
final class ManagerDriver {
  static final int AUTO = ManagerSettings.AUTO;

  /** The manager's own node. */
  static final String HOST = "n0";

  final ManagerState state;
  private final ArrayDeque<Effect> unseen = new ArrayDeque<>();
  private final Map<Long, Integer> attempts = new HashMap<>();
  private long now = 1_000_000_000;

  ManagerDriver(int slots, int prefetch) {
    this(new ManagerSettings(slots, prefetch, Duration.ZERO, Duration.ZERO));
  }

  ManagerDriver(ManagerSettings settings) {
    state = new ManagerState(settings, now);
  }

  /** A manager on {@link #HOST}; with nodes one that stands for all of its block's. */
  static ManagerSettings settings(
      int slots, int prefetch, Duration tasksEndAfter, List<String> nodes) {
    return new ManagerSettings(
        slots, prefetch, Duration.ZERO, tasksEndAfter, HOST, nodes, DeviceSlots.none(slots));
  }

  // --- tasks

  static TaskSpec shell(Duration timeout) {
    return new TaskSpec("", TaskWork.Shell.line("x"), ResourceRequest.ONE_SLOT, timeout);
  }

  static TaskSpec function(String classpath, Duration timeout) {
    TaskWork work = new TaskWork.Java(Payload.EMPTY, new ClasspathId(classpath), Isolation.PROCESS);
    return new TaskSpec("", work, ResourceRequest.ONE_SLOT, timeout);
  }

  static TaskSpec inManager() {
    return TaskSpec.of(new TaskWork.Java(Payload.EMPTY, ClasspathId.NONE, Isolation.THREAD));
  }

  static TaskAssignment task(long id, TaskSpec spec, int slots) {
    return new TaskAssignment(new TaskId(id), 1, spec, -1, slots);
  }

  /** A task with these shares of nodes. */
  static TaskAssignment given(long id, TaskSpec spec, NodeShare... shares) {
    int slots = Math.max(1, shares[0].slots().size());
    return new TaskAssignment(new TaskId(id), 1, spec, -1, slots, List.of(shares));
  }

  static TaskSpec mpi(int nodes, int ranksPerNode) {
    ResourceRequest request = new ResourceRequest(0, 0, 0, nodes, ranksPerNode);
    return new TaskSpec("", TaskWork.Shell.line("x"), request, Duration.ZERO);
  }

  static List<TaskId> ids(long... ids) {
    return Arrays.stream(ids).mapToObj(TaskId::new).toList();
  }

  // --- what happens

  ManagerDriver on(Event event) {
    unseen.addAll(state.on(event, now));
    return this;
  }

  ManagerDriver after(Duration time) {
    now += time.toNanos() / 1000;
    return this;
  }

  ManagerDriver afterMicros(long micros) {
    now += micros;
    return this;
  }

  ManagerDriver commands(long... ids) {
    return assigned(shell(Duration.ZERO), 1, ids);
  }

  ManagerDriver functions(long... ids) {
    return assigned(function("", Duration.ZERO), 1, ids);
  }

  ManagerDriver assigned(TaskSpec spec, int slots, long... ids) {
    return assigned(LongStream.of(ids).mapToObj(id -> task(id, spec, slots)).toList());
  }

  ManagerDriver assigned(List<TaskAssignment> tasks) {
    tasks.forEach(task -> attempts.put(task.id().value(), task.attempt()));
    return on(new Event.Assigned(tasks));
  }

  ManagerDriver commandEnds(int slot, long id, Ending ending) {
    return on(new Event.ShellEnded(slot, outcome(id, ending)));
  }

  /** Ended by a TERM of somebody else. */
  ManagerDriver commandIsTermed(int slot, long id) {
    TaskOutcome o = outcome(id, Ending.SIGNALLED);
    return on(
        new Event.ShellEnded(
            slot,
            new TaskOutcome(
                o.id(),
                o.attempt(),
                o.ending(),
                o.exitCode(),
                15,
                o.message(),
                o.result(),
                o.startedMicros(),
                o.endedMicros(),
                o.cpuMicros(),
                o.peakMemoryBytes(),
                o.worker(),
                o.stdout(),
                o.stderr(),
                o.tail())));
  }

  /** They ended one after another, and are told of together. */
  ManagerDriver commandsEnd(int slot, long... ids) {
    return on(
        new Event.ShellEnded(
            slot, LongStream.of(ids).mapToObj(id -> outcome(id, Ending.SUCCEEDED)).toList()));
  }

  ManagerDriver workerEnds(int slot, long... ids) {
    return on(
        new Event.WorkerFinished(
            slot, LongStream.of(ids).mapToObj(id -> outcome(id, Ending.SUCCEEDED)).toList()));
  }

  ManagerDriver workerGivesBack(int slot, long... ids) {
    return on(new Event.Recalled(slot, ids(ids)));
  }

  ManagerDriver threadGivesBack(int slot, long... ids) {
    return on(new Event.Recalled(slot, ids(ids)));
  }

  ManagerDriver workerDies(int slot) {
    return on(
        new Event.WorkerDied(
            slot, new WorkerDeath(Ending.WORKER_LOST, -1, 9, "was killed", "tail")));
  }

  /**
   * Its worker JVM exited by itself.
   *
   * @param ending THREW, or NOT_STARTED before it had come up
   */
  ManagerDriver workerExits(int slot, Ending ending, int exitCode) {
    return on(
        new Event.WorkerDied(slot, new WorkerDeath(ending, exitCode, 0, "its own exit", "tail")));
  }

  ManagerDriver cancel(long... ids) {
    return on(new Event.Cancelled(ids(ids)));
  }

  ManagerDriver drain() {
    return on(new Event.Draining("drain"));
  }

  ManagerDriver stop() {
    return on(new Event.Stopping("the node goes down"));
  }

  ManagerDriver acknowledge(long batch) {
    return on(new Event.Acknowledged(batch));
  }

  ManagerDriver tick() {
    return on(new Event.Tick());
  }

  ManagerDriver flush() {
    return on(new Event.Flush());
  }

  private TaskOutcome outcome(long id, Ending ending) {
    return TaskOutcome.without(new TaskId(id), attempts.getOrDefault(id, 1), ending, "its own", 0);
  }

  /** Lets the state know that tasks take so long here: one function runs and ends. */
  ManagerDriver functionsTake(long micros) {
    long id = 999_999;
    functions(id).runsInWorker(0, id).afterMicros(micros).workerEnds(0, id);
    flush();
    next(Effect.Send.class);
    return acknowledge(1).nothingElse();
  }

  // --- what is wanted

  private <E extends Effect> E next(Class<E> kind) {
    assertThat(unseen).as("an effect %s", kind.getSimpleName()).isNotEmpty();
    assertThat(unseen.peekFirst()).isInstanceOf(kind);
    return kind.cast(unseen.pollFirst());
  }

  ManagerDriver runs(int slot, long id) {
    Effect.RunOnSlot run = next(Effect.RunOnSlot.class);
    assertThat(run.slot()).as("slot").isEqualTo(slot);
    assertThat(run.task().id()).isEqualTo(new TaskId(id));
    return this;
  }

  /** A command or function starts there that takes these other slots too. */
  ManagerDriver runsWith(int slot, List<Integer> lent, long id) {
    if (unseen.peekFirst() instanceof Effect.RunOnWorker) {
      Effect.RunOnWorker run = next(Effect.RunOnWorker.class);
      assertThat(run.slot()).as("slot").isEqualTo(slot);
      assertThat(run.lent()).as("lent").isEqualTo(lent);
      assertThat(run.tasks()).extracting(TaskAssignment::id).containsExactly(new TaskId(id));
      return this;
    }
    Effect.RunOnSlot run = next(Effect.RunOnSlot.class);
    assertThat(run.slot()).as("slot").isEqualTo(slot);
    assertThat(run.lent()).as("lent").isEqualTo(lent);
    assertThat(run.task().id()).isEqualTo(new TaskId(id));
    return this;
  }

  ManagerDriver runsInWorker(int slot, long... ids) {
    Effect.RunOnWorker run = next(Effect.RunOnWorker.class);
    assertThat(run.slot()).as("slot").isEqualTo(slot);
    assertThat(run.tasks()).extracting(TaskAssignment::id).containsExactlyElementsOf(ids(ids));
    return this;
  }

  ManagerDriver endsCommand(int slot, long id, boolean timeout) {
    assertThat(next(Effect.EndCommand.class))
        .isEqualTo(new Effect.EndCommand(slot, new TaskId(id), timeout));
    return this;
  }

  /** Commands follow what runs on the slot's thread. */
  ManagerDriver follow(int slot, long... ids) {
    Effect.FollowOnSlot follow = next(Effect.FollowOnSlot.class);
    assertThat(follow.slot()).as("slot").isEqualTo(slot);
    assertThat(follow.tasks()).extracting(TaskAssignment::id).containsExactlyElementsOf(ids(ids));
    return this;
  }

  ManagerDriver recallsCommands(int slot) {
    assertThat(next(Effect.RecallCommands.class)).isEqualTo(new Effect.RecallCommands(slot));
    return this;
  }

  ManagerDriver killsWorker(int slot) {
    assertThat(next(Effect.KillWorker.class)).isEqualTo(new Effect.KillWorker(slot));
    return this;
  }

  ManagerDriver recalls(int slot) {
    assertThat(next(Effect.Recall.class)).isEqualTo(new Effect.Recall(slot));
    return this;
  }

  ManagerDriver leaves(String reason) {
    assertThat(next(Effect.Leave.class)).isEqualTo(new Effect.Leave(reason));
    return this;
  }

  ManagerDriver says(FromManager message) {
    assertThat(next(Effect.Send.class).message()).isEqualTo(message);
    return this;
  }

  ManagerDriver givesBack(int capacity, long... ids) {
    FromManager.TasksReturned returned =
        (FromManager.TasksReturned) next(Effect.Send.class).message();
    assertThat(returned.tasks()).containsExactlyElementsOf(held(ids));
    assertThat(returned.capacity()).as("capacity").isEqualTo(capacity);
    return this;
  }

  /** What it was given is another task's. */
  ManagerDriver givesBackFor(String reason, long id) {
    FromManager.TasksReturned returned =
        (FromManager.TasksReturned) next(Effect.Send.class).message();
    assertThat(returned.tasks()).containsExactlyElementsOf(held(id));
    assertThat(returned.reason()).isEqualTo(reason);
    return this;
  }

  ManagerDriver saysStarted(long... ids) {
    return says(new FromManager.TasksStarted(ids(ids)));
  }

  /** A flush brings exactly this batch of outcomes. */
  ManagerDriver tells(long batch, Ending ending, long... ids) {
    List<TaskOutcome> outcomes = tells(batch);
    assertThat(outcomes).extracting(TaskOutcome::id).containsExactlyElementsOf(ids(ids));
    assertThat(outcomes).allMatch(o -> o.ending() == ending, "ended " + ending);
    return this;
  }

  List<TaskOutcome> tells(long batch) {
    nothingElse().flush();
    FromManager.TasksFinished finished =
        (FromManager.TasksFinished) next(Effect.Send.class).message();
    assertThat(finished.batch()).isEqualTo(batch);
    return finished.outcomes();
  }

  ManagerDriver holds(long... ids) {
    assertThat(state.held()).containsExactlyInAnyOrderElementsOf(held(ids));
    return this;
  }

  private List<HeldTask> held(long... ids) {
    List<HeldTask> held = new ArrayList<>();
    for (long id : ids) {
      held.add(new HeldTask(new TaskId(id), attempts.get(id)));
    }
    return held;
  }

  ManagerDriver nothingElse() {
    assertThat(unseen).isEmpty();
    return this;
  }
}
