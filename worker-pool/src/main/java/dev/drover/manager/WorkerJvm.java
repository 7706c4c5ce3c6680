package dev.drover.manager;

import dev.drover.pinning.SlotPlaces;
import dev.drover.process.ChildProcess;
import dev.drover.process.Exit;
import dev.drover.process.ProcessLook;
import dev.drover.process.ProcessTree;
import dev.drover.process.TreeTermination;
import dev.drover.protocol.FrameChannel;
import dev.drover.protocol.FrameCodec;
import dev.drover.protocol.FromWorker;
import dev.drover.protocol.ProtocolException;
import dev.drover.protocol.ToWorker;
import dev.drover.task.Ending;
import dev.drover.task.TaskAssignment;
import dev.drover.task.TaskOutcome;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One worker JVM, from the wish to start it to its end. The loop's thread only. */
final class WorkerJvm {
  private static final Logger log = LoggerFactory.getLogger(WorkerJvm.class);
  private static final int LAST_SIGNAL = 9;

  final int slot;
  final SlotThread thread;
  final SlotPlaces.Share share;

  /** Which start of the manager's this is: no two worker JVMs have the same. */
  final int start;

  final ArrayDeque<ToWorker> unsent = new ArrayDeque<>();
  Path logFile;
  String cookie;
  OptionalLong oomKills = OptionalLong.empty();

  /** {@code null} until it was started. */
  ChildProcess process;

  private long startTicks;

  /** {@code null} until it has come up; kept when it is closed. */
  FrameChannel channel;

  boolean killAsked;

  /** The function with ranks that it runs, alone; null = it runs none. */
  volatile TaskAssignment withRanks;

  /** That function's outcome, while its ranks are being ended. */
  final List<TaskOutcome> unswept = new ArrayList<>();

  private volatile TreeTermination termination;

  WorkerJvm(int slot, SlotThread thread, SlotPlaces.Share share, int start) {
    this.slot = slot;
    this.thread = thread;
    this.share = share;
    this.start = start;
  }

  /**
   * It was started.
   *
   * @param started which nobody has awaited
   */
  void started(ChildProcess started) {
    startTicks = ProcessTree.startTicks(started.pid());
    process = started;
  }

  /** Kills it, at once and without a look at what it started, if it lives. */
  void kill() {
    if (process != null) {
      process.signalGroup(LAST_SIGNAL);
    }
  }

  /** Ends its whole tree, step by step; not while it is still starting. */
  void advanceEnd(Duration grace, ProcessLook look) {
    if (process == null) {
      return;
    }
    if (termination == null) {
      termination = TreeTermination.begin(process, cookie, grace, System.nanoTime(), look);
    } else {
      termination.advance(System.nanoTime(), look);
    }
  }

  /**
   * Ends what is left of it once it has ended: the grace of its end is over, and whoever awaited it
   * may be earlier than the loop's next step. Not on the loop's thread.
   */
  void endLeftovers(SlotTools tools) {
    TreeTermination end = termination;
    if (!endRanks(tools, true) && end != null && !end.isGone()) {
      end.killLeftovers();
    }
  }

  /**
   * Not on the loop's thread: a scheduler may take its time.
   *
   * @return false when it ran no function with ranks, so that nothing was ended
   */
  boolean endRanks(SlotTools tools, boolean died) {
    TaskAssignment task = withRanks;
    if (task == null) {
      return false;
    }
    RankSweep sweep = tools.rankSweep(task, cookie, process.pid(), startTicks);
    if (!died) {
      sweep.killHere();
    }
    sweep.end(died);
    return true;
  }

  /** What it sent before it ended may lie in the socket still. */
  void readLast(List<TaskOutcome> last) {
    try {
      List<byte[]> frames;
      while (channel.channel().isOpen() && (frames = channel.read()) != null) {
        if (FrameCodec.decodeFromWorker(frames) instanceof FromWorker.Finished finished) {
          last.addAll(finished.outcomes());
        }
      }
    } catch (IOException | ProtocolException e) {
      log.debug("the last of worker {}: {}", slot, e.toString());
    }
  }

  /** What its exit says. */
  WorkerDeath death(Exit exit, String host, SlotTools tools) {
    String tail = OutputCapture.tail(logFile);
    if (exit.signal() != 0) {
      OptionalLong now = tools.oomKills();
      if (exit.signal() == LAST_SIGNAL && now.isPresent() && now.getAsLong() > oomKills.orElse(0)) {
        return new WorkerDeath(
            Ending.OUT_OF_MEMORY,
            -1,
            LAST_SIGNAL,
            "the system killed its worker JVM for want of memory: ask for more, or run fewer workers on a node",
            tail);
      }
      return new WorkerDeath(
          Ending.WORKER_LOST,
          -1,
          exit.signal(),
          "worker %d on %s was killed by signal %d".formatted(slot, host, exit.signal()),
          tail);
    }
    boolean cameUp = channel != null;
    String message =
        cameUp
            ? "the task ended its worker JVM with exit code %d (System.exit, or a crash in native code)"
                .formatted(exit.exitCode())
            : "its worker JVM ended with exit code %d before it came up; its log: %s"
                .formatted(exit.exitCode(), logFile);
    return new WorkerDeath(
        cameUp ? Ending.THREW : Ending.NOT_STARTED, exit.exitCode(), 0, message, tail);
  }
}
