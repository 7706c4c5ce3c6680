package dev.drover.interchange;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.block.BlockId;
import dev.drover.protocol.BlockTime;
import dev.drover.protocol.FromManager;
import dev.drover.protocol.HeldTask;
import dev.drover.protocol.ManagerFacts;
import dev.drover.protocol.ManagerId;
import dev.drover.protocol.ToManager;
import dev.drover.submit.Completion;
import dev.drover.submit.RetryCost;
import dev.drover.submit.TaskBatch;
import dev.drover.submit.TaskOptions;
import dev.drover.submit.TaskReport;
import dev.drover.task.Ending;
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
import java.util.Optional;

/**
 * Tells an {@link InterchangeState} what happens and checks, effect by effect, what it wants done.
 * Time stands still unless it is moved. Ids count up from 1 in the order of submission.
 */
final class InterchangeDriver {
  static final Completion NOBODY = report -> {};
  static final ResourceRequest FOUR_CORES = new ResourceRequest(4, 0, 0, 0, 0);

  final InterchangeState state;
  private final ArrayDeque<Effect> unseen = new ArrayDeque<>();
  private final Map<Long, Integer> attempts = new HashMap<>();
  private final Map<String, Long> batches = new HashMap<>();
  private final Map<String, Integer> capacities = new HashMap<>();
  private long now = 1_000_000_000;
  private long nextId = 1;

  InterchangeDriver() {
    this(settings());
  }

  InterchangeDriver(InterchangeSettings settings) {
    state = new InterchangeState(settings);
  }

  static InterchangeSettings settings() {
    return settings(Placement.SPREAD, failed -> 1, Optional.empty());
  }

  static InterchangeSettings settings(
      Placement placement, RetryCost cost, Optional<NodeShape> largest) {
    return settings(placement, cost, largest, 0, MpiSettings.NONE);
  }

  static InterchangeSettings settings(
      Placement placement,
      RetryCost cost,
      Optional<NodeShape> largest,
      int managersPerBlock,
      MpiSettings mpi) {
    return new InterchangeSettings(
        Duration.ofSeconds(30),
        Duration.ofSeconds(120),
        placement,
        cost,
        largest,
        managersPerBlock,
        mpi);
  }

  static ManagerFacts facts(String id, String block, int slots) {
    return facts(id, block, slots, 0, BlockTime.NONE);
  }

  static ManagerFacts facts(
      String id, String block, int slots, long startedMicros, BlockTime blockTime) {
    return facts(id, block, slots, startedMicros, blockTime, List.of());
  }

  static ManagerFacts facts(
      String id,
      String block,
      int slots,
      long startedMicros,
      BlockTime blockTime,
      List<String> nodes) {
    return new ManagerFacts(
        new ManagerId(id),
        block,
        "node-" + id,
        1,
        slots,
        1,
        1 << 20,
        List.of(),
        List.of(),
        slots,
        0,
        "",
        "",
        "v",
        "17",
        startedMicros,
        blockTime,
        nodes);
  }

  static TaskSpec spec(ResourceRequest resources) {
    return spec(resources, Duration.ZERO);
  }

  static TaskSpec spec(ResourceRequest resources, Duration timeout) {
    return new TaskSpec("", TaskWork.Shell.line("true"), resources, timeout);
  }

  // --- what happens

  InterchangeDriver on(Event event) {
    unseen.addAll(state.on(event, now));
    return this;
  }

  InterchangeDriver after(Duration time) {
    now += time.toNanos() / 1000;
    return this;
  }

  InterchangeDriver tick() {
    return on(new Event.Tick());
  }

  InterchangeDriver dispatch() {
    return on(new Event.Dispatch());
  }

  /** Single tasks. */
  InterchangeDriver submit(int count) {
    return submit(count, TaskOptions.DEFAULT, ResourceRequest.ONE_SLOT);
  }

