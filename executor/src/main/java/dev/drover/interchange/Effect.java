package dev.drover.interchange;

import dev.drover.protocol.ManagerFacts;
import dev.drover.protocol.ManagerId;
import dev.drover.protocol.ToManager;
import dev.drover.submit.Completion;
import dev.drover.submit.TaskReport;
import dev.drover.task.Payload;

/** What the interchange wants done. */
public sealed interface Effect {

  <R> R match(Cases<R> cases);

  /** One method for each effect. */
  interface Cases<R> {
    R openSession(OpenSession effect);

    R closeSession(CloseSession effect);

    R send(Send effect);

    R finish(Finish effect);

    R attemptEnded(AttemptEnded effect);

    R managerJoined(ManagerJoined effect);

    R managerLeft(ManagerLeft effect);

    R warn(Warn effect);
  }

  /**
   * Make a session key, welcome the manager on the control socket, expect it on the data socket.
   *
   * @param acked highest batch of outcomes that is known of this manager
   */
  record OpenSession(ManagerId manager, Payload route, long acked) implements Effect {
    @Override
    public <R> R match(Cases<R> cases) {
      return cases.openSession(this);
    }
  }

  /**
   * End the manager's session.
   *
   * @param mayReturn whether what it still says is answered with {@code Rejoin}
   */
  record CloseSession(ManagerId manager, boolean mayReturn) implements Effect {
    @Override
    public <R> R match(Cases<R> cases) {
      return cases.closeSession(this);
    }
  }

  /** Send to a manager in its session. */
  record Send(ManagerId manager, ToManager message, long acked) implements Effect {
    @Override
    public <R> R match(Cases<R> cases) {
      return cases.send(this);
    }
  }

  /** A task ended for good: journal it, then tell its completion. */
  record Finish(TaskReport report, Completion completion) implements Effect {
    @Override
    public <R> R match(Cases<R> cases) {
      return cases.finish(this);
    }
  }

  /**
   * An attempt ended and the task goes on: journal it.
   *
   * @param cost that it took of the task's retries
   */
  record AttemptEnded(TaskReport report, double cost) implements Effect {
    @Override
    public <R> R match(Cases<R> cases) {
      return cases.attemptEnded(this);
    }
  }

  /** A manager is new here: journal it, tell the blocks. */
  record ManagerJoined(ManagerFacts facts) implements Effect {
    @Override
    public <R> R match(Cases<R> cases) {
      return cases.managerJoined(this);
    }
  }

  /**
   * A manager is gone for good: journal it, tell the blocks.
   *
   * @param orderly whether it said so itself
   */
  record ManagerLeft(ManagerFacts facts, String reason, boolean orderly) implements Effect {
    @Override
    public <R> R match(Cases<R> cases) {
      return cases.managerLeft(this);
    }
  }

  /** Say this to the user, in the log. */
  record Warn(String text) implements Effect {
    @Override
    public <R> R match(Cases<R> cases) {
      return cases.warn(this);
    }
  }
}
