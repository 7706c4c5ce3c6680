package dev.drover.protocol;

import dev.drover.task.ClasspathEntry;
import dev.drover.task.Payload;
import dev.drover.task.TaskAssignment;
import dev.drover.task.TaskId;
import java.time.Duration;
import java.util.List;
import java.util.Objects;

/** What the interchange says to a manager. */
public sealed interface ToManager {

  <R> R match(Cases<R> cases);

  /** One method for each message. */
  interface Cases<R> {
    R helloReply(HelloReply message);

    R welcome(Welcome message);

    R refused(Refused message);

    R runTasks(RunTasks message);

    R cancelTasks(CancelTasks message);

    R classpath(Classpath message);

    R filePart(FilePart message);

    R heartbeat(Heartbeat message);

    R drain(Drain message);

    R rejoin(Rejoin message);

    R stop(Stop message);
  }

  /** Yes, this is the interchange. Control socket only. */
  record HelloReply() implements ToManager {
    @Override
    public <R> R match(Cases<R> cases) {
      return cases.helloReply(this);
    }
  }

  /**
   * You are registered. Control socket only.
   *
   * @param key 32 bytes from which the session's two keys are made; empty = nothing is sealed
   * @param dataPort port of the data socket on the address that the control socket was reached at
   * @param heartbeatPeriod how often each side says that it is alive
   * @param heartbeatThreshold silence after which the interchange gives the manager up
   * @param ackedBatch highest batch of outcomes that the interchange has of this manager
   */
  record Welcome(
      Payload key,
      int dataPort,
      Duration heartbeatPeriod,
      Duration heartbeatThreshold,
      long ackedBatch)
      implements ToManager {
    public Welcome {
      Objects.requireNonNull(key);
      Objects.requireNonNull(heartbeatPeriod);
      Objects.requireNonNull(heartbeatThreshold);
    }

    @Override
    public <R> R match(Cases<R> cases) {
      return cases.welcome(this);
    }
  }

  /** You cannot join, ever; the reason names the mend. Control socket only. */
  record Refused(String reason) implements ToManager {
    @Override
    public <R> R match(Cases<R> cases) {
      return cases.refused(this);
    }
  }

  /** Run these. */
  record RunTasks(List<TaskAssignment> tasks) implements ToManager {
    public RunTasks {
      tasks = List.copyOf(tasks);
    }

    @Override
    public <R> R match(Cases<R> cases) {
      return cases.runTasks(this);
    }
  }

  /** End these, running or queued; each still gets its outcome. */
  record CancelTasks(List<TaskId> tasks) implements ToManager {
    public CancelTasks {
      tasks = List.copyOf(tasks);
    }

    @Override
    public <R> R match(Cases<R> cases) {
      return cases.cancelTasks(this);
    }
  }

  /** The files of a classpath, in order. */
  record Classpath(String id, List<ClasspathEntry> entries) implements ToManager {
    public Classpath {
      entries = List.copyOf(entries);
    }

    @Override
    public <R> R match(Cases<R> cases) {
      return cases.classpath(this);
    }
  }

  /**
   * A part of a file that was asked for.
   *
   * @param problem why there is none; empty = all well
   */
  record FilePart(String sha256, long offset, Payload bytes, boolean last, String problem)
      implements ToManager {
    @Override
    public <R> R match(Cases<R> cases) {
      return cases.filePart(this);
    }
  }

  /** I am alive. */
  record Heartbeat() implements ToManager {
    @Override
    public <R> R match(Cases<R> cases) {
      return cases.heartbeat(this);
    }
  }

  /** Take no new tasks, finish what you run, give back what has not begun, then leave. */
  record Drain(String reason) implements ToManager {
    @Override
    public <R> R match(Cases<R> cases) {
      return cases.drain(this);
    }
  }

  /** Frames of yours were lost, or I do not know you: register again with what you hold. */
  record Rejoin(String reason) implements ToManager {
    @Override
    public <R> R match(Cases<R> cases) {
      return cases.rejoin(this);
    }
  }

  /** End your tasks now and leave. */
  record Stop(String reason) implements ToManager {
    @Override
    public <R> R match(Cases<R> cases) {
      return cases.stop(this);
    }
  }
}
