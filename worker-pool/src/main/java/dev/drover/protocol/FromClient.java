package dev.drover.protocol;

import dev.drover.task.TaskId;
import java.util.List;

/** What a command such as {@code drover cancel} says to a live interchange. Control socket only. */
public sealed interface FromClient {

  <R> R match(Cases<R> cases);

  /** One method for each message. */
  interface Cases<R> {
    R status(Status message);

    R explain(Explain message);

    R cancel(Cancel message);

    R hold(Hold message);

    R drain(Drain message);
  }

  /** What are you doing? */
  record Status() implements FromClient {
    @Override
    public <R> R match(Cases<R> cases) {
      return cases.status(this);
    }
  }

  /** What does this task wait for, or where does it run? */
  record Explain(TaskId task) implements FromClient {
    @Override
    public <R> R match(Cases<R> cases) {
      return cases.explain(this);
    }
  }

  /** Cancel these tasks; none named = the whole run. */
  record Cancel(List<TaskId> tasks) implements FromClient {
    public Cancel {
      tasks = List.copyOf(tasks);
    }

    @Override
    public <R> R match(Cases<R> cases) {
      return cases.cancel(this);
    }
  }

  /** Give this manager no new tasks, or ({@code on} false) give it tasks again. */
  record Hold(ManagerId manager, boolean on) implements FromClient {
    @Override
    public <R> R match(Cases<R> cases) {
      return cases.hold(this);
    }
  }

  /** Let this manager finish what it runs and leave. */
  record Drain(ManagerId manager) implements FromClient {
    @Override
    public <R> R match(Cases<R> cases) {
      return cases.drain(this);
    }
  }
}
