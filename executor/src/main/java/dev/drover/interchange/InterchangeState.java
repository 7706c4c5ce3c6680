package dev.drover.interchange;

import dev.drover.block.BlockId;
import dev.drover.block.BlockSupervisor;
import dev.drover.protocol.FromManager;
import dev.drover.protocol.HeldTask;
import dev.drover.protocol.ManagerId;
import dev.drover.protocol.ToManager;
import dev.drover.submit.ExecutorStatus;
import dev.drover.submit.TaskReport;
import dev.drover.task.Ending;
import dev.drover.task.ResourceRequest;
import dev.drover.task.TaskId;
import dev.drover.task.TaskOutcome;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * What the interchange knows and decides: which tasks wait, who has which, who is alive. Pure:
 * {@link #on} takes an event and a time and gives effects. The loop's thread only.
 */
public final class InterchangeState {
  private final InterchangeSettings settings;
  private final TaskTimes times = new TaskTimes();
  private final Dispatcher dispatcher;
  private final PendingTasks pending = new PendingTasks();
  private final Map<Long, Task> assigned = new HashMap<>();
  private final Map<ManagerId, Manager> managers = new LinkedHashMap<>();
  private final Set<BlockId> drainingBlocks = new HashSet<>();
  private final BlockHosts blockHosts;
  private final Explanation explanation;

  /** Blocks that have no manager yet, and how they stand. */
  private final Map<BlockId, String> comingBlocks = new TreeMap<>();

  private final Handler handler = new Handler();

  private List<Effect> effects = new ArrayList<>();
  private long now;
  private long finished;
  private long failed;

  public InterchangeState(InterchangeSettings settings) {
    this.settings = settings;
    this.blockHosts = new BlockHosts(settings.nodesPerBlock());
    this.dispatcher = new Dispatcher(settings.placement(), times);
    this.explanation =
        new Explanation(pending, assigned, managers.values(), times, blockHosts, comingBlocks);
  }

  /** Takes in what happened at {@code nowMicros} and says what is to be done, in order. */
  public List<Effect> on(Event event, long nowMicros) {
    now = nowMicros;
    effects = new ArrayList<>();
    event.match(handler);
    return effects;
  }

  public long pendingTasks() {
    return pending.size();
  }

  public long assignedTasks() {
    return assigned.size();
  }

  /**
   * Slots that all tasks take which have not ended, waiting ones counted on a node as the site tells
   * it, or as a manager has shown; where neither is known, a task is a slot.
   */
  public long demandedSlots() {
    Optional<NodeShape> node =
        settings.largestNode().or(() -> managers.values().stream().findFirst().map(m -> m.shape));
    long slots = managers.values().stream().mapToLong(m -> m.usedSlots).sum();
    for (Map<ResourceRequest, Lane> lanes : pending.levels()) {
      for (Lane lane : lanes.values()) {
        int each = node.map(shape -> shape.slotsFor(lane.request)).orElse(1);
        slots += lane.size() * (each == NodeShape.NEVER ? 1 : each);
      }
    }
    return slots;
  }

  public long finishedTasks() {
    return finished;
  }

  public long failedTasks() {
    return failed;
  }

  Collection<Manager> managers() {
    return managers.values();
  }

  /** What the managers of each block do; managers of no block are left out. */
  public Map<BlockId, BlockSupervisor.Managers> blockManagers() {
    Map<BlockId, BlockSupervisor.Managers> byBlock = new HashMap<>();
    for (Manager manager : managers.values()) {
      long idle = manager.tasks.isEmpty() ? 1000 * (now - manager.idleSinceMicros) : -1;
      byBlock.merge(
          manager.block,
          new BlockSupervisor.Managers(1, manager.usefulSlots(), idle),
          (a, b) ->
              new BlockSupervisor.Managers(
                  a.count() + b.count(),
                  a.slots() + b.slots(),
                  Math.min(a.idleNanos(), b.idleNanos())));
    }
    byBlock.remove(BlockId.NONE);
    return byBlock;
  }

  /** The managers as they are now, for a user who asks. */
  public List<ExecutorStatus.Manager> managerStatus() {
    return managers.values().stream()
        .map(
            m ->
                new ExecutorStatus.Manager(
                    m.id().value(),
                    m.facts.host(),
                    m.facts.block(),
                    m.facts.slots(),
                    m.tasks.size(),
                    m.state(),
                    m.tasks.isEmpty() ? (now - m.idleSinceMicros) / 1_000_000 : 0))
        .toList();
  }

  /** What is wrong with how the launcher placed the managers of blocks, in words. */
  public Map<BlockId, String> placementProblems() {
    return blockHosts.problems();
  }

  /**
   * Whether so many managers of the block have registered, and none of them still holds a task that
   * an earlier interchange gave it.
   */
  public boolean isTakenOver(BlockId block, int expected) {
    return managers.values().stream()
            .filter(m -> m.block.equals(block) && m.ready && m.foreign.isEmpty())
            .count()
        >= expected;
  }

  Map<BlockId, String> comingBlocks() {
    return Collections.unmodifiableMap(comingBlocks);
  }

  Optional<Manager> manager(ManagerId id) {
    return Optional.ofNullable(managers.get(id));
  }

  /** In words, what a task waits for or where it runs. */
  public String explain(TaskId id) {
    return explanation.of(id, now);
  }

  private void send(Manager manager, ToManager message) {
    manager.saidMicros = now;
    effects.add(new Effect.Send(manager.id(), message, manager.acked));
  }

  private void finish(Task task, TaskOutcome outcome, Manager where) {
    task.done = true;
    finished++;
    if (!outcome.ending().isSuccess()) {
      failed++;
    }
    effects.add(new Effect.Finish(report(task, outcome, where), task.batch.completion()));
  }

  private static TaskReport report(Task task, TaskOutcome outcome, Manager where) {
    return where == null
        ? new TaskReport(outcome, "", "", "", task.lost)
        : new TaskReport(
            outcome, where.facts.host(), where.id().value(), where.facts.block(), task.lost);
  }

  private void finishWaiting(Task task, Ending ending, String message) {
    finish(task, TaskOutcome.without(new TaskId(task.id), task.attempt, ending, message, 0), null);
  }

  /** Takes a task away from the manager that had it. */
  private void takeBack(Task task) {
    assigned.remove(task.id);
    Manager manager = task.manager;
    manager.remove(task, now);
    dispatcher.changed(manager);
  }

  /** An attempt is over: the task is done, or waits again. */
  private void attemptOver(Task task, TaskOutcome outcome, List<Task> again) {
    Manager where = task.manager;
    takeBack(task);
    times.observe(task.batch.spec(), outcome);
    if (outcome.ending().isSuccess()) {
      finish(task, outcome, where);
      return;
    }
    if (task.cancelled) {
      TaskOutcome cancelled =
          outcome.ending() == Ending.CANCELLED
              ? outcome
              : TaskOutcome.without(
                  outcome.id(), outcome.attempt(), Ending.CANCELLED, outcome.message(), 0);
      finish(task, cancelled, where);
      return;
    }
    if (outcome.ending() == Ending.WALLTIME) {
      lostToWalltime(task, outcome, where, again);
      return;
    }
    double costBefore = task.cost;
    boolean goesOn;
    try {
      goesOn = goesOn(task, outcome);
    } catch (RuntimeException | StackOverflowError | LinkageError e) { // the user's own code
      String threw = "the retry cost function threw " + e + " for this attempt: ";
      finish(task, withMessage(outcome, threw + outcome.message()), where);
      return;
    }
    if (goesOn) {
      effects.add(new Effect.AttemptEnded(report(task, outcome, where), task.cost - costBefore));
      again.add(task);
    } else {
      finish(task, outcome, where);
    }
  }

  /** It burns no retry and is no loss that counts; but it must not go on so for ever. */
  private void lostToWalltime(Task task, TaskOutcome outcome, Manager where, List<Task> again) {
    long ran = outcome.durationMicros();
    if (ran == 0 && task.started) {
      ran = where.time.ran(task.assignedMicros, now);
    }
    String never = WalltimeLosses.count(task, where, ran, times, now);
    if (never.isEmpty()) {
      String message = WalltimeLosses.message(where.block, ran);
      effects.add(new Effect.AttemptEnded(report(task, withMessage(outcome, message), where), 0));
      again.add(task);
    } else {
      finish(task, withMessage(outcome, never), where);
    }
  }

  private boolean goesOn(Task task, TaskOutcome outcome) {
    if (outcome.ending().isInfrastructure()) {
      task.lost++;
      return task.lost <= task.batch.options().lossLimit();
    }
    if (!outcome.ending().isRetryable() || task.batch.options().retries() == 0) {
      return false;
    }
    task.cost += settings.retryCost().of(outcome);
    return task.cost <= task.batch.options().retries() && task.cost < Double.POSITIVE_INFINITY;
  }

  private static TaskOutcome withMessage(TaskOutcome o, String message) {
    return new TaskOutcome(
        o.id(),
        o.attempt(),
        o.ending(),
        o.exitCode(),
        o.signal(),
        message,
        o.result(),
        o.startedMicros(),
        o.endedMicros(),
        o.cpuMicros(),
        o.peakMemoryBytes(),
        o.worker(),
        o.stdout(),
        o.stderr(),
        o.tail());
  }

  /**
   * Everything that a manager had goes to others; what it surely ran counts as lost. An attempt
   * that it may have had keeps its number to itself: should the manager come back, what it says of
   * that attempt is not taken for the next one's end, and the two write to files of their own.
   */
  private void lose(Manager manager, String reason, boolean orderly, boolean timedOut) {
    managers.remove(manager.id());
    blockHosts.left(manager);
    manager.ready = false; // or else giving its tasks back would show it to the dispatcher again
    dispatcher.gone(manager);
    long period = settings.heartbeatPeriod().toNanos() / 1000;
    boolean walltime = timedOut || manager.time.mayHaveEnded(manager.heardMicros, period, now);
    List<Task> again = new ArrayList<>();
    int begun = 0;
    for (Task task : List.copyOf(manager.tasks.values())) {
      boolean ran = !orderly && (task.started || begun < manager.facts.slots());
      if (ran) {
        begun += task.slots;
        attemptOver(task, lostOutcome(task, manager, walltime, reason), again);
      } else {
        takeBack(task);
        if (orderly) {
          task.attempt--; // it was given back; else it may yet hear of it from this manager
        }
        again.add(task);
      }
    }
    settleAgain(again);
    effects.add(new Effect.CloseSession(manager.id(), !orderly));
    effects.add(new Effect.ManagerLeft(manager.facts, reason, orderly));
  }

  private static TaskOutcome lostOutcome(
      Task task, Manager manager, boolean walltime, String reason) {
    String message =
        "manager %s on %s was lost: %s".formatted(manager.id(), manager.facts.host(), reason);
    Ending ending = walltime ? Ending.WALLTIME : Ending.MANAGER_LOST;
    return TaskOutcome.without(new TaskId(task.id), task.attempt, ending, message, 0);
  }

  /** Tasks that wait again; those cancelled meanwhile end here. */
  private void settleAgain(List<Task> again) {
    List<Task> waiting = new ArrayList<>(again.size());
    for (Task task : again) {
      if (task.cancelled) {
        finishWaiting(task, Ending.CANCELLED, "cancelled while it waited for another attempt");
      } else {
        waiting.add(task);
      }
    }
    pending.putBack(waiting);
  }

  /** Ends waiting tasks that no node, known beforehand or seen so far, can ever hold. */
  private void refuseImpossible(ResourceRequest request, Task task) {
    finishWaiting(task, Ending.REFUSED, whyRefused(request));
  }

  private String whyRefused(ResourceRequest request) {
    if (request.nodes() > 1) {
      return "it asks for %s, and this executor runs each task within one node: use executor.type = mpi"
          .formatted(request);
    }
    NodeShape largest =
        settings
            .largestNode()
            .orElseGet(
                () ->
                    managers.values().stream()
                        .map(m -> m.shape)
                        .reduce((a, b) -> a.slots() >= b.slots() ? a : b)
                        .orElseThrow());
    return "it asks for %s, and the largest node has %s: ask for less, or set worker.cores-per-worker and its kind so that a slot is larger"
        .formatted(request, largest.words());
  }

  private boolean isImpossible(ResourceRequest request) {
    if (request.isOneSlot()) {
      return false;
    }
    if (request.nodes() > 1) {
      return true;
    }
    return settings
        .largestNode()
        .map(shape -> shape.slotsFor(request) == NodeShape.NEVER)
        .orElseGet(() -> !managers.isEmpty() && !fitsSomebody(request));
  }

  private boolean fitsSomebody(ResourceRequest request) {
    return managers.values().stream().anyMatch(m -> m.slotsFor(request) != NodeShape.NEVER);
  }

  private final class Handler implements Event.Cases<Void>, FromManager.Cases<Void> {
    private Manager speaker;

    @Override
    public Void submitted(Event.Submitted event) {
      for (Submission submission : event.submissions()) {
        ResourceRequest request = submission.batch().spec().resources();
        if (isImpossible(request)) {
          for (int i = 0; i < submission.batch().count(); i++) {
            long index = submission.batch().firstIndex();
            Task task =
                new Task(
                    submission.firstId() + i,
                    index < 0 ? -1 : index + i,
                    submission.batch(),
                    submission.past());
            refuseImpossible(request, task);
          }
        } else {
          pending.add(submission);
        }
      }
      return null;
    }

    @Override
    public Void cancelled(Event.Cancelled event) {
      Map<Manager, List<TaskId>> running = new LinkedHashMap<>();
      for (TaskId id : event.tasks()) {
        Task task = assigned.get(id.value());
        if (task != null) {
          if (!task.cancelled) {
            task.cancelled = true;
            running.computeIfAbsent(task.manager, m -> new ArrayList<>()).add(id);
          }
          continue;
        }
        task = pending.remove(id.value());
        if (task != null) {
          finishWaiting(task, Ending.CANCELLED, "cancelled in the queue");
        }
      }
      running.forEach(this::sendCancel);
      return null;
    }

    /** A manager that cannot hear is told when it is ready again. */
    private void sendCancel(Manager manager, List<TaskId> ids) {
      if (manager.ready && !ids.isEmpty()) {
        send(manager, new ToManager.CancelTasks(ids));
      }
    }

    @Override
    public Void cancelledAll(Event.CancelledAll event) {
      pending.removeAll(task -> finishWaiting(task, event.ending(), event.reason()));
      for (Manager manager : managers.values()) {
        List<TaskId> ids = new ArrayList<>();
        for (Task task : manager.tasks.values()) {
          if (!task.cancelled) {
            task.cancelled = true;
            ids.add(new TaskId(task.id));
          }
        }
        sendCancel(manager, ids);
      }
      return null;
    }

    @Override
    public Void registered(Event.Registered event) {
      FromManager.Register message = event.message();
      Manager manager = managers.get(message.facts().id());
      boolean isNew = manager == null;
      if (isNew) {
        manager = new Manager(message, now);
        managers.put(manager.id(), manager);
        effects.add(new Effect.ManagerJoined(manager.facts));
        blockHosts.joined(manager, now).ifPresent(text -> effects.add(new Effect.Warn(text)));
      }
      manager.time.told(message, now);
      manager.heardMicros = now;
      manager.ready = false;
      manager.capacity = message.capacity();
      dispatcher.changed(manager);
      effects.add(new Effect.OpenSession(manager.id(), message.route(), manager.acked));
      reconcile(manager, message.held());
      if (isNew) {
        refuseWhatNobodyCanHold();
      }
      return null;
    }

    /**
     * After a broken session: what the manager does not have was never given; what is not its is
     * ended, once it is ready to hear so.
     */
    private void reconcile(Manager manager, List<HeldTask> held) {
      Set<HeldTask> has = new HashSet<>(held);
      List<Task> again = new ArrayList<>();
      for (Task task : List.copyOf(manager.tasks.values())) {
        if (!has.remove(new HeldTask(new TaskId(task.id), task.attempt))) {
          takeBack(task);
          task.attempt--;
          again.add(task);
        }
      }
      settleAgain(again);
      manager.foreign.clear();
      has.stream().map(HeldTask::id).filter(id -> !owns(manager, id)).forEach(manager.foreign::add);
    }

    private static boolean owns(Manager manager, TaskId id) {
      return manager.tasks.containsKey(id.value());
    }

    private void refuseWhatNobodyCanHold() {
      if (settings.largestNode().isPresent()) {
        return; // was judged when it was submitted
      }
      for (Map<ResourceRequest, Lane> lanes : pending.levels()) {
        for (Lane lane : lanes.values()) {
          if (!fitsSomebody(lane.request)) {
            pending.drain(lane, task -> refuseImpossible(lane.request, task));
          }
        }
      }
      pending.tidy();
    }

    @Override
    public Void fromManager(Event.FromManagerSaid event) {
      speaker = managers.get(event.manager());
      if (speaker != null) {
        speaker.heardMicros = now;
        event.message().match(this);
      }
      return null;
    }

    @Override
    public Void routeLost(Event.RouteLost event) {
      Manager manager = managers.get(event.manager());
      if (manager != null) {
        manager.ready = false;
        dispatcher.changed(manager);
      }
      return null;
    }

    @Override
    public Void blockStands(Event.BlockStands event) {
      if (event.words().isEmpty()) {
        comingBlocks.remove(event.block());
      } else {
        comingBlocks.put(event.block(), event.words());
      }
      return null;
    }

    @Override
    public Void blockEnded(Event.BlockEnded event) {
      drainingBlocks.remove(event.block());
      blockHosts.ended(event.block());
      for (Manager manager : List.copyOf(managers.values())) {
        if (manager.block.equals(event.block())) {
          lose(manager, event.reason(), false, event.timedOut());
        }
      }
      return null;
    }

    @Override
    public Void held(Event.Held event) {
      Manager manager = managers.get(event.manager());
      if (manager != null) {
        manager.held = event.on();
        dispatcher.changed(manager);
      }
      return null;
    }

    @Override
    public Void drained(Event.Drained event) {
      Manager manager = managers.get(event.manager());
      if (manager != null) {
        drain(manager, event.reason());
      }
      return null;
    }

    @Override
    public Void drainedBlock(Event.DrainedBlock event) {
      drainingBlocks.add(event.block());
      for (Manager manager : managers.values()) {
        if (manager.block.equals(event.block())) {
          drain(manager, event.reason());
        }
      }
      return null;
    }

    private void drain(Manager manager, String reason) {
      if (!manager.draining) {
        manager.draining = true;
        manager.drainReason = reason;
        dispatcher.changed(manager);
        if (manager.ready) {
          send(manager, new ToManager.Drain(reason));
        }
      }
    }

    @Override
    public Void tick(Event.Tick event) {
      long threshold = settings.heartbeatThreshold().toNanos() / 1000;
      long period = settings.heartbeatPeriod().toNanos() / 1000;
      for (Manager manager : List.copyOf(managers.values())) {
        if (now - manager.heardMicros > threshold) {
          lose(
              manager,
              "no sign of life for %d s (heartbeat threshold)"
                  .formatted((now - manager.heardMicros) / 1_000_000),
              false,
              false);
        } else if (manager.ready && now - manager.saidMicros >= period) {
          send(manager, new ToManager.Heartbeat());
        }
      }
      blockHosts.tick(now).forEach(text -> effects.add(new Effect.Warn(text)));
      dispatcher.lookAgain();
      for (Manager manager : ShortOfTime.find(managers.values(), pending, times, now)) {
        drain(manager, ShortOfTime.REASON);
      }
      return null;
    }

    @Override
    public Void dispatch(Event.Dispatch event) {
      if (pending.size() > 0) {
        dispatcher
            .assign(pending, now)
            .forEach(
                (manager, tasks) -> {
                  for (Task task : tasks) {
                    assigned.put(task.id, task);
                  }
                  send(
                      manager,
                      new ToManager.RunTasks(tasks.stream().map(Task::assignment).toList()));
                });
      }
      return null;
    }

    @Override
    public Void hello(FromManager.Hello message) {
      return null;
    }

    @Override
    public Void register(FromManager.Register message) {
      return null;
    }

    @Override
    public Void ready(FromManager.Ready message) {
      speaker.ready = true;
      dispatcher.changed(speaker);
      if (speaker.draining) {
        speaker.draining = false;
        drain(speaker, speaker.drainReason); // the first may have been lost
      } else if (drainingBlocks.contains(speaker.block)) {
        drain(speaker, "its block is given back");
      }
      List<TaskId> cancelled = new ArrayList<>(speaker.foreign);
      for (Task task : speaker.tasks.values()) {
        if (task.cancelled) {
          cancelled.add(new TaskId(task.id));
        }
      }
      sendCancel(speaker, cancelled);
      return null;
    }

    @Override
    public Void heartbeat(FromManager.Heartbeat message) {
      setCapacity(message.capacity());
      return null;
    }

    private void setCapacity(int capacity) {
      if (speaker.capacity != capacity) {
        speaker.capacity = capacity;
        dispatcher.changed(speaker);
      }
    }

    @Override
    public Void tasksStarted(FromManager.TasksStarted message) {
      for (TaskId id : message.tasks()) {
        Task task = assigned.get(id.value());
        if (task != null && task.manager == speaker && !task.started) {
          task.started = true;
          task.assignedMicros = now;
        }
      }
      return null;
    }

    @Override
    public Void tasksFinished(FromManager.TasksFinished message) {
      if (!speaker.foreign.isEmpty()) {
        message.outcomes().forEach(outcome -> speaker.foreign.remove(outcome.id()));
      }
      if (message.batch() <= speaker.acked) {
        return null; // came already, in the session that broke
      }
      speaker.acked = message.batch();
      List<Task> again = new ArrayList<>(0);
      for (TaskOutcome outcome : message.outcomes()) {
        Task task = assigned.get(outcome.id().value());
        if (task != null && task.manager == speaker && task.attempt == outcome.attempt()) {
          attemptOver(task, outcome, again);
        }
      }
      if (!again.isEmpty()) {
        settleAgain(again);
      }
      setCapacity(message.capacity());
      if (speaker.draining && speaker.ready) {
        send(speaker, new ToManager.Heartbeat()); // it leaves only when it has the acknowledgement
      }
      return null;
    }

    @Override
    public Void tasksReturned(FromManager.TasksReturned message) {
      message.tasks().forEach(held -> speaker.foreign.remove(held.id()));
      setCapacity(message.capacity());
      List<Task> again = new ArrayList<>();
      for (HeldTask held : message.tasks()) {
        Task task = assigned.get(held.id().value());
        if (task != null && task.manager == speaker && task.attempt == held.attempt()) {
          takeBack(task);
          task.attempt--;
          again.add(task);
        }
      }
      settleAgain(again);
      return null;
    }

    @Override
    public Void needClasspath(FromManager.NeedClasspath message) {
      return null; // answered by the loop, which has the files
    }

    @Override
    public Void needFile(FromManager.NeedFile message) {
      return null; // answered by the loop, which has the files
    }

    @Override
    public Void draining(FromManager.Draining message) {
      speaker.draining = true;
      speaker.drainReason = message.reason();
      dispatcher.changed(speaker);
      return null;
    }

    @Override
    public Void leaving(FromManager.Leaving message) {
      lose(speaker, message.reason(), true, false);
      return null;
    }
  }
}
