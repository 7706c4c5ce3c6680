package dev.drover.manager;

import static dev.drover.manager.Succession.runsOnWorker;

import dev.drover.manager.Slot.EndReason;
import dev.drover.manager.Slot.Held;
import dev.drover.protocol.FromManager;
import dev.drover.task.TaskAssignment;
import dev.drover.task.TaskId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * What runs on the slots: watched for its time limit, ended when Drover wants that, and what waits
 * behind it taken back. Pure; the loop's thread only.
 */
final class RunningTasks {
  /** A task that runs longer than this is told of. */
  private static final long LONG_MICROS = 100_000;

  /** How often threads that go from command to command by themselves are asked what has ended. */
  private static final long LOOK_MICROS = 5_000;

  /** Longer than any manager lives, and small enough to reckon with. */
  private static final long LONGEST_MICROS = 1L << 60;

  private final List<Slot> slots;
  private final RunTimes runTimes;
  private final Turn turn;

  /** Why whatever still runs is ended; null = it is not. */
  private EndReason allEnd;

  RunningTasks(List<Slot> slots, RunTimes runTimes, Turn turn) {
    this.slots = slots;
    this.runTimes = runTimes;
    this.turn = turn;
  }

  boolean areNone() {
    return slots.stream().allMatch(Slot::isIdle);
  }

  /** 0 = no limit. */
  static long timeoutMicros(TaskAssignment task) {
    Duration timeout = task.spec().timeout();
    return timeout.getSeconds() >= LONGEST_MICROS / 1_000_000
        ? LONGEST_MICROS
        : timeout.getSeconds() * 1_000_000 + (timeout.getNano() + 999) / 1000;
  }

  /** Microseconds until something is due on a slot, or as many as were given. */
  long untilDue(long most) {
    long due = most;
    long now = turn.now();
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
        if (slot.tasks.size() > 1 && Succession.isCommand(running.task)) {
          due = Math.min(due, LOOK_MICROS);
        }
      }
    }
    return due;
  }

  /** Ends what is over its time limit, and tells of what runs for long. */
  void watch() {
    List<TaskId> started = new ArrayList<>();
    for (Slot slot : slots) {
      watch(slot, started);
    }
    if (!started.isEmpty()) {
      turn.send(new FromManager.TasksStarted(started));
    }
  }

  private void watch(Slot slot, List<TaskId> started) {
    Held running = slot.running();
    if (running == null || slot.ending != null) {
      return;
    }
    long elapsed = turn.now() - running.startedMicros;
    long timeout = timeoutMicros(running.task);
    if (timeout > 0 && elapsed >= timeout) {
      end(slot, EndReason.TIMED_OUT);
      return;
    }
    if (elapsed >= LONG_MICROS) {
      runTimes.atLeast(elapsed);
      if (!running.told) {
        running.told = true;
        started.add(running.task.id());
      }
      recall(slot);
    }
  }

  /** Nobody wants these any more; those that wait behind others are taken back first. */
  void cancel(Set<TaskId> ids) {
    for (Slot slot : slots) {
      for (Held held : slot.tasks) {
        if (ids.contains(held.task.id())) {
          held.cancelled = true;
          if (held == slot.running()) {
            end(slot, EndReason.CANCELLED);
          } else if (slot.ending == null) {
            recall(slot);
          }
        }
      }
    }
  }

  /** Whatever still runs is ended, and whatever begins yet. */
  void endAll(EndReason reason) {
    allEnd = reason;
    for (Slot slot : slots) {
      end(slot, reason);
    }
  }

  /** A task that nobody wants any more may have begun before it could be recalled. */
  void endUnwanted(Slot slot) {
    if (slot.running() == null) {
      return;
    }
    if (allEnd != null) {
      end(slot, allEnd);
    } else if (slot.running().cancelled && !slot.recalling) {
      end(slot, EndReason.CANCELLED);
    }
  }

  private void end(Slot slot, EndReason reason) {
    if (slot.ending != null || slot.running() == null) {
      return;
    }
    slot.ending = reason;
    slot.toEnd = slot.running();
    if (runsOnWorker(slot.running().task)) {
      turn.add(new Effect.KillWorker(slot.rank));
    } else {
      recall(slot); // the end may take as long as the grace
      turn.add(
          new Effect.EndCommand(slot.rank, slot.toEnd.task.id(), reason == EndReason.TIMED_OUT));
    }
  }

  void recallAll() {
    slots.forEach(this::recall);
  }

  /** Asks for what waits behind the running task. */
  private void recall(Slot slot) {
    if (slot.tasks.size() > 1 && !slot.recalling) {
      slot.recalling = true;
      turn.add(
          runsOnWorker(slot.running().task)
              ? new Effect.Recall(slot.rank)
              : new Effect.RecallCommands(slot.rank));
    }
  }

  /** A task has ended: its slot is the next one's, and so are those that it took beside. */
  void ended(Slot slot, Held held) {
    slot.tasks.remove(held);
    if (!Succession.isPlain(held.task)) {
      slots.stream().filter(s -> s.lentTo == held).forEach(s -> s.lentTo = null);
    }
    if (!slot.tasks.isEmpty()) {
      slot.running().startedMicros = turn.now();
    }
  }
}
