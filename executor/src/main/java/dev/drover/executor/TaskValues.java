package dev.drover.executor;

import dev.drover.submit.TaskReport;
import dev.drover.task.TaskId;
import java.util.List;

/** What the futures of an executor hold: the values of functions, the reports of commands. */
abstract class TaskValues<T> implements TaskFuture.Values<T> {
  private final Engine engine;

  private TaskValues(Engine engine) {
    this.engine = engine;
  }

  @Override
  public void cancel(TaskId id) {
    engine.cancel(List.of(id));
  }

  @Override
  public BadStateException badState() {
    return engine.badState().orElse(null);
  }

  /** Of functions: what they returned or threw. */
  static final class OfFunctions extends TaskValues<Object> {
    private final JavaTasks javaTasks;

    OfFunctions(Engine engine, JavaTasks javaTasks) {
      super(engine);
      this.javaTasks = javaTasks;
    }

    @Override
    public Object of(TaskReport report) throws Exception {
      return javaTasks.value(report);
    }

    @Override
    public Throwable thrown(TaskReport report) {
      return javaTasks.thrown(report);
    }
  }

  /** Of commands: how they ended. */
  static final class OfCommands extends TaskValues<TaskReport> {
    OfCommands(Engine engine) {
      super(engine);
    }

    @Override
    public TaskReport of(TaskReport report) {
      return report;
    }

    @Override
    public Throwable thrown(TaskReport report) {
      return null;
    }
  }
}
