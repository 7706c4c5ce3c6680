package dev.drover.protocol;

import dev.drover.task.Payload;
import dev.drover.task.TaskId;
import dev.drover.task.TaskOutcome;
import java.util.List;
import java.util.Objects;

/** What a manager says to the interchange. */
public sealed interface FromManager {

  <R> R match(Cases<R> cases);

  /** One method for each message. */
  interface Cases<R> {
    R hello(Hello message);

    R register(Register message);

    R ready(Ready message);

    R heartbeat(Heartbeat message);

    R tasksStarted(TasksStarted message);

    R tasksFinished(TasksFinished message);

    R tasksReturned(TasksReturned message);

    R needClasspath(NeedClasspath message);

    R needFile(NeedFile message);

    R draining(Draining message);

    R leaving(Leaving message);
  }

  /** Is this the interchange, and does it answer on this address? Control socket only. */
  record Hello() implements FromManager {
    @Override
    public <R> R match(Cases<R> cases) {
      return cases.hello(this);
    }
  }

  /**
   * I am here: opens a session. Sent again, with what I hold, whenever a session broke. Control
   * socket only.
   *
   * @param route the identity that my data socket will have: 16 random bytes, new for each session
   * @param capacity tasks that I want to have at once, running and queued
   * @param held what I have of earlier sessions; empty at first
   * @param clockMillis milliseconds since the epoch by my node's clock as I send this, so that
   *     nobody needs to have the same clock to know when my block ends; 0 = not told
   */
  record Register(
      ManagerFacts facts, Payload route, int capacity, List<HeldTask> held, long clockMillis)
      implements FromManager {
    public Register {
      Objects.requireNonNull(facts);
      Objects.requireNonNull(route);
      held = List.copyOf(held);
    }

    /** Without a clock: of a manager whose block has no end. */
    public Register(ManagerFacts facts, Payload route, int capacity, List<HeldTask> held) {
      this(facts, route, capacity, held, 0);
    }

    @Override
    public <R> R match(Cases<R> cases) {
      return cases.register(this);
    }
  }

  /** My data socket is connected: tasks may come. The first message of each session. */
  record Ready() implements FromManager {
    @Override
    public <R> R match(Cases<R> cases) {
      return cases.ready(this);
    }
  }

  /** I am alive. */
  record Heartbeat(int capacity) implements FromManager {
    @Override
    public <R> R match(Cases<R> cases) {
      return cases.heartbeat(this);
    }
  }

  /** These have been running for a while; short tasks are never mentioned. */
  record TasksStarted(List<TaskId> tasks) implements FromManager {
    public TasksStarted {
      tasks = List.copyOf(tasks);
    }

    @Override
    public <R> R match(Cases<R> cases) {
      return cases.tasksStarted(this);
    }
  }

  /**
   * These ended.
   *
   * @param batch counts up by one over all sessions; the interchange acknowledges the highest it
   *     has, and unacknowledged batches are sent again in the next session
   * @param capacity tasks that I want to have at once from now on
   */
  record TasksFinished(long batch, List<TaskOutcome> outcomes, int capacity)
      implements FromManager {
    public TasksFinished {
      outcomes = List.copyOf(outcomes);
    }

    @Override
    public <R> R match(Cases<R> cases) {
      return cases.tasksFinished(this);
    }
  }

  /**
   * These never began here; give them to somebody else.
   *
   * @param reason why they could not begin, when what they were given is another task's; empty =
   *     they waited too long, or the manager leaves
   */
  record TasksReturned(List<HeldTask> tasks, int capacity, String reason) implements FromManager {
    public TasksReturned {
      tasks = List.copyOf(tasks);
      Objects.requireNonNull(reason);
    }

    /** They waited too long, or the manager leaves. */
    public TasksReturned(List<HeldTask> tasks, int capacity) {
      this(tasks, capacity, "");
    }

    @Override
    public <R> R match(Cases<R> cases) {
      return cases.tasksReturned(this);
    }
  }

  /** Which files make up this classpath? */
  record NeedClasspath(String classpath) implements FromManager {
    @Override
    public <R> R match(Cases<R> cases) {
      return cases.needClasspath(this);
    }
  }

  /** Send me the file of this hash, from this offset on. */
  record NeedFile(String sha256, long offset) implements FromManager {
    @Override
    public <R> R match(Cases<R> cases) {
      return cases.needFile(this);
    }
  }

  /** Give me no new tasks: I shall leave when I have none left. */
  record Draining(String reason) implements FromManager {
    @Override
    public <R> R match(Cases<R> cases) {
      return cases.draining(this);
    }
  }

  /** I am gone after this message; whatever I still had has been ended. */
  record Leaving(String reason) implements FromManager {
    @Override
    public <R> R match(Cases<R> cases) {
      return cases.leaving(this);
    }
  }
}
