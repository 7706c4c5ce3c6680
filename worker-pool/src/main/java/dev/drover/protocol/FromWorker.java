package dev.drover.protocol;

import dev.drover.task.TaskId;
import dev.drover.task.TaskOutcome;
import java.util.List;

/** What a worker JVM says to its manager. */
public sealed interface FromWorker {

  <R> R match(Cases<R> cases);

  /** One method for each message. */
  interface Cases<R> {
    R started(Started message);

    R finished(Finished message);

    R recalled(Recalled message);
  }

  /**
   * I am up; the first message.
   *
   * @param start which start of a worker JVM by its manager this is: one that has died may have
   *     said so just before, and the slot is another's now
   */
  record Started(int rank, int start) implements FromWorker {
    @Override
    public <R> R match(Cases<R> cases) {
      return cases.started(this);
    }
  }

  /** These ended, in the order in which they ran. */
  record Finished(List<TaskOutcome> outcomes) implements FromWorker {
    public Finished {
      outcomes = List.copyOf(outcomes);
    }

    @Override
    public <R> R match(Cases<R> cases) {
      return cases.finished(this);
    }
  }

  /** These had not begun and never will here. */
  record Recalled(List<TaskId> tasks) implements FromWorker {
    public Recalled {
      tasks = List.copyOf(tasks);
    }

    @Override
    public <R> R match(Cases<R> cases) {
      return cases.recalled(this);
    }
  }
}
