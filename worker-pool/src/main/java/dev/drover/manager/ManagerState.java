package dev.drover.manager;

import dev.drover.manager.Slot.EndReason;
import dev.drover.manager.Slot.Held;
import dev.drover.protocol.FromManager;
import dev.drover.protocol.HeldTask;
import dev.drover.task.Ending;
import dev.drover.task.TaskAssignment;
import dev.drover.task.TaskId;
import dev.drover.task.TaskOutcome;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What a manager knows and decides: which tasks wait ({@link WaitingTasks}), which slot runs which
 * ({@link RunningTasks}), which outcomes the interchange does not have yet ({@link
 * OutcomeBatches}), and when it leaves. Pure: {@link #on} takes an event and a time and gives
 * effects. The loop's thread only.
 */
final class ManagerState {
  /** A queue that waits longer than this is given back. */
  private static final long PATIENCE_MICROS = 500_000;

  private final ManagerSettings settings;
  private final List<Slot> slots = new ArrayList<>();
  private final SlotClaims claims;
  private final RunTimes runTimes = new RunTimes();
  private final Turn turn;
  private final WaitingTasks waiting;
  private final RunningTasks running;
  private final OutcomeBatches outcomes = new OutcomeBatches();
  private final Handler handler = new Handler();
  private final LifeSpan lifeSpan;
  private int toldCapacity;
  private String drainReason;
  private String stopReason;
  private boolean blockEnds;
  private boolean left;

  ManagerState(ManagerSettings settings, long nowMicros) {
    this.settings = settings;
    this.lifeSpan = new LifeSpan(nowMicros, settings.drainPeriod(), settings.tasksEndAfter());
    for (int rank = 0; rank < settings.slots(); rank++) {
      slots.add(new Slot(rank));
    }
    this.turn = new Turn(nowMicros);
    this.claims = new SlotClaims(settings, slots);
    this.waiting = new WaitingTasks(slots, claims, runTimes, turn);
    this.running = new RunningTasks(slots, runTimes, turn);
    this.toldCapacity = capacity();
  }

  /** Takes in what happened at {@code nowMicros} and says what is to be done, in order. */
  List<Effect> on(Event event, long nowMicros) {
    turn.begin(nowMicros);
    event.match(handler);
    return turn.effects();
  }

  /** Tasks that the manager wants to have at once. */
  int capacity() {
    if (isLeaving()) {
      return 0;
    }
    int extra =
        settings.prefetch() == ManagerSettings.AUTO
            ? settings.slots() * runTimes.readyPerSlot()
            : settings.prefetch();
    return settings.slots() + extra;
  }

  /** All that it has: queued, running, or ended with an outcome that is not acknowledged. */
  List<HeldTask> held() {
    List<HeldTask> held = new ArrayList<>();
    waiting.forEach(task -> held.add(heldTask(task)));
    slots.forEach(slot -> slot.tasks.forEach(task -> held.add(heldTask(task.task))));
    outcomes.addHeld(held);
    return held;
  }

  /** Batches to send again in a new session. */
  List<FromManager.TasksFinished> unacknowledged() {
    return outcomes.unacknowledged();
  }

  /** Microseconds until something is due that only the passing of time brings. */
  long untilDue() {
    long now = turn.now();
    long due = Math.min(running.untilDue(1_000_000), outcomes.untilDue(now));
    if (!blockEnds) {
      due = Math.min(due, lifeSpan.untilNext(now, drainReason != null));
    }
    return Math.max(1_000, due);
  }

  private static HeldTask heldTask(TaskAssignment task) {
    return new HeldTask(task.id(), task.attempt());
  }

  /** Whether it takes no more tasks. */
  private boolean isLeaving() {
    return drainReason != null || stopReason != null;
  }

  private void start() {
    if (stopReason == null) {
      waiting.start();
    }
  }

  private void ended(Slot slot, Held held, TaskOutcome outcome) {
    running.ended(slot, held);
    if (held.cancelled) {
      outcomes.add(EndedOutcome.cancelledUnlessDone(outcome));
    } else if (stopReason == null && DoubtfulEnds.isDoubtful(outcome)) {
      outcomes.addInDoubt(outcome, turn.now());
    } else {
      outcomes.add(outcome);
    }
  }

  private void giveBack(List<Held> unwanted) {
    giveBack(unwanted, "");
  }

  private void giveBack(List<Held> unwanted, String reason) {
    if (!unwanted.isEmpty()) {
      toldCapacity = capacity();
      turn.send(
          new FromManager.TasksReturned(
              unwanted.stream().map(h -> heldTask(h.task)).toList(), toldCapacity, reason));
    }
  }

  /** When all is done and told, there is no reason to stay. */
  private void leaveIfDone() {
    if (left || !waiting.isEmpty() || !running.areNone() || !outcomes.areAllSent()) {
      return;
    }
    if (stopReason != null) {
      left = true;
      turn.add(new Effect.Leave(stopReason));
    } else if (drainReason != null && outcomes.areAllAcknowledged()) {
      left = true;
      turn.add(new Effect.Leave(drainReason));
    }
  }

  private final class Handler implements Event.Cases<Void> {
    @Override
    public Void assigned(Event.Assigned event) {
      if (isLeaving()) {
        giveBack(event.tasks().stream().map(task -> new Held(task, turn.now())).toList());
        return null;
      }
      for (TaskAssignment task : event.tasks()) {
        accept(new Held(task, turn.now()));
      }
      start();
      return null;
    }

    private void accept(Held held) {
      TaskAssignment task = held.task;
      String impossible = claims.impossible(task);
      Optional<String> conflict = waiting.conflict(task);
      if (!impossible.isEmpty()) {
        outcomes.add(
            TaskOutcome.without(
                task.id(), task.attempt(), Ending.NOT_STARTED, "no node for it: " + impossible, 0));
      } else if (conflict.isPresent()) {
        giveBack(List.of(held), conflict.get());
      } else {
        waiting.add(held);
      }
    }

    @Override
    public Void cancelled(Event.Cancelled event) {
      Set<TaskId> ids = new HashSet<>(event.tasks());
      waiting.take(ids).forEach(task -> outcomes.add(EndedOutcome.cancelledInQueue(task)));
      running.cancel(ids);
      start(); // what waited behind a cancelled one may fit
      return null;
    }

    @Override
    public Void shellEnded(Event.ShellEnded event) {
      Slot slot = slots.get(event.slot());
      long begun = slot.running() == null ? turn.now() : slot.running().startedMicros;
      boolean isNew = false;
      for (TaskOutcome outcome : event.outcomes()) {
        Held held = slot.running();
        if (held != null && held.isOf(outcome)) { // else it was told before
          EndReason reason = slot.ending;
          slot.ending = null;
          slot.toEnd = null;
          ended(slot, held, EndedOutcome.of(outcome, reason, stopReason));
          isNew = true;
        }
      }
      if (isNew) {
        runTimes.observe((turn.now() - begun) / event.outcomes().size());
        running.endUnwanted(slot);
        start();
      }
      return null;
    }

    @Override
    public Void workerFinished(Event.WorkerFinished event) {
      Slot slot = slots.get(event.slot());
      if (!event.outcomes().isEmpty() && slot.running() != null) {
        long each = (turn.now() - slot.running().startedMicros) / event.outcomes().size();
        if (endAll(slot, event.outcomes())) {
          runTimes.observe(each);
        }
      }
      start();
      return null;
    }

    /** Whether any of these outcomes was new. */
    private boolean endAll(Slot slot, List<TaskOutcome> ends) {
      boolean isNew = false;
      for (TaskOutcome outcome : ends) {
        Held held = slot.find(outcome.id());
        if (held != null && held.isOf(outcome)) {
          ended(slot, held, outcome);
          isNew = true;
        }
      }
      return isNew;
    }

    @Override
    public Void recalled(Event.Recalled event) {
      Slot slot = slots.get(event.slot());
      slot.recalling = false;
      List<Held> back = new ArrayList<>();
      for (TaskId id : event.tasks()) {
        Held held = slot.find(id);
        if (held != null) {
          slot.tasks.remove(held);
          back.add(held);
        }
      }
      requeue(back);
      running.endUnwanted(slot);
      start();
      return null;
    }

    /** What never began goes to the front again, in its order, or back to the interchange. */
    private void requeue(List<Held> inOrder) {
      List<Held> back = new ArrayList<>();
      for (Held held : inOrder) {
        if (held.cancelled) {
          outcomes.add(EndedOutcome.cancelledInQueue(held.task));
        } else {
          back.add(held);
        }
      }
      if (isLeaving()) {
        giveBack(back);
      } else {
        waiting.addFirst(back);
      }
    }

    @Override
    public Void workerDied(Event.WorkerDied event) {
      Slot slot = slots.get(event.slot());
      endAll(slot, event.outcomes());
      Held held = slot.running();
      if (held != null) {
        ended(slot, held, EndedOutcome.ofDeath(slot, held, event.death(), stopReason));
        List<Held> behind = new ArrayList<>(slot.tasks);
        slot.tasks.clear();
        requeue(behind);
      }
      slot.ending = null;
      slot.toEnd = null;
      slot.recalling = false;
      start();
      return null;
    }

    @Override
    public Void acknowledged(Event.Acknowledged event) {
      outcomes.acknowledged(event.batch());
      return null;
    }

    @Override
    public Void draining(Event.Draining event) {
      if (drainReason == null) {
        drainReason = event.reason();
        turn.send(new FromManager.Draining(event.reason()));
        giveBack(waiting.takeAllBut(0));
        running.recallAll();
      }
      return null;
    }

    @Override
    public Void stopping(Event.Stopping event) {
      if (stopReason == null) {
        stopReason = event.reason();
        giveBack(waiting.takeAllBut(0));
        EndReason why = lifeSpan.isNearEnd(turn.now()) ? EndReason.BLOCK_ENDS : EndReason.STOPPED;
        outcomes.settleAsEnded(why, stopReason);
        running.endAll(why);
      }
      return null;
    }

    @Override
    public Void tick(Event.Tick event) {
      long now = turn.now();
      running.watch();
      outcomes.settle(now);
      if (settings.prefetch() == ManagerSettings.AUTO
          && !waiting.isEmpty()
          && now - waiting.oldestMicros() > PATIENCE_MICROS) {
        giveBack(waiting.takeAllBut(Math.max(0, capacity() - settings.slots())));
      }
      if (lifeSpan.isOver(now)) {
        endWithBlock();
      } else if (lifeSpan.isDrainDue(now)) {
        draining(new Event.Draining("its drain period is over"));
      }
      return null;
    }

    /** What still runs cannot end in time: it is ended while there is time to tell of it. */
    private void endWithBlock() {
      if (!blockEnds && stopReason == null) {
        blockEnds = true;
        draining(new Event.Draining("its block ends (walltime)"));
        running.endAll(EndReason.BLOCK_ENDS);
      }
    }

    @Override
    public Void flush(Event.Flush event) {
      int capacity = capacity();
      boolean hasWorkInHand = waiting.size() >= 2 * slots.size() && !isLeaving();
      if (outcomes.areDue(turn.now(), hasWorkInHand)) {
        toldCapacity = capacity;
        turn.send(outcomes.nextBatch(capacity));
      } else if (!outcomes.haveGathered() && capacity != toldCapacity) {
        toldCapacity = capacity;
        turn.send(new FromManager.Heartbeat(capacity));
      }
      leaveIfDone();
      return null;
    }
  }
}
