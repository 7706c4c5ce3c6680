package dev.drover.manager;

import dev.drover.manager.Slot.EndReason;
import dev.drover.manager.Slot.Held;
import dev.drover.protocol.FromManager;
import dev.drover.protocol.HeldTask;
import dev.drover.task.Ending;
import dev.drover.task.Isolation;
import dev.drover.task.TaskAssignment;
import dev.drover.task.TaskId;
import dev.drover.task.TaskOutcome;
import dev.drover.task.TaskWork;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;

/**
 * What a manager knows and decides: which tasks wait, which slot runs which, which outcomes the
 * interchange does not have yet. Pure: {@link #on} takes an event and a time and gives effects. The
 * loop's thread only.
 */
final class ManagerState {
  /** A task that runs longer than this is told of; a queue that waits longer is given back. */
  private static final long LONG_MICROS = 100_000;

  private static final long PATIENCE_MICROS = 500_000;

  /** Longest that an outcome waits for others to travel with, and how many do. */
  private static final long GATHER_MICROS = 5_000;

  private static final int MOST_GATHERED = 64;

  /** Longer than any manager lives, and small enough to reckon with. */
  private static final long LONGEST_MICROS = 1L << 60;

  private final ManagerSettings settings;
  private final List<Slot> slots = new ArrayList<>();
  private final ArrayDeque<Held> queue = new ArrayDeque<>();
  private final RunTimes runTimes = new RunTimes();
  private final ArrayDeque<FromManager.TasksFinished> unacknowledged = new ArrayDeque<>();
  private final Handler handler = new Handler();
  private final LifeSpan lifeSpan;

  private List<Effect> effects = new ArrayList<>();
  private List<TaskOutcome> outcomes = new ArrayList<>();
  private final DoubtfulEnds doubtful = new DoubtfulEnds();
  private long now;
  private long lastBatch;
  private long untoldSinceMicros;
  private int toldCapacity;
  private String drainReason;
  private String stopReason;
  private boolean blockEnds;
  private boolean left;

  ManagerState(ManagerSettings settings, long nowMicros) {
    this.settings = settings;
    this.lifeSpan = new LifeSpan(nowMicros, settings.drainPeriod(), settings.tasksEndAfter());
    this.now = nowMicros;
    for (int rank = 0; rank < settings.slots(); rank++) {
      slots.add(new Slot(rank));
    }
    this.toldCapacity = capacity();
  }

  /** Takes in what happened at {@code nowMicros} and says what is to be done, in order. */
  List<Effect> on(Event event, long nowMicros) {
    now = nowMicros;
    effects = new ArrayList<>();
    event.match(handler);
    return effects;
  }

