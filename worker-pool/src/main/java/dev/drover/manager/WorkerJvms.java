package dev.drover.manager;

import dev.drover.pinning.SlotPlaces;
import dev.drover.process.ChildProcess;
import dev.drover.process.Environment;
import dev.drover.process.Exit;
import dev.drover.process.Output;
import dev.drover.process.ProcessLook;
import dev.drover.process.ProcessTree;
import dev.drover.process.SpawnException;
import dev.drover.process.SpawnRequest;
import dev.drover.protocol.FrameChannel;
import dev.drover.protocol.FrameCodec;
import dev.drover.protocol.FromWorker;
import dev.drover.protocol.ProtocolException;
import dev.drover.protocol.ToWorker;
import dev.drover.task.Ending;
import dev.drover.task.TaskOutcome;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.zeromq.ZMQ;

/**
 * The worker JVMs of a manager, one a slot at most: started on first need from the slot's thread,
 * restarted when they died, spoken to over a Unix-domain socket in the scratch directory, which
 * only this user may enter. The loop's thread only.
 */
final class WorkerJvms implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(WorkerJvms.class);

  /** Who is told what the worker JVMs do. Called on the loop's thread. */
  interface Listener {
    void said(int slot, FromWorker message);

    /**
     * @param last outcomes that it had sent before it ended
     */
    void died(int slot, List<TaskOutcome> last, WorkerDeath death);
  }

  private final WorkerPoolOptions options;
  private final String pool;
  private final String host;
  private final int slots;
  private final SlotTools tools;
  private final Listener listener;
  private final Consumer<Runnable> onLoop;
  private final Path socketPath;
  private final ServerSocketChannel server;
  private final FrameCodec codec = new FrameCodec();
  private final WorkerJvm[] workers;
  private final List<FrameChannel> unnamed = new ArrayList<>();
  private boolean channelsChanged = true;
  private int starts;

  /**
   * @param onLoop runs something on the loop's thread; any thread may call it
   */
  WorkerJvms(
      WorkerPoolOptions options,
      String pool,
      String host,
      int slots,
      Path scratch,
      SlotTools tools,
      Consumer<Runnable> onLoop,
      Listener listener)
      throws IOException {
    this.options = options;
    this.pool = pool;
    this.host = host;
    this.slots = slots;
    this.tools = tools;
    this.onLoop = onLoop;
    this.listener = listener;
    this.workers = new WorkerJvm[slots];
    this.socketPath = scratch.resolve("w");
    server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    server.bind(UnixDomainSocketAddress.of(socketPath), slots + 16);
    Thread acceptor = new Thread(this::accept, "drover-accept");
    acceptor.setDaemon(true);
    acceptor.start();
  }

  /**
   * Gives a message to the slot's worker JVM, which is started if need be. One that has another
   * share of the node gives way to a new one: its threads and its environment cannot be changed.
   */
  void send(int slot, SlotThread thread, SlotPlaces.Share share, ToWorker message) {
    WorkerJvm worker = workers[slot];
    if (worker != null && !worker.share.equals(share)) {
      dismiss(worker);
      worker = null;
    }
    if (worker == null) {
      worker = new WorkerJvm(slot, thread, share, ++starts);
      workers[slot] = worker;
      start(worker);
    }
    if (message instanceof ToWorker.Run run && run.tasks().get(0).spec().resources().isMpi()) {
      worker.withRanks = run.tasks().get(0);
    }
    if (worker.channel == null) {
      worker.unsent.add(message);
    } else {
      write(worker, message);
    }
  }

  /** Lets an idle worker JVM end: it does when its channel closes, and is not heard any more. */
  private void dismiss(WorkerJvm worker) {
    workers[worker.slot] = null;
    if (worker.channel != null) {
      close(worker.channel);
      channelsChanged = true;
    }
    worker.kill();
  }

  /** Asks a live worker JVM for what it has not begun. */
  void recall(int slot) {
    WorkerJvm worker = workers[slot];
    if (worker != null && worker.channel != null) {
      write(worker, new ToWorker.Recall());
    } else if (worker != null) {
      worker.unsent.add(new ToWorker.Recall());
    }
  }

  /** Asks for the end of a worker JVM, TERM first; {@link #advanceEndings} carries it through. */
  void kill(int slot) {
    WorkerJvm worker = workers[slot];
    if (worker != null) {
      worker.killAsked = true;
    }
  }

  /** Whether an end was asked for that is not carried through yet. */
  boolean isEnding() {
    for (WorkerJvm worker : workers) {
      if (worker != null && worker.killAsked) {
        return true;
      }
    }
    return false;
  }

  /** Carries on with the ends that were asked for, all at one look. */
  void advanceEndings(ProcessLook look) {
    for (WorkerJvm worker : workers) {
      if (worker != null && worker.killAsked) {
        worker.advanceEnd(tools.killGrace(), look);
      }
    }
  }

  private void start(WorkerJvm worker) {
    String cookie = pool + "/worker-" + worker.slot + "/" + worker.start;
    worker.cookie = ProcessTree.TASK_VARIABLE + "=" + cookie;
    worker.logFile =
        options.logDirectory().resolve("%s-worker-%03d.log".formatted(pool, worker.slot));
    worker.oomKills = tools.oomKills();
    Environment environment =
        worker.thread.environment(worker.share).with(ProcessTree.TASK_VARIABLE, cookie);
    SpawnRequest request =
        SpawnRequest.of(command(worker), environment, options.workingDirectory())
            .withOutput(Output.append(worker.logFile), Output.append(worker.logFile));
    worker.thread.execute(
        worker.share,
        () -> {
          try {
            ChildProcess process = tools.spawner().start(request);
            onLoop.accept(() -> started(worker, process));
          } catch (SpawnException | IllegalArgumentException e) {
            onLoop.accept(() -> notStarted(worker, e));
          }
        });
  }

  private List<String> command(WorkerJvm worker) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-XX:+UseSerialGC");
    command.add("-XX:-UsePerfData");
    command.add("-Xshare:auto");
    command.add("--enable-native-access=ALL-UNNAMED");
    command.addAll(options.javaOptions());
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    command.add("dev.drover.worker.WorkerMain");
    command.add(socketPath.toString());
    command.add(Integer.toString(worker.slot));
    command.add(Integer.toString(slots));
    command.add(pool);
    command.add(options.block().isEmpty() ? "-" : options.block());
    command.add(host);
    command.add(Integer.toString(options.maxPayloadBytes()));
    command.add(Integer.toString(worker.start));
    return command;
  }

  private void started(WorkerJvm worker, ChildProcess process) {
    worker.started(process);
    Thread watcher =
        new Thread(
            () -> {
              Exit exit = process.await();
              worker.endLeftovers(tools);
              onLoop.accept(() -> exited(worker, exit));
            },
            "drover-watch-" + worker.slot);
    watcher.setDaemon(true);
    watcher.start();
    if (workers[worker.slot] != worker) {
      worker.kill(); // dismissed before it had started
    }
  }

  private void notStarted(WorkerJvm worker, Exception e) {
    if (workers[worker.slot] != worker) {
      return;
    }
    workers[worker.slot] = null;
    listener.died(
        worker.slot,
        List.of(),
        new WorkerDeath(
            Ending.NOT_STARTED, -1, 0, "its worker JVM cannot be started: " + e.getMessage(), ""));
  }

  private void exited(WorkerJvm worker, Exit exit) {
    if (workers[worker.slot] != worker) {
      return;
    }
    List<TaskOutcome> last = new ArrayList<>();
    if (worker.channel != null) {
      last.addAll(worker.unswept);
      worker.readLast(last);
      close(worker.channel);
    }
    workers[worker.slot] = null;
    channelsChanged = true;
    listener.died(worker.slot, last, worker.death(exit, host, tools));
  }

  private void write(WorkerJvm worker, ToWorker message) {
    try {
      worker.channel.write(codec.encode(message));
      if (worker.channel.isWriting()) {
        channelsChanged = true; // the poller must wait until it can be written on
      }
    } catch (IOException e) {
      log.debug("worker {} takes nothing any more: {}", worker.slot, e.toString());
    }
  }

  /** Takes what the worker JVMs sent and writes what they can take now; how many messages came. */
  int receive() {
    int received = 0;
    for (FrameChannel channel : List.copyOf(unnamed)) {
      received += greet(channel) ? 1 : 0;
    }
    for (WorkerJvm worker : workers) {
      if (worker != null && worker.channel != null) {
        received += readAll(worker);
        flush(worker);
      }
    }
    return received;
  }

  private void flush(WorkerJvm worker) {
    if (worker.channel != null && worker.channel.isWriting()) {
      try {
        channelsChanged |= worker.channel.flush();
      } catch (IOException e) {
        log.debug("worker {} takes nothing any more: {}", worker.slot, e.toString());
      }
    }
  }

  /** On a thread of its own: a poller of sockets cannot watch a listener. */
  private void accept() {
    try {
      while (true) {
        SocketChannel channel = server.accept();
        channel.configureBlocking(false);
        FrameChannel frames = new FrameChannel(channel);
        onLoop.accept(
            () -> {
              unnamed.add(frames);
              channelsChanged = true;
            });
      }
    } catch (ClosedChannelException e) {
      return; // the manager leaves
    } catch (IOException e) {
      log.error("worker JVMs cannot connect any more: {}", e.toString());
    }
  }

  /**
   * The first message tells which slot's worker it is. It may lie there still from one that has
   * died, or was dismissed, while it came up: the slot has another by now, which is not that.
   */
  private boolean greet(FrameChannel channel) {
    try {
      List<byte[]> frames = channel.read();
      if (frames == null) {
        return false;
      }
      unnamed.remove(channel);
      channelsChanged = true;
      if (FrameCodec.decodeFromWorker(frames) instanceof FromWorker.Started hello
          && hello.rank() >= 0
          && hello.rank() < slots
          && workers[hello.rank()] != null
          && workers[hello.rank()].start == hello.start()) {
        WorkerJvm worker = workers[hello.rank()];
        worker.channel = channel;
        while (!worker.unsent.isEmpty()) {
          write(worker, worker.unsent.poll());
        }
        return true;
      }
      close(channel);
    } catch (IOException | ProtocolException e) {
      unnamed.remove(channel);
      close(channel);
    }
    return false;
  }

  private int readAll(WorkerJvm worker) {
    int read = 0;
    if (!worker.channel.channel().isOpen()) {
      return 0;
    }
    try {
      List<byte[]> frames;
      while ((frames = worker.channel.read()) != null) {
        read++;
        said(worker, FrameCodec.decodeFromWorker(frames));
      }
    } catch (IOException e) {
      // Its end is told by its exit; a closed channel would wake the poller for ever.
      close(worker.channel);
      channelsChanged = true;
    } catch (ProtocolException e) {
      log.warn("worker {} says nonsense and is ended: {}", worker.slot, e.getMessage());
      kill(worker.slot);
    }
    return read;
  }

  private void said(WorkerJvm worker, FromWorker message) {
    if (worker.withRanks == null || !(message instanceof FromWorker.Finished finished)) {
      listener.said(worker.slot, message);
      return;
    }
    worker.unswept.addAll(finished.outcomes());
    worker.thread.execute(
        worker.share,
        () -> {
          worker.endRanks(tools, false);
          onLoop.accept(() -> swept(worker));
        });
  }

  /** If the worker JVM has ended meanwhile, its end told of the outcome. */
  private void swept(WorkerJvm worker) {
    if (workers[worker.slot] == worker && !worker.unswept.isEmpty()) {
      List<TaskOutcome> outcomes = List.copyOf(worker.unswept);
      worker.unswept.clear();
      worker.withRanks = null;
      listener.said(worker.slot, new FromWorker.Finished(outcomes));
    }
  }

  private static void close(FrameChannel channel) {
    try {
      channel.close();
    } catch (IOException e) {
      log.debug("closing a worker's channel", e);
    }
  }

  /**
   * Whether the channels that a poller must watch, or for what, are others than at the last call.
   */
  boolean takeChannelsChanged() {
    boolean changed = channelsChanged;
    channelsChanged = false;
    return changed;
  }

  void register(ZMQ.Poller poller) {
    unnamed.forEach(channel -> poller.register(channel.channel(), ZMQ.Poller.POLLIN));
    for (WorkerJvm worker : workers) {
      if (worker != null && worker.channel != null && worker.channel.channel().isOpen()) {
        poller.register(
            worker.channel.channel(),
            ZMQ.Poller.POLLIN | (worker.channel.isWriting() ? ZMQ.Poller.POLLOUT : 0));
      }
    }
  }

  /** Kills all that live, at once. */
  private void killAll() {
    for (WorkerJvm worker : workers) {
      if (worker != null) {
        worker.kill();
      }
    }
  }

  @Override
  public void close() throws IOException {
    killAll();
    server.close();
    for (WorkerJvm worker : workers) {
      if (worker != null && worker.channel != null) {
        close(worker.channel);
      }
    }
  }
}
