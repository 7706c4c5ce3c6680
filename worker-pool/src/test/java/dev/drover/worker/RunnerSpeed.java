package dev.drover.worker;

import dev.drover.task.Payload;
import dev.drover.task.TaskAssignment;

/** Prints how many tasks a second the runner alone gets through: no queue, no socket, no codec. */
final class RunnerSpeed {
  private static final int TASKS = 100_000;

  private RunnerSpeed() {}

  public static void main(String[] arguments) {
    JavaTaskRunner runner = JavaTaskRunner.inWorkerJvm(Tasks.PLACE, 1 << 20);
    ClassLoader loader = RunnerSpeed.class.getClassLoader();
    String text = "text";
    int[] array = {1};
    for (int round = 1; round <= 3; round++) {
      measure(runner, loader, "no-op lambda, shared payload", Tasks.payload(i -> null), false);
      measure(runner, loader, "captured string, shared payload", Tasks.payload(i -> text), false);
      measure(
          runner, loader, "captured array, read for each task", Tasks.payload(i -> array), false);
      measure(runner, loader, "captured values, all payloads differ", Payload.EMPTY, true);
    }
  }

  private static void measure(
      JavaTaskRunner runner, ClassLoader loader, String what, Payload shared, boolean differ) {
    TaskAssignment[] tasks = new TaskAssignment[differ ? TASKS / 4 : 1];
    for (int i = 0; i < tasks.length; i++) {
      int captured = i;
      tasks[i] = Tasks.of(i + 1, differ ? Tasks.payload(index -> captured * index) : shared);
    }
    long started = System.nanoTime();
    for (int i = 0; i < TASKS; i++) {
      runner.run(tasks[i % tasks.length], loader);
    }
    double seconds = (System.nanoTime() - started) / 1e9;
    System.out.printf(
        "%-40s %,10.0f tasks/s  %5.2f us%n", what, TASKS / seconds, seconds * 1e6 / TASKS);
  }
}
