package dev.drover.interchange;

import dev.drover.submit.RetryCost;
import dev.drover.submit.TaskReport;
import dev.drover.task.Ending;
import dev.drover.task.TaskId;
import dev.drover.task.TaskOutcome;
import java.util.ArrayList;
import java.util.List;

/**
 * The tasks that are out with managers, and what becomes of a task when an attempt of it is over:
 * it is done, or waits again. The loop's thread only.
 */
final class Attempts {
  private final Turn turn;
  private final RetryCost retryCost;
  private final PendingTasks pending;
  private final TaskTimes times;
  private final AssignedTasks assigned = new AssignedTasks();

  /** Taken back in this turn: until it is over, some of them are nowhere else. */
  private final List<Task> takenBack = new ArrayList<>();

  private Dispatcher dispatcher;
  private long finished;
  private long failed;

  Attempts(
      Turn turn,
      RetryCost retryCost,
      PendingTasks pending,
      TaskTimes times,
      Dispatcher dispatcher) {
    this.turn = turn;
    this.retryCost = retryCost;
    this.pending = pending;
    this.times = times;
    this.dispatcher = dispatcher;
  }

  /** Who gives tasks out now. */
  Dispatcher dispatcher() {
    return dispatcher;
  }

  /** Another gives tasks out from now on. */
  void dispatchBy(Dispatcher other) {
    dispatcher = other;
  }

  /** Tasks that are out, by id, as they are at any time. */
  AssignedTasks assigned() {
    return assigned;
  }

  /** A turn begins. */
  void begin() {
    takenBack.clear();
  }

  /** Tasks that were taken back in this turn, whatever has become of them. */
  List<Task> takenBack() {
    return takenBack;
  }

  /** The task that is out with this id, and with this manager; null = none. */
  Task of(Manager manager, TaskId id) {
    Task task = assigned.get(id.value());
    return task != null && task.manager == manager ? task : null;
  }

  long finished() {
    return finished;
  }

  long failed() {
    return failed;
  }

  /** These went out to their managers. */
  void begun(List<Task> tasks) {
    tasks.forEach(assigned::add);
  }

  private void finish(Task task, TaskOutcome outcome, Manager where) {
    task.done = true;
    finished++;
    if (!outcome.ending().isSuccess()) {
      failed++;
    }
    turn.add(new Effect.Finish(report(task, outcome, where), task.batch.completion()));
    task.ended = true;
  }

  /**
   * What is told of an attempt.
   *
   * @param where it was; null = nowhere
   */
  static TaskReport report(Task task, TaskOutcome outcome, Manager where) {
    return where == null
        ? new TaskReport(outcome, "", "", "", task.lost)
        : new TaskReport(
            outcome, where.facts.host(), where.id().value(), where.facts.block(), task.lost);
  }

  /** Ends a task that is out with nobody. */
  void finishWaiting(Task task, Ending ending, String message) {
    finish(task, TaskOutcome.without(new TaskId(task.id), task.attempt, ending, message, 0), null);
  }

  /**
   * Takes a task away from the manager that had it. The dispatcher is to be told that the manager
   * changed, once for all that it loses in a turn.
   */
  void takeBack(Task task) {
    takenBack.add(task);
    assigned.remove(task.id);
    task.manager.remove(task, turn.now());
    dispatcher.tookBack(task);
  }

  /** An attempt is over: the task is done, or waits again; as {@link #takeBack} says. */
  void over(Task task, TaskOutcome outcome, List<Task> again) {
    Manager where = task.manager;
    if (task.lostNode != null && !task.cancelled && !outcome.ending().isSuccess()) {
      outcome = outcome.withEnding(task.lostNode.ending(), task.lostNode.words());
    }
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
    } catch (Throwable e) { // the user's own code, whose errors are no reason to end the run
      String threw = "the retry cost function threw " + e + " for this attempt: ";
      finish(task, withMessage(outcome, threw + outcome.message()), where);
      return;
    }
    if (goesOn) {
      turn.add(new Effect.AttemptEnded(report(task, outcome, where), task.cost - costBefore));
      again.add(task);
    } else {
      finish(task, outcome, where);
    }
  }

  /** It burns no retry and is no loss that counts; but it must not go on so for ever. */
  private void lostToWalltime(Task task, TaskOutcome outcome, Manager where, List<Task> again) {
    long ran = outcome.durationMicros();
    if (ran == 0 && task.started) {
      ran = where.time.ran(task.assignedMicros, turn.now());
    }
    String never = WalltimeLosses.count(task, where, ran, times, turn.now());
    if (never.isEmpty()) {
      String message = WalltimeLosses.message(where.block, ran);
      turn.add(new Effect.AttemptEnded(report(task, withMessage(outcome, message), where), 0));
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
    task.cost += retryCost.of(outcome);
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

  /** Tasks that wait again; those cancelled meanwhile end here. */
  void settleAgain(List<Task> again) {
    List<Task> waiting = new ArrayList<>(again.size());
    for (Task task : again) {
      if (task.cancelled) {
        finishWaiting(task, Ending.CANCELLED, "cancelled while it waited for another attempt");
      } else {
        waiting.add(task);
      }
    }
    pending.putBack(waiting);
    dispatcher.putBack(waiting);
  }
}
