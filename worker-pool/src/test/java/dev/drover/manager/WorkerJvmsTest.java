package dev.drover.manager;

import static dev.drover.manager.ManagerDriver.function;
import static dev.drover.manager.ManagerDriver.task;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.drover.process.ProcessLook;
import dev.drover.process.ProcessTree;
import dev.drover.process.TreeTermination;
import dev.drover.protocol.FrameChannel;
import dev.drover.protocol.FrameCodec;
import dev.drover.protocol.FromWorker;
import dev.drover.protocol.ToWorker;
import dev.drover.task.TaskAssignment;
import dev.drover.task.TaskOutcome;
import java.io.EOFException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Real worker JVMs of one slot; the test's thread is the loop. */
@Timeout(60)
class WorkerJvmsTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  @TempDir Path directory;

  private final ConcurrentLinkedQueue<Runnable> posted = new ConcurrentLinkedQueue<>();
  private final List<TaskOutcome> outcomes = new ArrayList<>();
  private final List<WorkerDeath> deaths = new ArrayList<>();
  private SlotTools tools;
  private SlotThread thread;
  private WorkerJvms workers;

  @BeforeEach
  void open() throws Exception {
    WorkerPoolOptions options =
        WorkerPoolArguments.parse(
            List.of("--address=127.0.0.1", "--port=1", "--run-dir=" + directory));
    Files.createDirectories(options.logDirectory());
    tools = ThisManager.tools(directory, 1, "none", List.of());
    thread = new SlotThread(0, tools, isUrgent -> {});
    workers =
        new WorkerJvms(
            options,
            ThisManager.POOL,
            "localhost",
            1,
            directory,
            tools,
            posted::add,
            new WorkerJvms.Listener() {
              @Override
              public void said(int slot, FromWorker message) {
                if (message instanceof FromWorker.Finished finished) {
                  outcomes.addAll(finished.outcomes());
                }
              }

              @Override
              public void died(int slot, List<TaskOutcome> last, WorkerDeath death) {
                outcomes.addAll(last);
                deaths.add(death);
              }
            });
  }

  @AfterEach
  void close() throws Exception {
    workers.close();
    thread.close();
    TreeTermination.killLeftovers(cookie(1), 0, 0, true);
  }

  private void run(TaskAssignment task) {
    workers.send(0, thread, tools.shareOf(0), new ToWorker.Run(List.of(task), List.of()));
  }

  /** The environment entry of a worker's processes. */
  private static String cookie(int start) {
    return "%s=%s/worker-0/%d".formatted(ProcessTree.TASK_VARIABLE, ThisManager.POOL, start);
  }

  /** Something that a function started, which left the worker's group and hears no TERM. */
  private long startStray(int start) throws Exception {
    String script = "trap '' TERM; echo $$ > stray; while :; do sleep 0.1; done";
    ProcessBuilder stray = new ProcessBuilder("setsid", "bash", "-c", script);
    String[] entry = cookie(start).split("=", 2);
    stray.environment().put(entry[0], entry[1]);
    stray.directory(directory.toFile()).start();
    Path file = directory.resolve("stray");
    await().atMost(PATIENCE).until(() -> Files.exists(file) && !Files.readString(file).isBlank());
    return Long.parseLong(Files.readString(file).strip());
  }

  private void turn() {
    for (Runnable next = posted.poll(); next != null; next = posted.poll()) {
      next.run();
    }
    workers.receive();
  }

  /** What a worker JVM says when it is up, in the socket. */
  private FrameChannel hello(int start) throws Exception {
    SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
    channel.connect(UnixDomainSocketAddress.of(directory.resolve("w")));
    FrameChannel frames = new FrameChannel(channel);
    frames.write(new FrameCodec().encode(new FromWorker.Started(0, start)));
    return frames;
  }

  @Test
  void theHelloOfAWorkerThatHasDied_isRefused_andItsSuccessorIsGivenTheTask() throws Exception {
    TaskAssignment task = task(7, function("", Duration.ZERO), 1);

    try (FrameChannel dead = hello(0)) { // before its successor's, whenever that comes
      run(task);
      await()
          .atMost(PATIENCE)
          .until(
              () -> {
                turn();
                return !outcomes.isEmpty();
              });

      assertThat(outcomes).extracting(TaskOutcome::id).containsExactly(task.id());
      assertThat(deaths).isEmpty();
      assertThatThrownBy(dead::read).isInstanceOf(EOFException.class);
    }
  }

  @Test
  void whatAnEndedWorkerLeaves_isKilledWhenItsGraceIsOver_alsoIfTheLoopLooksTooLate()
      throws Exception {
    run(task(8, function("", Duration.ZERO), 1));
    await()
        .atMost(PATIENCE)
        .until(
            () -> {
              turn();
              return !outcomes.isEmpty();
            });
    long stray = startStray(1);

    workers.kill(0);
    workers.advanceEndings(new ProcessLook());
    await()
        .atMost(PATIENCE)
        .until(
            () -> {
              turn();
              return !deaths.isEmpty();
            });

    assertThat(ProcessTree.isRunning(stray)).isFalse();
  }
}
