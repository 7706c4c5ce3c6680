package dev.drover.manager;

import dev.drover.task.TaskAssignment;
import dev.drover.task.TaskId;
import dev.drover.task.TaskOutcome;
import java.util.List;

/** What happens to a manager. Times come beside the event, in microseconds of a monotonic clock. */
sealed interface Event {

  <R> R match(Cases<R> cases);

  /** One method for each event. */
  interface Cases<R> {
    R assigned(Assigned event);

    R cancelled(Cancelled event);

    R shellEnded(ShellEnded event);

    R workerFinished(WorkerFinished event);

    R recalled(Recalled event);

    R workerDied(WorkerDied event);

    R acknowledged(Acknowledged event);

    R draining(Draining event);

    R stopping(Stopping event);

    R tick(Tick event);

    R flush(Flush event);
  }

  /** The interchange gave tasks. */
  record Assigned(List<TaskAssignment> tasks) implements Event {
    @Override
    public <R> R match(Cases<R> cases) {
      return cases.assigned(this);
    }
  }

  /** The user wants these ended. */
  record Cancelled(List<TaskId> tasks) implements Event {
    @Override
    public <R> R match(Cases<R> cases) {
      return cases.cancelled(this);
    }
  }

  /**
   * A slot's commands, or its function isolated by thread, ended; in the order in which it had got
   * them.
   */
  record ShellEnded(int slot, List<TaskOutcome> outcomes) implements Event {
    /** One ended. */
    ShellEnded(int slot, TaskOutcome outcome) {
      this(slot, List.of(outcome));
    }

    @Override
    public <R> R match(Cases<R> cases) {
      return cases.shellEnded(this);
    }
  }

  /** A slot's worker JVM ended tasks, in the order in which it had got them. */
  record WorkerFinished(int slot, List<TaskOutcome> outcomes) implements Event {
    @Override
    public <R> R match(Cases<R> cases) {
      return cases.workerFinished(this);
    }
  }

  /** A slot's worker JVM, or its thread, gave back what it had not begun. */
  record Recalled(int slot, List<TaskId> tasks) implements Event {
    @Override
    public <R> R match(Cases<R> cases) {
      return cases.recalled(this);
    }
  }

  /**
   * A slot's worker JVM is gone.
   *
   * @param outcomes the last that it had sent
   * @param death how, as the outcome of the task that it was running
   */
  record WorkerDied(int slot, List<TaskOutcome> outcomes, WorkerDeath death) implements Event {
    /** It had told all that it ended. */
    WorkerDied(int slot, WorkerDeath death) {
      this(slot, List.of(), death);
    }

    @Override
    public <R> R match(Cases<R> cases) {
      return cases.workerDied(this);
    }
  }

  /** The interchange has all batches of outcomes up to this one. */
  record Acknowledged(long batch) implements Event {
    @Override
    public <R> R match(Cases<R> cases) {
      return cases.acknowledged(this);
    }
  }

  /** Finish what runs, give back the rest, leave. */
  record Draining(String reason) implements Event {
    @Override
    public <R> R match(Cases<R> cases) {
      return cases.draining(this);
    }
  }

  /** End what runs, leave. */
  record Stopping(String reason) implements Event {
    @Override
    public <R> R match(Cases<R> cases) {
      return cases.stopping(this);
    }
  }

  /** Time has passed. */
  record Tick() implements Event {
    @Override
    public <R> R match(Cases<R> cases) {
      return cases.tick(this);
    }
  }

  /** All that had happened is told; outcomes may leave now, in messages as large as they come. */
  record Flush() implements Event {
    @Override
    public <R> R match(Cases<R> cases) {
      return cases.flush(this);
    }
  }
}
