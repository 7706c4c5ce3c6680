package dev.drover.interchange;

import dev.drover.mpi.RunTime;
import dev.drover.task.TaskSpec;

/**
 * The time of tasks for the packer: their limit, and what such tasks took in this run.
 *
 * @param kind of the limit
 * @param limitMicros 0 = no limit
 * @param needSeconds what an attempt that was cut off needs at least; 0 = none was
 */
record TaskTime(int kind, long limitMicros, int needSeconds, TaskTimes times) implements RunTime {
  static TaskTime of(Task task, TaskTimes times) {
    TaskSpec spec = task.batch.spec();
    return new TaskTime(
        TaskTimes.kindOf(spec), TaskTimes.limitMicros(spec), task.needSeconds, times);
  }

  static TaskTime of(TaskSpec spec, TaskTimes times) {
    return new TaskTime(TaskTimes.kindOf(spec), TaskTimes.limitMicros(spec), 0, times);
  }

  @Override
  public long needMicros() {
    return needSeconds == 0 ? times.needMicros(kind, limitMicros) : needSeconds * 1_000_000L;
  }
}
