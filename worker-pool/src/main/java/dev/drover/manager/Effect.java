package dev.drover.manager;

import dev.drover.protocol.FromManager;
import dev.drover.task.TaskAssignment;
import dev.drover.task.TaskId;
import java.util.List;

/** What a manager wants done. */
sealed interface Effect {

  <R> R match(Cases<R> cases);

  /** One method for each effect. */
  interface Cases<R> {
    R runOnSlot(RunOnSlot effect);

    R followOnSlot(FollowOnSlot effect);

    R runOnWorker(RunOnWorker effect);

    R endCommand(EndCommand effect);

    R killWorker(KillWorker effect);

    R recall(Recall effect);

    R recallCommands(RecallCommands effect);

    R send(Send effect);

    R leave(Leave effect);
  }

  /**
   * Start a command, or call a function isolated by thread, on the slot's thread.
   *
   * @param lent other slots that it takes too, whose cpus and devices are its own meanwhile
   */
  record RunOnSlot(int slot, List<Integer> lent, TaskAssignment task) implements Effect {
    @Override
    public <R> R match(Cases<R> cases) {
      return cases.runOnSlot(this);
    }
  }

  /**
   * Let commands of one slot each follow what runs on the slot's thread, one after another; until
   * one begins it can be recalled.
   */
  record FollowOnSlot(int slot, List<TaskAssignment> tasks) implements Effect {
    @Override
    public <R> R match(Cases<R> cases) {
      return cases.followOnSlot(this);
    }
  }

  /**
   * Give functions of one classpath to the slot's worker JVM, which is started if it does not live.
   *
   * @param lent other slots that the first one takes too, whose cpus and devices are its own
   *     meanwhile
   */
  record RunOnWorker(int slot, List<Integer> lent, List<TaskAssignment> tasks) implements Effect {
    @Override
    public <R> R match(Cases<R> cases) {
      return cases.runOnWorker(this);
    }
  }

  /**
   * End a command of a slot, its whole tree: TERM, then KILL after the grace; nothing when it has
   * ended by itself meanwhile, whatever runs there now.
   *
   * @param timeout whether its time limit is the reason
   */
  record EndCommand(int slot, TaskId task, boolean timeout) implements Effect {
    @Override
    public <R> R match(Cases<R> cases) {
      return cases.endCommand(this);
    }
  }

  /**
   * Kill the slot's worker JVM, also one that is starting: its running task is to end. Answered by
   * exactly one {@link Event.WorkerDied}; the slot takes nothing before that.
   */
  record KillWorker(int slot) implements Effect {
    @Override
    public <R> R match(Cases<R> cases) {
      return cases.killWorker(this);
    }
  }

  /** Ask the slot's worker JVM for what it has not begun. */
  record Recall(int slot) implements Effect {
    @Override
    public <R> R match(Cases<R> cases) {
      return cases.recall(this);
    }
  }

  /** Take back what follows on the slot's thread and has not begun. */
  record RecallCommands(int slot) implements Effect {
    @Override
    public <R> R match(Cases<R> cases) {
      return cases.recallCommands(this);
    }
  }

  /** Send to the interchange; kept by the loop while there is no session. */
  record Send(FromManager message) implements Effect {
    @Override
    public <R> R match(Cases<R> cases) {
      return cases.send(this);
    }
  }

  /** Nothing is left to do: say so and exit. */
  record Leave(String reason) implements Effect {
    @Override
    public <R> R match(Cases<R> cases) {
      return cases.leave(this);
    }
  }
}
