package dev.drover.manager;

import dev.drover.manager.Slot.EndReason;
import dev.drover.manager.Slot.Held;
import dev.drover.task.Ending;
import dev.drover.task.OutputRange;
import dev.drover.task.Payload;
import dev.drover.task.TaskAssignment;
import dev.drover.task.TaskOutcome;

/** The outcomes of tasks that the manager ended, or whose worker JVM died: whose doing it was. */
final class EndedOutcome {
  static final String BLOCK_ENDS = "the end of its block (walltime) came first";

  private EndedOutcome() {}

  /** Of a task that was cancelled before it began. */
  static TaskOutcome cancelledInQueue(TaskAssignment task) {
    return TaskOutcome.without(
        task.id(), task.attempt(), Ending.CANCELLED, "cancelled in the queue", 0);
  }

  /** A task that ended by itself before its cancellation reached it keeps its success. */
  static TaskOutcome cancelledUnlessDone(TaskOutcome outcome) {
    return outcome.ending().isSuccess() || outcome.ending() == Ending.CANCELLED
        ? outcome
        : outcome.withEnding(Ending.CANCELLED, "cancelled while it ran");
  }

  /**
   * Of a command that ended while it was being ended for this reason; null = for none.
   *
   * @param stopReason of {@link EndReason#STOPPED}
   */
  static TaskOutcome of(TaskOutcome outcome, EndReason reason, String stopReason) {
    if (outcome.ending().isSuccess()) {
      return outcome;
    }
    if (reason == EndReason.STOPPED) {
      return outcome.withEnding(Ending.MANAGER_LOST, stopReason); // no fault of the task
    }
    if (reason == EndReason.BLOCK_ENDS) {
      return outcome.withEnding(Ending.WALLTIME, BLOCK_ENDS);
    }
    return outcome;
  }

  /**
   * Of the task that ran in a worker JVM that died.
   *
   * @param stopReason of {@link EndReason#STOPPED}
   */
  static TaskOutcome ofDeath(Slot slot, Held held, WorkerDeath death, String stopReason) {
    Ending ending = death.ending();
    String message = death.message();
    if (slot.ending == EndReason.STOPPED) {
      ending = Ending.MANAGER_LOST;
      message = stopReason;
    } else if (slot.ending == EndReason.BLOCK_ENDS) {
      ending = Ending.WALLTIME;
      message = BLOCK_ENDS;
    } else if (slot.ending != null && slot.toEnd != held) {
      // The one that was to end was faster than the signal, which met the next.
      ending = Ending.WORKER_LOST;
      message = "its worker JVM was ended for the sake of task " + slot.toEnd.task.id();
    } else if (slot.ending == EndReason.TIMED_OUT) {
      ending = Ending.TIMED_OUT;
      message = "timed out after " + RunningTasks.timeoutMicros(held.task) / 1000 + " ms";
    } else if (slot.ending == EndReason.CANCELLED) {
      ending = Ending.CANCELLED;
      message = "cancelled while it ran";
    }
    return new TaskOutcome(
        held.task.id(),
        held.task.attempt(),
        ending,
        death.exitCode(),
        death.signal(),
        message,
        Payload.EMPTY,
        0,
        0,
        -1,
        -1,
        slot.rank,
        OutputRange.NOTHING,
        OutputRange.NOTHING,
        death.tail());
  }
}
