package dev.drover.worker;

import dev.drover.protocol.FrameChannel;
import dev.drover.protocol.FrameCodec;
import dev.drover.protocol.FromWorker;
import dev.drover.protocol.ProtocolException;
import dev.drover.protocol.ToWorker;
import dev.drover.task.TaskAssignment;
import dev.drover.task.TaskId;
import dev.drover.task.TaskOutcome;
import dev.drover.task.TaskWork;
import java.io.EOFException;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A slot's worker JVM: dials its manager's Unix-domain socket, runs functions one at a time, exits
 * when the manager is gone.
 *
 * <p>Arguments: socket, rank, worker count, pool id, block id ({@code -} = none), host, largest
 * result in bytes, number of this start, which it says when it is up.
 */
public final class WorkerMain {
  private WorkerMain() {}

  public static void main(String[] args) throws IOException {
    WorkerPlace place =
        new WorkerPlace(
            Integer.parseInt(args[1]),
            Integer.parseInt(args[2]),
            args[3],
            "-".equals(args[4]) ? "" : args[4],
            args[5]);
    SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
    channel.connect(UnixDomainSocketAddress.of(args[0]));
    try (Line line = new Line(new FrameChannel(channel))) {
      line.write(new FromWorker.Started(place.rank(), Integer.parseInt(args[7])));
      JavaTaskRunner runner = JavaTaskRunner.inWorkerJvm(place, Integer.parseInt(args[6]));
      WorkerLoop loop =
          new WorkerLoop(
              line,
              line,
              task -> runner.run(task, line.loaderOf(task)),
              () -> Runtime.getRuntime().halt(0)); // the manager is gone: nobody wants the rest
      line.loop = loop;
      Runtime.getRuntime().addShutdownHook(new Thread(loop::flushAtExit, "drover-last-outcomes"));
      loop.run();
    }
    System.exit(0);
  }

  /** The line to the manager: read by the loop's reader, written by whoever has outcomes. */
  private static final class Line implements TaskSource, OutcomeSink, AutoCloseable {
    private final FrameChannel channel;
    private final FrameCodec codec = new FrameCodec();
    private final UserClassLoaders loaders = new UserClassLoaders();
    private List<TaskOutcome> batch = new ArrayList<>();
    volatile WorkerLoop loop;

    Line(FrameChannel channel) {
      this.channel = channel;
    }

    ClassLoader loaderOf(TaskAssignment task) {
      return loaders.of(((TaskWork.Java) task.spec().work()).classpath());
    }

    @Override
    public List<TaskAssignment> take() throws IOException {
      while (true) {
        ToWorker message;
        try {
          message = FrameCodec.decodeToWorker(channel.read());
        } catch (EOFException e) {
          return null;
        } catch (ProtocolException e) {
          throw new IOException("the manager speaks another protocol: " + e.getMessage(), e);
        }
        if (message instanceof ToWorker.Run run) {
          define(run);
          return run.tasks();
        } else if (message instanceof ToWorker.Recall) {
          List<TaskId> recalled = loop.recall();
          write(new FromWorker.Recalled(recalled));
        } else {
          return null;
        }
      }
    }

    private void define(ToWorker.Run run) {
      if (!run.jars().isEmpty() && !run.tasks().isEmpty()) {
        TaskWork.Java first = (TaskWork.Java) run.tasks().get(0).spec().work();
        loaders.define(first.classpath(), run.jars().stream().map(Path::of).toList());
      }
    }

    @Override
    public void finished(TaskOutcome outcome) {
      batch.add(outcome);
    }

    @Override
    public void flush() throws IOException {
      List<TaskOutcome> sent = batch;
      batch = new ArrayList<>();
      write(new FromWorker.Finished(sent));
    }

    synchronized void write(FromWorker message) throws IOException {
      channel.write(codec.encode(message));
    }

    @Override
    public void close() throws IOException {
      channel.close();
    }
  }
}