  InterchangeDriver submit(int count, TaskOptions options, ResourceRequest resources) {
    List<Submission> submissions = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      TaskBatch batch = TaskBatch.single(spec(resources), options, NOBODY);
      submissions.add(new Submission(nextId++, batch));
    }
    return on(new Event.Submitted(submissions));
  }

  /** Single tasks with a time limit. */
  InterchangeDriver submitLimited(int count, Duration limit) {
    return submitLimited(count, limit, TaskOptions.DEFAULT);
  }

  InterchangeDriver submitLimited(int count, Duration limit, TaskOptions options) {
    List<Submission> submissions = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      TaskBatch batch = TaskBatch.single(spec(ResourceRequest.ONE_SLOT, limit), options, NOBODY);
      submissions.add(new Submission(nextId++, batch));
    }
    return on(new Event.Submitted(submissions));
  }

  InterchangeDriver submitArray(int count) {
    return submitArray(count, TaskOptions.DEFAULT);
  }

  InterchangeDriver submitArray(int count, TaskOptions options) {
    TaskBatch batch = new TaskBatch(spec(ResourceRequest.ONE_SLOT), options, 0, count, NOBODY);
    Submission submission = new Submission(nextId, batch);
    nextId += count;
    return on(new Event.Submitted(List.of(submission)));
  }

  /** Joins and is ready; all that belongs to that is checked here. */
  InterchangeDriver manager(String id, int slots) {
    return manager(id, "", slots, slots);
  }

  InterchangeDriver manager(String id, String block, int slots, int capacity) {
    registers(id, block, slots, capacity);
    joined(id).sessionOpened(id, 0);
    ready(id);
    return this;
  }

  /** Registers from this host, and is silent. */
  InterchangeDriver registersFrom(String host, String id, String block) {
    ManagerFacts facts = facts(id, block, 1);
    on(
        new Event.Registered(
            new FromManager.Register(
                new ManagerFacts(
                    facts.id(), block, host, 1, 1, 1, 1 << 20, List.of(), 1, 0, "", "v", "17", 0),
                Payload.of(new byte[16]),
                1,
                List.of())));
    return joined(id);
  }

  /** Joins with one slot and says how that is pinned, and what the system refused of it. */
  InterchangeDriver registersPinned(String id, String pinning, String problem) {
    return registersAs(pinned(id, 1, List.of(), pinning, problem)).joined(id);
  }

  /** Joins and is ready; its slots are at these NUMA nodes. */
  InterchangeDriver managerAt(String id, Integer... numaNodes) {
    return registersAs(pinned(id, numaNodes.length, List.of(numaNodes), "", ""))
        .joined(id)
        .sessionOpened(id, 0)
        .ready(id);
  }

  private static ManagerFacts pinned(
      String id, int slots, List<Integer> numaNodes, String pinning, String problem) {
    return new ManagerFacts(
        new ManagerId(id),
        "",
        "node-" + id,
        1,
        slots,
        1,
        1 << 20,
        List.of(),
        numaNodes,
        slots,
        0,
        pinning,
        problem,
        "v",
        "17",
        0,
        BlockTime.NONE,
        List.of());
  }

  private InterchangeDriver registersAs(ManagerFacts facts) {
    capacities.put(facts.id().value(), facts.slots());
    return on(
        new Event.Registered(
            new FromManager.Register(facts, Payload.of(new byte[16]), facts.slots(), List.of())));
  }

  InterchangeDriver registers(String id, String block, int slots, int capacity, HeldTask... held) {
    capacities.put(id, capacity);
    return on(
        new Event.Registered(
            new FromManager.Register(
                facts(id, block, slots), Payload.of(new byte[16]), capacity, List.of(held))));
  }

  /** Joins, fresh, and is ready; its node's clock is an hour and a half ahead. */
  InterchangeDriver limited(String id, String block, int slots, Duration tasksEnd) {
    return limited(id, block, slots, slots, Duration.ZERO, tasksEnd);
  }

  /**
   * @param age how long ago it started
   * @param tasksEnd how long it has from now on
   */
  InterchangeDriver limited(
      String id, String block, int slots, int capacity, Duration age, Duration tasksEnd) {
    capacities.put(id, capacity);
    long clock = now / 1000 + 5_400_000;
    long start = clock - age.toMillis();
    long end = clock + tasksEnd.toMillis();
    on(
        new Event.Registered(
            new FromManager.Register(
                facts(id, block, slots, start * 1000, new BlockTime(end + 15_000, end)),
                Payload.of(new byte[16]),
                capacity,
                List.of(),
                clock)));
    return joined(id).sessionOpened(id, 0).ready(id);
  }

  /** These ended so after they had run for a while. */
  InterchangeDriver endsAfter(Duration ran, String id, Ending ending, long... ids) {
    List<TaskOutcome> outcomes = new ArrayList<>();
    for (long task : ids) {
      outcomes.add(ran(outcome(task, attempts.getOrDefault(task, 1), ending), ran));
    }
    return finishes(id, batches.merge(id, 1L, Long::sum), outcomes);
  }

  private static TaskOutcome ran(TaskOutcome o, Duration ran) {
    return new TaskOutcome(
        o.id(),
        o.attempt(),
        o.ending(),
        o.exitCode(),
        o.signal(),
        o.message(),
        o.result(),
        1,
        1 + ran.toNanos() / 1000,
        o.cpuMicros(),
        o.peakMemoryBytes(),
        o.worker(),
        o.stdout(),
        o.stderr(),
        o.tail());
  }

  InterchangeDriver ready(String id) {
    return says(id, new FromManager.Ready());
  }

  InterchangeDriver says(String id, FromManager message) {
    return on(new Event.FromManagerSaid(new ManagerId(id), message));
  }

  InterchangeDriver routeLost(String id) {
    return on(new Event.RouteLost(new ManagerId(id), "frames were lost"));
  }

  InterchangeDriver cancel(long... ids) {
    return on(new Event.Cancelled(ids(ids)));
  }

  InterchangeDriver started(String id, long... ids) {
    return says(id, new FromManager.TasksStarted(ids(ids)));
  }

  /** The last attempt that was given out of each of these ended so. */
  InterchangeDriver ends(String id, Ending ending, long... ids) {
    List<TaskOutcome> outcomes = new ArrayList<>();
    for (long task : ids) {
      outcomes.add(outcome(task, attempts.getOrDefault(task, 1), ending));
    }
    long batch = batches.merge(id, 1L, Long::sum);
    return finishes(id, batch, outcomes);
  }

  InterchangeDriver succeeds(String id, long... ids) {
    return ends(id, Ending.SUCCEEDED, ids);
  }

  InterchangeDriver finishes(String id, long batch, List<TaskOutcome> outcomes) {
    return says(id, new FromManager.TasksFinished(batch, outcomes, capacities.get(id)));
  }

  InterchangeDriver capacity(String id, int capacity) {
    capacities.put(id, capacity);
    return says(id, new FromManager.Heartbeat(capacity));
  }

  InterchangeDriver givesBack(String id, int capacity, long... ids) {
    capacities.put(id, capacity);
    return says(
        id,
        new FromManager.TasksReturned(
            Arrays.stream(ids).mapToObj(task -> held(task, attempts.get(task))).toList(),
            capacity));
  }

  InterchangeDriver leaves(String id) {
    return says(id, new FromManager.Leaving("done"));
  }

  static TaskOutcome outcome(long id, int attempt, Ending ending) {
    return TaskOutcome.without(new TaskId(id), attempt, ending, "so it ended", 0);
  }

  static HeldTask held(long id, int attempt) {
    return new HeldTask(new TaskId(id), attempt);
  }

  static List<TaskId> ids(long... ids) {
    return Arrays.stream(ids).mapToObj(TaskId::new).toList();
  }

  static long[] range(long from, long to) {
    return java.util.stream.LongStream.rangeClosed(from, to).toArray();
  }

  // --- what is wanted

  private <E extends Effect> E next(Class<E> kind) {
    assertThat(unseen).as("an effect %s", kind.getSimpleName()).isNotEmpty();
    assertThat(unseen.peekFirst()).isInstanceOf(kind);
    return kind.cast(unseen.pollFirst());
  }

  Effect.Send sent(String id) {
    Effect.Send send = next(Effect.Send.class);
    assertThat(send.manager()).isEqualTo(new ManagerId(id));
    return send;
  }

  /** Exactly these tasks, in this order, in one message. */
  InterchangeDriver given(String id, long... ids) {
    ToManager.RunTasks run = (ToManager.RunTasks) sent(id).message();
    assertThat(run.tasks()).extracting(TaskAssignment::id).containsExactlyElementsOf(ids(ids));
    run.tasks().forEach(task -> attempts.put(task.id().value(), task.attempt()));
    return this;
  }

  /** What was given in one message. */
  List<TaskAssignment> assignments(String id) {
    ToManager.RunTasks run = (ToManager.RunTasks) sent(id).message();
    run.tasks().forEach(task -> attempts.put(task.id().value(), task.attempt()));
    return run.tasks();
  }

  InterchangeDriver expectCapacity(String id, int capacity) {
    capacities.put(id, capacity);
    return this;
  }

  InterchangeDriver givenAttempt(String id, int attempt, long... ids) {
    given(id, ids);
    for (long task : ids) {
      assertThat(attempts.get(task)).as("attempt of %d", task).isEqualTo(attempt);
    }
    return this;
  }

  int attemptOf(long id) {
    return attempts.get(id);
  }

  InterchangeDriver toldToCancel(String id, long... ids) {
    Effect.Send send = sent(id);
    assertThat(send.message()).isEqualTo(new ToManager.CancelTasks(ids(ids)));
    return this;
  }

  InterchangeDriver told(String id, ToManager message) {
    assertThat(sent(id).message()).isEqualTo(message);
    return this;
  }

  InterchangeDriver finished(Ending ending, long... ids) {
    for (long id : ids) {
      TaskReport report = finished();
      assertThat(report.id()).isEqualTo(new TaskId(id));
      assertThat(report.outcome().ending()).isEqualTo(ending);
    }
    return this;
  }

  TaskReport finished() {
    return next(Effect.Finish.class).report();
  }

  Effect.AttemptEnded attemptEnded() {
    return next(Effect.AttemptEnded.class);
  }

  InterchangeDriver attemptEnded(Ending ending, long... ids) {
    for (long id : ids) {
      TaskReport report = next(Effect.AttemptEnded.class).report();
      assertThat(report.id()).isEqualTo(new TaskId(id));
      assertThat(report.outcome().ending()).isEqualTo(ending);
    }
    return this;
  }

  InterchangeDriver joined(String id) {
    assertThat(next(Effect.ManagerJoined.class).facts().id()).isEqualTo(new ManagerId(id));
    return this;
  }

  InterchangeDriver sessionOpened(String id, long acked) {
    Effect.OpenSession open = next(Effect.OpenSession.class);
    assertThat(open.manager()).isEqualTo(new ManagerId(id));
    assertThat(open.acked()).isEqualTo(acked);
    return this;
  }

  /** Its session closes and it is said to have left. */
  InterchangeDriver gone(String id, boolean orderly, String reason) {
    assertThat(next(Effect.CloseSession.class))
        .isEqualTo(new Effect.CloseSession(new ManagerId(id), !orderly));
    Effect.ManagerLeft left = next(Effect.ManagerLeft.class);
    assertThat(left.facts().id()).isEqualTo(new ManagerId(id));
    assertThat(left.orderly()).isEqualTo(orderly);
    assertThat(left.reason()).contains(reason);
    return this;
  }

  String warned() {
    return next(Effect.Warn.class).text();
  }

  InterchangeDriver nothingElse() {
    assertThat(unseen).isEmpty();
    return this;
  }

  InterchangeDriver counts(long waiting, long out, long ended) {
    assertThat(state.pendingTasks()).as("waiting").isEqualTo(waiting);
    assertThat(state.assignedTasks()).as("out").isEqualTo(out);
    assertThat(state.finishedTasks()).as("ended").isEqualTo(ended);
    return this;
  }

  static BlockId block(int number) {
    return BlockId.of(number);
  }
}
