package dev.drover.interchange;

import dev.drover.block.BlockId;
import dev.drover.protocol.FromManager;
import dev.drover.protocol.ManagerId;
import dev.drover.task.Ending;
import dev.drover.task.TaskId;
import java.util.List;

/**
 * What happens to the interchange. Times come beside the event, in microseconds of a monotonic
 * clock.
 */
public sealed interface Event {

  <R> R match(Cases<R> cases);

  /** One method for each event. */
  interface Cases<R> {
    R submitted(Submitted event);

    R cancelled(Cancelled event);

    R cancelledAll(CancelledAll event);

    R registered(Registered event);

    R fromManager(FromManagerSaid event);

    R routeLost(RouteLost event);

    R blockStands(BlockStands event);

    R blockEnded(BlockEnded event);

    R held(Held event);

    R drained(Drained event);

    R drainedBlock(DrainedBlock event);

    R tick(Tick event);

    R dispatch(Dispatch event);
  }

  /** The user gave tasks. */
  record Submitted(List<Submission> submissions) implements Event {
    @Override
    public <R> R match(Cases<R> cases) {
      return cases.submitted(this);
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
   * All that have not ended shall end.
   *
   * @param ending of those that wait; those that run are cancelled
   */
  record CancelledAll(Ending ending, String reason) implements Event {
    @Override
    public <R> R match(Cases<R> cases) {
      return cases.cancelledAll(this);
    }
  }

  /** A manager opened a session, its first or a new one. */
  record Registered(FromManager.Register message) implements Event {
    @Override
    public <R> R match(Cases<R> cases) {
      return cases.registered(this);
    }
  }

  /** A manager said something in its session. */
  record FromManagerSaid(ManagerId manager, FromManager message) implements Event {
    @Override
    public <R> R match(Cases<R> cases) {
      return cases.fromManager(this);
    }
  }

  /**
   * A manager's session broke: frames were lost, or it cannot be reached. It may open a new one.
   */
  record RouteLost(ManagerId manager, String reason) implements Event {
    @Override
    public <R> R match(Cases<R> cases) {
      return cases.routeLost(this);
    }
  }

  /**
   * A block on its way, in words for those who ask why tasks wait.
   *
   * @param words such as {@code (job 4711) queued: Priority}; empty = it is on its way no more
   */
  record BlockStands(BlockId block, String words) implements Event {
    @Override
    public <R> R match(Cases<R> cases) {
      return cases.blockStands(this);
    }
  }

  /**
   * The provider says that a block's job is over: its managers are gone.
   *
   * @param timedOut whether its walltime ended it
   */
  record BlockEnded(BlockId block, String reason, boolean timedOut) implements Event {
    /** It ended otherwise, or nobody knows how. */
    public BlockEnded(BlockId block, String reason) {
      this(block, reason, false);
    }

    @Override
    public <R> R match(Cases<R> cases) {
      return cases.blockEnded(this);
    }
  }

  /** The user holds a manager back, or lets it go on. */
  record Held(ManagerId manager, boolean on) implements Event {
    @Override
    public <R> R match(Cases<R> cases) {
      return cases.held(this);
    }
  }

  /** A manager shall finish what it runs and leave. */
  record Drained(ManagerId manager, String reason) implements Event {
    @Override
    public <R> R match(Cases<R> cases) {
      return cases.drained(this);
    }
  }

  /** All managers of a block shall finish what they run and leave, also those that come later. */
  record DrainedBlock(BlockId block, String reason) implements Event {
    @Override
    public <R> R match(Cases<R> cases) {
      return cases.drainedBlock(this);
    }
  }

  /** Time has passed. */
  record Tick() implements Event {
    @Override
    public <R> R match(Cases<R> cases) {
      return cases.tick(this);
    }
  }

  /** All that had happened is told; hand out tasks now, in messages as large as they come. */
  record Dispatch() implements Event {
    @Override
    public <R> R match(Cases<R> cases) {
      return cases.dispatch(this);
    }
  }
}
