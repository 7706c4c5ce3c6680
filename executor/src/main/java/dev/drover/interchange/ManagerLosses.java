package dev.drover.interchange;

import dev.drover.protocol.ManagerId;
import dev.drover.protocol.ToManager;
import dev.drover.task.Ending;
import dev.drover.task.TaskId;
import dev.drover.task.TaskOutcome;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What becomes of a manager's tasks when it leaves or is lost. The loop's thread only. */
final class ManagerLosses {
  private final Turn turn;
  private final long heartbeatPeriodMicros;
  private final Map<ManagerId, Manager> managers;
  private final BlockHosts blockHosts;
  private final Attempts attempts;
  private final Drains drains;
  private final List<Task> maimed = new ArrayList<>();

  /**
   * @param managers the interchange's own: who is lost is taken out
   */
  ManagerLosses(
      Turn turn,
      InterchangeSettings settings,
      Map<ManagerId, Manager> managers,
      BlockHosts blockHosts,
      Attempts attempts,
      Drains drains) {
    this.turn = turn;
    this.heartbeatPeriodMicros = settings.heartbeatPeriod().toNanos() / 1000;
    this.managers = managers;
    this.blockHosts = blockHosts;
    this.attempts = attempts;
    this.drains = drains;
  }

  /**
   * Everything that a manager had goes to others; what it surely ran counts as lost. An attempt
   * that it may have had keeps its number to itself: should the manager come back, what it says of
   * that attempt is not taken for the next one's end, and the two write to files of their own.
   */
  void lose(Manager manager, String reason, boolean orderly, boolean timedOut) {
    managers.remove(manager.id());
    blockHosts.left(manager);
    drains.gone(manager);
    manager.ready = false;
    List<Task> parts = attempts.dispatcher().gone(manager, orderly);
    boolean walltime =
        timedOut
            || manager.time.mayHaveEnded(manager.heardMicros, heartbeatPeriodMicros, turn.now());
    List<Task> again = new ArrayList<>();
    int begun = 0;
    for (Task task : manager.tasks) {
      boolean ran = !orderly && (task.started || begun < manager.facts.slots());
      if (ran) {
        begun += task.slots;
        attempts.over(task, lostOutcome(task, manager, walltime, reason), again);
      } else {
        attempts.takeBack(task);
        if (orderly) {
          task.attempt--; // it was given back; else it may yet hear of it from this manager
        }
        again.add(task);
      }
    }
    attempts.settleAgain(again);
    loseParts(parts, walltime ? Ending.WALLTIME : Ending.MANAGER_LOST, manager, reason);
    turn.add(new Effect.CloseSession(manager.id(), !orderly));
    turn.add(new Effect.ManagerLeft(manager.facts, reason, orderly));
  }

  /** Tasks of other managers that had a part of the lost node are to end, and run again. */
  private void loseParts(List<Task> parts, Ending ending, Manager lost, String reason) {
    for (Task task : parts) {
      if (task.lostNode == null) {
        task.lostNode =
            new Task.LostNode(
                ending, "%s, one of its nodes, was lost: %s".formatted(lost.facts.host(), reason));
        maimed.add(task);
      }
    }
  }

  /** Ends tasks that have lost a node where they run, once all losses of a turn are known. */
  void endMaimed() {
    for (Task task : maimed) {
      if (task.lostNode != null && task.manager.ready && !task.cancelled) {
        turn.send(task.manager, new ToManager.CancelTasks(List.of(new TaskId(task.id))));
      }
    }
    maimed.clear();
  }

  private static TaskOutcome lostOutcome(
      Task task, Manager manager, boolean walltime, String reason) {
    String message =
        "manager %s on %s was lost: %s".formatted(manager.id(), manager.facts.host(), reason);
    Ending ending = walltime ? Ending.WALLTIME : Ending.MANAGER_LOST;
    return TaskOutcome.without(new TaskId(task.id), task.attempt, ending, message, 0);
  }
}
