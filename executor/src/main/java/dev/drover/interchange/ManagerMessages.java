package dev.drover.interchange;

import dev.drover.protocol.FromManager;
import dev.drover.protocol.HeldTask;
import dev.drover.protocol.ToManager;
import dev.drover.task.TaskId;
import dev.drover.task.TaskOutcome;
import java.util.ArrayList;
import java.util.List;

/** What follows from what managers say in their sessions. The loop's thread only. */
final class ManagerMessages implements FromManager.Cases<Void> {
  private final Turn turn;
  private final Attempts attempts;
  private final Drains drains;
  private final ManagerLosses losses;
  private Manager speaker;

  ManagerMessages(Turn turn, Attempts attempts, Drains drains, ManagerLosses losses) {
    this.turn = turn;
    this.attempts = attempts;
    this.drains = drains;
    this.losses = losses;
  }

  void from(Manager manager, FromManager message) {
    speaker = manager;
    manager.heardMicros = turn.now();
    message.match(this);
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
    attempts.dispatcher().changed(speaker);
    drains.ready(speaker);
    List<TaskId> cancelled = new ArrayList<>(speaker.foreign);
    for (Task task : speaker.tasks) {
      if (task.cancelled || task.lostNode != null) {
        cancelled.add(new TaskId(task.id));
      }
    }
    if (!cancelled.isEmpty()) {
      turn.send(speaker, new ToManager.CancelTasks(cancelled));
    }
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
      attempts.dispatcher().changed(speaker);
    }
  }

  @Override
  public Void tasksStarted(FromManager.TasksStarted message) {
    for (TaskId id : message.tasks()) {
      Task task = attempts.of(speaker, id);
      if (task != null && !task.started) {
        task.started = true;
        task.assignedMicros = turn.now();
      }
    }
    return null;
  }

  @Override
  public Void tasksFinished(FromManager.TasksFinished message) {
    if (!speaker.foreign.isEmpty()) {
      message.outcomes().forEach(outcome -> speaker.foreign.remove(outcome.id()));
      attempts.dispatcher().changed(speaker);
    }
    if (message.batch() <= speaker.acked) {
      return null; // came already, in the session that broke
    }
    speaker.acked = message.batch();
    List<Task> again = new ArrayList<>(0);
    for (TaskOutcome outcome : message.outcomes()) {
      Task task = attempts.of(speaker, outcome.id());
      if (task != null && task.attempt == outcome.attempt()) {
        attempts.over(task, outcome, again);
      }
    }
    if (!again.isEmpty()) {
      attempts.settleAgain(again);
    }
    speaker.capacity = message.capacity();
    attempts.dispatcher().changed(speaker);
    if (speaker.draining && speaker.ready) {
      turn.send(
          speaker, new ToManager.Heartbeat()); // it leaves only when it has the acknowledgement
    }
    return null;
  }

  @Override
  public Void tasksReturned(FromManager.TasksReturned message) {
    if (!speaker.foreign.isEmpty()) {
      message.tasks().forEach(held -> speaker.foreign.remove(held.id()));
    }
    speaker.capacity = message.capacity();
    List<Task> again = new ArrayList<>();
    for (HeldTask held : message.tasks()) {
      Task task = attempts.of(speaker, held.id());
      if (task != null && task.attempt == held.attempt()) {
        attempts.takeBack(task);
        task.attempt--;
        again.add(task);
      }
    }
    attempts.settleAgain(again);
    speaker.isPaused |= !message.reason().isEmpty();
    attempts.dispatcher().changed(speaker);
    if (!message.reason().isEmpty()) {
      turn.add(
          new Effect.Warn(
              "manager %s on %s gave %d tasks back: %s"
                  .formatted(
                      speaker.id(),
                      speaker.facts.host(),
                      message.tasks().size(),
                      message.reason())));
    }
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
    attempts.dispatcher().changed(speaker);
    return null;
  }

  @Override
  public Void leaving(FromManager.Leaving message) {
    losses.lose(speaker, message.reason(), true, false);
    return null;
  }
}
