package dev.drover.interchange;

import dev.drover.block.BlockId;
import dev.drover.block.BlockSupervisor;
import dev.drover.protocol.FromManager;
import dev.drover.protocol.HeldTask;
import dev.drover.protocol.ManagerId;
import dev.drover.protocol.ToManager;
import dev.drover.submit.ExecutorStatus;
import dev.drover.task.Ending;
import dev.drover.task.ResourceRequest;
import dev.drover.task.TaskAssignment;
import dev.drover.task.TaskId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
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
  private final Turn turn = new Turn();
  private final TaskTimes times = new TaskTimes();
  private final PendingTasks pending = new PendingTasks();
  private final Map<ManagerId, Manager> managers = new LinkedHashMap<>();
  private final BlockHosts blockHosts;
  private final PinningProblems pinningProblems = new PinningProblems();
  private final NodeFit fit;
  private final Attempts attempts;
  private final Drains drains;
  private final ManagerLosses losses;
  private final ManagerMessages messages;
  private final Explanation explanation;

  /** Managers that a user holds, also while they are away. */
  private final Set<ManagerId> heldByUser = new HashSet<>();

  /** Blocks that have no manager yet, and how they stand. */
  private final Map<BlockId, String> comingBlocks = new TreeMap<>();

  private final Handler handler = new Handler();

  /** Whether tasks are given nodes, and not only slots of managers; once so, always so. */
  private boolean givesNodes;

  public InterchangeState(InterchangeSettings settings) {
    this.settings = settings;
    this.blockHosts = new BlockHosts(settings.nodesPerBlock());
    this.fit = new NodeFit(settings, managers.values());
    this.attempts =
        new Attempts(
            turn,
            settings.retryCost(),
            pending,
            times,
            new SlotDispatcher(settings.placement(), pending, times));
    this.drains = new Drains(turn, attempts);
    this.losses = new ManagerLosses(turn, settings, managers, blockHosts, attempts, drains);
    this.messages = new ManagerMessages(turn, attempts, drains, losses);
    this.explanation =
        new Explanation(pending, attempts, managers.values(), times, blockHosts, comingBlocks);
    if (settings.mpi().onLeadNode()) {
      giveNodes();
    }
  }

  /** From now on nodes are given to tasks, of one slot or of many nodes alike. */
  private void giveNodes() {
    givesNodes = true;
    attempts.dispatchBy(new NodeDispatcher(settings, fit, pending, times));
    managers.values().forEach(attempts.dispatcher()::changed);
  }

  /** Takes in what happened at {@code nowMicros} and says what is to be done, in order. */
  public List<Effect> on(Event event, long nowMicros) {
    turn.begin(nowMicros);
    attempts.begin();
    event.match(handler);
    return turn.effects();
  }

  /** Whether the last {@link Event.Dispatch} left something to give: another should come soon. */
  public boolean hasMoreToGive() {
    return attempts.dispatcher().hasMore();
  }

  public long pendingTasks() {
    return pending.size();
  }

  public long assignedTasks() {
    return attempts.assigned().size();
  }

  /** Slots that all tasks take which have not ended, waiting or out. */
  public long demandedSlots() {
    return fit.demandedSlots(pending, givesNodes);
  }

  public long finishedTasks() {
    return attempts.finished();
  }

  public long failedTasks() {
    return attempts.failed();
  }

  Turn turn() {
    return turn;
  }

  PendingTasks pending() {
    return pending;
  }

  Attempts attempts() {
    return attempts;
  }

  Collection<Manager> managers() {
    return managers.values();
  }

  /** What the managers of each block do; managers of no block are left out. */
  public Map<BlockId, BlockSupervisor.Managers> blockManagers() {
    return ManagerSummaries.byBlock(managers.values(), turn.now());
  }

  /** The managers as they are now, for a user who asks. */
  public List<ExecutorStatus.Manager> managerStatus() {
    return ManagerSummaries.status(managers.values(), turn.now());
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
    return explanation.of(id, turn.now());
  }

  /** Ends waiting tasks that no node, known beforehand or seen so far, can ever hold. */
  private void refuseImpossible(ResourceRequest request, Task task) {
    attempts.dispatcher().withdrawn(task.id);
    attempts.finishWaiting(task, Ending.REFUSED, fit.whyRefused(request));
  }

  private final class Handler implements Event.Cases<Void> {
    @Override
    public Void submitted(Event.Submitted event) {
      for (Submission submission : event.submissions()) {
        ResourceRequest request = submission.batch().spec().resources();
        if (fit.isImpossible(request)) {
          for (int i = 0; i < submission.batch().count(); i++) {
            long index = submission.batch().firstIndex();
            Task task =
                new Task(
                    submission.firstId() + i,
                    index < 0 ? -1 : index + i,
                    submission.batch(),
                    submission.past(),
                    turn.now());
            refuseImpossible(request, task);
          }
        } else {
          if (request.isMpi() && !givesNodes) {
            giveNodes();
          }
          pending.add(submission, turn.now());
          attempts.dispatcher().submitted(submission, turn.now());
        }
      }
      return null;
    }

    @Override
    public Void cancelled(Event.Cancelled event) {
      Map<Manager, List<TaskId>> running = new LinkedHashMap<>();
      for (TaskId id : event.tasks()) {
        Task task = attempts.assigned().get(id.value());
        if (task != null) {
          if (!task.cancelled) {
            task.cancelled = true;
            running.computeIfAbsent(task.manager, m -> new ArrayList<>()).add(id);
          }
          continue;
        }
        task = pending.remove(id.value());
        if (task != null) {
          attempts.dispatcher().withdrawn(task.id);
          attempts.finishWaiting(task, Ending.CANCELLED, "cancelled in the queue");
        }
      }
      running.forEach(this::sendCancel);
      return null;
    }

    /** A manager that cannot hear is told when it is ready again. */
    private void sendCancel(Manager manager, List<TaskId> ids) {
      if (manager.ready && !ids.isEmpty()) {
        turn.send(manager, new ToManager.CancelTasks(ids));
      }
    }

    @Override
    public Void cancelledAll(Event.CancelledAll event) {
      pending.removeAll(
          task -> {
            attempts.dispatcher().withdrawn(task.id);
            attempts.finishWaiting(task, event.ending(), event.reason());
          });
      for (Manager manager : managers.values()) {
        List<TaskId> ids = new ArrayList<>();
        for (Task task : manager.tasks) {
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
        manager = new Manager(message, turn.now());
        manager.held = heldByUser.contains(manager.id());
        managers.put(manager.id(), manager);
        turn.add(new Effect.ManagerJoined(manager.facts));
        blockHosts.joined(manager, turn.now()).ifPresent(text -> turn.add(new Effect.Warn(text)));
        pinningProblems.joined(manager).ifPresent(text -> turn.add(new Effect.Warn(text)));
      }
      manager.time.told(message, turn.now());
      manager.heardMicros = turn.now();
      manager.ready = false;
      manager.capacity = message.capacity();
      attempts.dispatcher().changed(manager);
      turn.add(new Effect.OpenSession(manager.id(), message.route(), manager.acked));
      reconcile(manager, message.held());
      if (isNew && fit.learns(manager)) {
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
      for (Task task : manager.tasks) {
        if (!has.remove(new HeldTask(new TaskId(task.id), task.attempt))) {
          attempts.takeBack(task);
          task.attempt--;
          again.add(task);
        }
      }
      attempts.settleAgain(again);
      manager.foreign.clear();
      has.stream().map(HeldTask::id).filter(id -> !owns(manager, id)).forEach(manager.foreign::add);
    }

    private boolean owns(Manager manager, TaskId id) {
      return attempts.of(manager, id) != null;
    }

    /** Where the site told of it, each was judged when it was submitted. */
    private void refuseWhatNobodyCanHold() {
      for (Map<ResourceRequest, Lane> lanes : pending.levels()) {
        for (Lane lane : lanes.values()) {
          if (fit.isImpossible(lane.request)) {
            pending.drain(lane, task -> refuseImpossible(lane.request, task));
          }
        }
      }
      pending.tidy();
    }

    @Override
    public Void fromManager(Event.FromManagerSaid event) {
      Manager speaker = managers.get(event.manager());
      if (speaker != null) {
        messages.from(speaker, event.message());
      }
      return null;
    }

    @Override
    public Void routeLost(Event.RouteLost event) {
      Manager manager = managers.get(event.manager());
      if (manager != null) {
        manager.ready = false;
        attempts.dispatcher().changed(manager);
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
      drains.ended(event.block());
      blockHosts.ended(event.block());
      attempts.dispatcher().blockOver(event.block());
      for (Manager manager : List.copyOf(managers.values())) {
        if (manager.block.equals(event.block())) {
          losses.lose(manager, event.reason(), false, event.timedOut());
        }
      }
      losses.endMaimed();
      return null;
    }

    @Override
    public Void held(Event.Held event) {
      if (event.on()) {
        heldByUser.add(event.manager());
      } else {
        heldByUser.remove(event.manager());
      }
      Manager manager = managers.get(event.manager());
      if (manager != null) {
        manager.held = event.on();
        attempts.dispatcher().changed(manager);
      }
      return null;
    }

    @Override
    public Void drained(Event.Drained event) {
      drains.drain(event.manager(), managers, event.reason());
      return null;
    }

    @Override
    public Void drainedBlock(Event.DrainedBlock event) {
      drains.drainBlock(event.block(), managers.values(), event.reason());
      return null;
    }

    @Override
    public Void tick(Event.Tick event) {
      long now = turn.now();
      long threshold = settings.heartbeatThreshold().toNanos() / 1000;
      long period = settings.heartbeatPeriod().toNanos() / 1000;
      for (Manager manager : List.copyOf(managers.values())) {
        if (now - manager.heardMicros > threshold) {
          losses.lose(
              manager,
              "no sign of life for %d s (heartbeat threshold)"
                  .formatted((now - manager.heardMicros) / 1_000_000),
              false,
              false);
          continue;
        }
        if (manager.ready && now - manager.saidMicros >= period) {
          turn.send(manager, new ToManager.Heartbeat());
        }
        if (manager.isPaused) {
          manager.isPaused = false;
          attempts.dispatcher().changed(manager);
        }
      }
      losses.endMaimed();
      blockHosts.tick(now).forEach(text -> turn.add(new Effect.Warn(text)));
      attempts.dispatcher().tick(now);
      for (Manager manager : ShortOfTime.find(managers.values(), pending, times, now)) {
        drains.drain(manager, ShortOfTime.REASON);
      }
      drains.look();
      return null;
    }

    @Override
    public Void dispatch(Event.Dispatch event) {
      Dispatcher dispatcher = attempts.dispatcher();
      if (pending.size() > 0) {
        dispatcher
            .assign(turn.now())
            .forEach(
                (manager, tasks) -> {
                  attempts.begun(tasks);
                  turn.send(manager, new ToManager.RunTasks(assignments(tasks)));
                });
      }
      dispatcher.warnings().forEach(text -> turn.add(new Effect.Warn(text)));
      dispatcher.toDrain().forEach(drains::drain);
      drains.look();
      return null;
    }

    private static List<TaskAssignment> assignments(List<Task> tasks) {
      TaskAssignment[] assignments = new TaskAssignment[tasks.size()];
      for (int i = 0; i < assignments.length; i++) {
        assignments[i] = tasks.get(i).assignment();
      }
      return List.of(assignments);
    }
  }
}
