package dev.drover.worker;

import dev.drover.task.Payload;
import dev.drover.task.TaskAssignment;
import dev.drover.task.TaskOutcome;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.PrintStream;
import java.util.List;

/** A worker JVM that speaks a toy protocol over its standard streams. */
final class WorkerJvmMain {
  private WorkerJvmMain() {}

  public static void main(String[] arguments) {
    DataInputStream in = new DataInputStream(System.in);
    PrintStream original = System.out;
    DataOutputStream out = new DataOutputStream(original);
    System.setOut(System.err);
    JavaTaskRunner runner = JavaTaskRunner.inWorkerJvm(Tasks.PLACE, 1 << 20);
    ClassLoader loader = WorkerJvmMain.class.getClassLoader();
    OutcomeSink sink =
        new OutcomeSink() {
          @Override
          public void finished(TaskOutcome outcome) throws IOException {
            out.writeUTF(outcome.ending().name());
            out.writeUTF(outcome.message());
          }

          @Override
          public void flush() throws IOException {
            out.flush();
          }
        };
    new WorkerLoop(() -> read(in), sink, task -> runner.run(task, loader), () -> {}).run();
  }

  private static List<TaskAssignment> read(DataInputStream in) throws IOException {
    try {
      byte[] function = new byte[in.readInt()];
      in.readFully(function);
      return List.of(Tasks.of(1, Payload.of(function)));
    } catch (EOFException e) {
      return null;
    }
  }
}
