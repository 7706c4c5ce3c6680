package dev.drover.protocol;

import dev.drover.task.TaskAssignment;
import java.util.List;

/** What a manager says to one of its worker JVMs, over a Unix-domain socket of its own. */
public sealed interface ToWorker {

  <R> R match(Cases<R> cases);

  /** One method for each message. */
  interface Cases<R> {
    R run(Run message);

    R recall(Recall message);

    R stop(Stop message);
  }

  /**
   * Run these, one after the other.
   *
   * @param jars the classpath of all of them, as files of this node
   */
  record Run(List<TaskAssignment> tasks, List<String> jars) implements ToWorker {
    public Run {
      tasks = List.copyOf(tasks);
      jars = List.copyOf(jars);
    }

    @Override
    public <R> R match(Cases<R> cases) {
      return cases.run(this);
    }
  }

  /** Give back what has not begun. */
  record Recall() implements ToWorker {
    @Override
    public <R> R match(Cases<R> cases) {
      return cases.recall(this);
    }
  }

  /** Exit when the running task has ended. */
  record Stop() implements ToWorker {
    @Override
    public <R> R match(Cases<R> cases) {
      return cases.stop(this);
    }
  }
}