  /** Tasks that the manager wants to have at once. */
  int capacity() {
    if (drainReason != null || stopReason != null) {
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
    queue.forEach(waiting -> held.add(heldTask(waiting.task)));
    slots.forEach(slot -> slot.tasks.forEach(task -> held.add(heldTask(task.task))));
    unacknowledged.forEach(
        batch -> batch.outcomes().forEach(o -> held.add(new HeldTask(o.id(), o.attempt()))));
    outcomes.forEach(o -> held.add(new HeldTask(o.id(), o.attempt())));
    doubtful.outcomes().forEach(o -> held.add(new HeldTask(o.id(), o.attempt())));
    return held;
  }

  /** Batches to send again in a new session. */
  List<FromManager.TasksFinished> unacknowledged() {
    return List.copyOf(unacknowledged);
  }

  /** Microseconds until something is due that only the passing of time brings. */
  long untilDue() {
    long due = 1_000_000;
    for (Slot slot : slots) {
      Held running = slot.running();
      if (running != null && slot.ending == null) {
        long timeout = timeoutMicros(running.task);
        if (timeout > 0) {
          due = Math.min(due, running.startedMicros + timeout - now);
        }
        if (!running.told) {
          due = Math.min(due, running.startedMicros + LONG_MICROS - now);
        }
      }
    }
    if (untoldSinceMicros != 0) {
      due = Math.min(due, untoldSinceMicros + GATHER_MICROS - now);
    }
    due = Math.min(due, doubtful.untilSettled(now));
    if (!blockEnds) {
      due = Math.min(due, lifeSpan.untilNext(now, drainReason != null));
    }
    return Math.max(1_000, due);
  }

  private static HeldTask heldTask(TaskAssignment task) {
    return new HeldTask(task.id(), task.attempt());
  }

  /** 0 = no limit. */
  private static long timeoutMicros(TaskAssignment task) {
    Duration timeout = task.spec().timeout();
    return timeout.getSeconds() >= LONGEST_MICROS / 1_000_000
        ? LONGEST_MICROS
        : timeout.getSeconds() * 1_000_000 + (timeout.getNano() + 999) / 1000;
  }

  private static boolean runsOnWorker(TaskAssignment task) {
    return task.spec().work() instanceof TaskWork.Java java
        && java.isolation() == Isolation.PROCESS;
  }

  /** Starts what can start: first every idle slot, then behind what runs in the worker JVMs. */
  private void start() {
    if (stopReason != null) {
      return;
    }
    while (!queue.isEmpty() && startOnIdle()) {}
    if (!queue.isEmpty() && runTimes.pipelinedPerWorker() > 1) {
      pipeline();
    }
  }

  private boolean startOnIdle() {
    int need = Math.min(queue.peekFirst().task.slots(), settings.slots());
    List<Slot> idle = new ArrayList<>();
    for (Slot slot : slots) {
      if (slot.isIdle()) {
        idle.add(slot);
      }
    }
    if (idle.size() < need) {
      return false;
    }
    startOn(near(idle, need), evenShare(idle.size()));
    return true;
  }

  /**
   * So many idle slots that lie as near to one another as there are: places follow the slots'
   * numbers, so near numbers are near cpus and devices.
   */
  private static List<Slot> near(List<Slot> idle, int need) {
    int best = 0;
    for (int from = 1; from + need <= idle.size() && scatter(idle, best, need) > 0; from++) {
      if (scatter(idle, from, need) < scatter(idle, best, need)) {
        best = from;
      }
    }
    return idle.subList(best, best + need);
  }

  /**
   * 0 = slots in a row that begin at a multiple of their number, so that pairs do not lie across
   * caches or NUMA nodes; one slot alone always is.
   */
  private static int scatter(List<Slot> idle, int from, int need) {
    int first = idle.get(from).rank;
    int holes = idle.get(from + need - 1).rank - first - (need - 1);
    return 2 * holes + (first % need == 0 ? 0 : 1);
  }

  private void startOn(List<Slot> taken, int share) {
    Held held = queue.pollFirst();
    Slot lead = taken.get(0);
    List<Integer> lent = new ArrayList<>(taken.size() - 1);
    for (Slot other : taken.subList(1, taken.size())) {
      other.lentTo = held;
      lent.add(other.rank);
    }
    held.startedMicros = now;
    lead.tasks.addLast(held);
    if (runsOnWorker(held.task)) {
      List<TaskAssignment> batch = new ArrayList<>();
      batch.add(held.task);
      // What follows at once goes in the same message.
      addPipelined(lead, batch, share);
      effects.add(new Effect.RunOnWorker(lead.rank, lent, batch));
    } else {
      effects.add(new Effect.RunOnSlot(lead.rank, lent, held.task));
    }
  }

  /** No slot takes more of a short queue than its part, so that the others have work too. */
  private int evenShare(int among) {
    return Math.max(1, (queue.size() + among - 1) / among);
  }

  private void pipeline() {
    for (Slot slot : slots) {
      Held running = slot.running();
      if (running != null && slot.ending == null && !slot.recalling && runsOnWorker(running.task)) {
        List<TaskAssignment> batch = new ArrayList<>();
        // A worker is fed again when half of what it had is done: fewer, larger messages.
        if (slot.tasks.size() <= runTimes.pipelinedPerWorker() / 2) {
          addPipelined(slot, batch, evenShare(slots.size() - slot.rank));
        }
        if (!batch.isEmpty()) {
          effects.add(new Effect.RunOnWorker(slot.rank, List.of(), batch));
        }
      }
    }
  }

  private void addPipelined(Slot slot, List<TaskAssignment> batch, int share) {
    TaskAssignment first = slot.running().task;
    while (slot.tasks.size() < runTimes.pipelinedPerWorker()
        && batch.size() < share
        && !queue.isEmpty()
        && sharesWorker(first, queue.peekFirst().task)) {
      Held next = queue.pollFirst();
      next.startedMicros = now;
      slot.tasks.addLast(next);
      batch.add(next.task);
    }
  }

  /** Only untimed one-slot functions of the same classpath follow one another inside a worker. */
  private static boolean sharesWorker(TaskAssignment first, TaskAssignment next) {
    return first.slots() == 1
        && next.slots() == 1
        && runsOnWorker(next)
        && next.spec().timeout().isZero()
        && first.spec().timeout().isZero()
        && ((TaskWork.Java) next.spec().work())
            .classpath()
            .equals(((TaskWork.Java) first.spec().work()).classpath());
  }

  private void ended(Slot slot, Held held, TaskOutcome outcome) {
    slot.tasks.remove(held);
    if (held.task.slots() > 1) {
      slots.stream().filter(s -> s.lentTo == held).forEach(s -> s.lentTo = null);
    }
    if (!slot.tasks.isEmpty()) {
      slot.running().startedMicros = now;
    }
    if (held.cancelled) {
      outcomes.add(EndedOutcome.cancelledUnlessDone(outcome));
    } else if (stopReason == null && DoubtfulEnds.isDoubtful(outcome)) {
      doubtful.keep(outcome, now);
    } else {
      outcomes.add(outcome);
    }
  }

  private void endRunning(Slot slot, EndReason reason) {
    if (slot.ending != null || slot.running() == null) {
      return;
    }
    slot.ending = reason;
    slot.toEnd = slot.running();
    if (runsOnWorker(slot.running().task)) {
      effects.add(new Effect.KillWorker(slot.rank));
    } else {
      effects.add(new Effect.EndCommand(slot.rank, reason == EndReason.TIMED_OUT));
    }
  }

  private void giveBack(List<Held> unwanted) {
    if (!unwanted.isEmpty()) {
      toldCapacity = capacity();
      effects.add(
          new Effect.Send(
              new FromManager.TasksReturned(
                  unwanted.stream().map(h -> heldTask(h.task)).toList(), toldCapacity)));
    }
  }

  private List<Held> takeQueue(int keep) {
    List<Held> taken = new ArrayList<>();
    while (queue.size() > keep) {
      taken.add(0, queue.pollLast());
    }
    return taken;
  }

  private boolean isIdle() {
    return queue.isEmpty() && slots.stream().allMatch(Slot::isIdle);
  }

  /** When all is done and told, there is no reason to stay. */
  private void leaveIfDone() {
    if (left || !isIdle() || !outcomes.isEmpty() || !doubtful.isEmpty()) {
      return;
    }
    if (stopReason != null) {
      left = true;
      effects.add(new Effect.Leave(stopReason));
    } else if (drainReason != null && unacknowledged.isEmpty()) {
      left = true;
      effects.add(new Effect.Leave(drainReason));
    }
  }

  /**
   * Outcomes gather for a moment while there is work in hand for longer than that: fewer, larger
   * messages, and no slot waits for an answer.
   */
  private boolean mayGather() {
    return queue.size() >= 2 * slots.size()
        && outcomes.size() < MOST_GATHERED
        && now - untoldSinceMicros < GATHER_MICROS
        && drainReason == null
        && stopReason == null;
  }

  private final class Handler implements Event.Cases<Void> {
    @Override
    public Void assigned(Event.Assigned event) {
      if (drainReason != null || stopReason != null) {
        giveBack(event.tasks().stream().map(task -> new Held(task, now)).toList());
        return null;
      }
      for (TaskAssignment task : event.tasks()) {
        queue.addLast(new Held(task, now));
      }
      start();
      return null;
    }

    @Override
    public Void cancelled(Event.Cancelled event) {
      Set<TaskId> ids = new HashSet<>(event.tasks());
      for (Iterator<Held> waiting = queue.iterator(); waiting.hasNext(); ) {
        TaskAssignment task = waiting.next().task;
        if (ids.contains(task.id())) {
          waiting.remove();
          outcomes.add(
              TaskOutcome.without(
                  task.id(), task.attempt(), Ending.CANCELLED, "cancelled in the queue", 0));
        }
      }
      for (Slot slot : slots) {
        for (Held held : slot.tasks) {
          if (ids.contains(held.task.id())) {
            held.cancelled = true;
            if (held == slot.running()) {
              endRunning(slot, EndReason.CANCELLED);
            } else if (!slot.recalling && slot.ending == null) {
              slot.recalling = true;
              effects.add(new Effect.Recall(slot.rank));
            }
          }
        }
      }
      start(); // what waited behind a cancelled one may fit
      return null;
    }

    @Override
    public Void shellEnded(Event.ShellEnded event) {
      Slot slot = slots.get(event.slot());
      TaskOutcome outcome = event.outcome();
      Held held = slot.running();
      if (held == null || !isOf(held, outcome)) {
        return null; // it was told before
      }
      outcome = EndedOutcome.of(outcome, slot.ending, stopReason);
      slot.ending = null;
      slot.toEnd = null;
      runTimes.observe(now - held.startedMicros);
      ended(slot, held, outcome);
      start();
      return null;
    }

    @Override
    public Void workerFinished(Event.WorkerFinished event) {
      Slot slot = slots.get(event.slot());
      if (!event.outcomes().isEmpty() && slot.running() != null) {
        long each = (now - slot.running().startedMicros) / event.outcomes().size();
        boolean isNew = false;
        for (TaskOutcome outcome : event.outcomes()) {
          Held held = find(slot, outcome.id());
          if (held != null && isOf(held, outcome)) {
            ended(slot, held, outcome);
            isNew = true;
          }
        }
        if (isNew) {
          runTimes.observe(each);
        }
      }
      start();
      return null;
    }

    private static boolean isOf(Held held, TaskOutcome outcome) {
      return held.task.id().equals(outcome.id()) && held.task.attempt() == outcome.attempt();
    }

    private Held find(Slot slot, TaskId id) {
      for (Held held : slot.tasks) {
        if (held.task.id().equals(id)) {
          return held;
        }
      }
      return null;
    }

    @Override
    public Void workerRecalled(Event.WorkerRecalled event) {
      Slot slot = slots.get(event.slot());
      slot.recalling = false;
      List<Held> back = new ArrayList<>();
      for (TaskId id : event.tasks()) {
        Held held = find(slot, id);
        if (held != null) {
          slot.tasks.remove(held);
          back.add(held);
        }
      }
      requeue(back);
      // A cancelled task may have begun before the recall came.
      if (slot.running() != null && slot.running().cancelled) {
        endRunning(slot, EndReason.CANCELLED);
      }
      start();
      return null;
    }

    /** What never began goes to the front again, in its order, or back to the interchange. */
    private void requeue(List<Held> inOrder) {
      List<Held> back = new ArrayList<>();
      for (Held held : inOrder) {
        if (held.cancelled) {
          outcomes.add(
              TaskOutcome.without(
                  held.task.id(),
                  held.task.attempt(),
                  Ending.CANCELLED,
                  "cancelled in the queue",
                  0));
        } else {
          back.add(held);
        }
      }
      if (drainReason != null || stopReason != null) {
        giveBack(back);
        return;
      }
      for (int i = back.size() - 1; i >= 0; i--) {
        queue.addFirst(back.get(i));
      }
    }

    @Override
    public Void workerDied(Event.WorkerDied event) {
      Slot slot = slots.get(event.slot());
      for (TaskOutcome outcome : event.outcomes()) {
        Held held = find(slot, outcome.id());
        if (held != null && isOf(held, outcome)) {
          ended(slot, held, outcome);
        }
      }
      Held running = slot.running();
      if (running != null) {
        ended(
            slot,
            running,
            EndedOutcome.ofDeath(
                slot, running, event.death(), stopReason, timeoutMicros(running.task)));
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
      while (!unacknowledged.isEmpty() && unacknowledged.peekFirst().batch() <= event.batch()) {
        unacknowledged.pollFirst();
      }
      return null;
    }

    @Override
    public Void draining(Event.Draining event) {
      if (drainReason == null) {
        drainReason = event.reason();
        effects.add(new Effect.Send(new FromManager.Draining(event.reason())));
        giveBack(takeQueue(0));
        recallAll();
      }
      return null;
    }

    private void recallAll() {
      for (Slot slot : slots) {
        if (slot.tasks.size() > 1 && !slot.recalling) {
          slot.recalling = true;
          effects.add(new Effect.Recall(slot.rank));
        }
      }
    }

    @Override
    public Void stopping(Event.Stopping event) {
      if (stopReason == null) {
        stopReason = event.reason();
        giveBack(takeQueue(0));
        EndReason why = lifeSpan.isNearEnd(now) ? EndReason.BLOCK_ENDS : EndReason.STOPPED;
        outcomes.addAll(doubtful.endedWithTheJob(why, stopReason));
        endAll(why);
      }
      return null;
    }

    @Override
    public Void tick(Event.Tick event) {
      List<TaskId> started = new ArrayList<>();
      for (Slot slot : slots) {
        watch(slot, started);
      }
      outcomes.addAll(doubtful.settled(now));
      if (!started.isEmpty()) {
        effects.add(new Effect.Send(new FromManager.TasksStarted(started)));
      }
      if (settings.prefetch() == ManagerSettings.AUTO
          && !queue.isEmpty()
          && now - queue.peekFirst().arrivedMicros > PATIENCE_MICROS) {
        giveBack(takeQueue(Math.max(0, capacity() - settings.slots())));
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
        endAll(EndReason.BLOCK_ENDS);
      }
    }

    private void endAll(EndReason reason) {
      for (Slot slot : slots) {
        endRunning(slot, reason);
      }
    }

    private void watch(Slot slot, List<TaskId> started) {
      Held running = slot.running();
      if (running == null || slot.ending != null) {
        return;
      }
      long elapsed = now - running.startedMicros;
      long timeout = timeoutMicros(running.task);
      if (timeout > 0 && elapsed >= timeout) {
        endRunning(slot, EndReason.TIMED_OUT);
        return;
      }
      if (elapsed >= LONG_MICROS) {
        runTimes.atLeast(elapsed);
        if (!running.told) {
          running.told = true;
          started.add(running.task.id());
        }
        if (slot.tasks.size() > 1 && !slot.recalling) {
          slot.recalling = true;
          effects.add(new Effect.Recall(slot.rank));
        }
      }
    }

    @Override
    public Void flush(Event.Flush event) {
      int capacity = capacity();
      if (!outcomes.isEmpty()) {
        if (untoldSinceMicros == 0) {
          untoldSinceMicros = now;
        }
        if (mayGather()) {
          return null;
        }
        untoldSinceMicros = 0;
        toldCapacity = capacity;
        FromManager.TasksFinished batch =
            new FromManager.TasksFinished(++lastBatch, outcomes, capacity);
        outcomes = new ArrayList<>();
        unacknowledged.addLast(batch);
        effects.add(new Effect.Send(batch));
      } else if (capacity != toldCapacity) {
        toldCapacity = capacity;
        effects.add(new Effect.Send(new FromManager.Heartbeat(capacity)));
      }
      leaveIfDone();
      return null;
    }
  }
}
