package dev.drover.worker;

import dev.drover.task.ClasspathId;
import dev.drover.task.Isolation;
import dev.drover.task.Payload;
import dev.drover.task.RemoteCall;
import dev.drover.task.TaskAssignment;
import dev.drover.task.TaskId;
import dev.drover.task.TaskSpec;
import dev.drover.task.TaskWork;
import java.io.IOException;
import java.io.UncheckedIOException;

/** Assignments for tests. */
final class Tasks {
  static final WorkerPlace PLACE = new WorkerPlace(1, 2, "pool-a", "b-0001", "node7");

  private Tasks() {}

  static Payload payload(RemoteCall<?> function) {
    try {
      return new PayloadWriter(1 << 20).write(function);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static TaskAssignment of(long id, Payload function) {
    return new TaskAssignment(
        new TaskId(id),
        1,
        TaskSpec.of(new TaskWork.Java(function, ClasspathId.NONE, Isolation.PROCESS)),
        id,
        1);
  }

  static TaskAssignment of(long id, RemoteCall<?> function) {
    return of(id, payload(function));
  }
}
