package dev.drover.manager;

import dev.drover.mpi.LeftRanks;
import dev.drover.process.ProcessTree;
import dev.drover.process.TreeTermination;
import dev.drover.protocol.BlockTime;
import dev.drover.task.TaskId;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The end of a task with ranks: its nodes are the next task's now, so no process of it may stay on
 * any of them, wherever it went. One thread at a time.
 */
final class RankSweep {
  private static final Logger log = LoggerFactory.getLogger(RankSweep.class);

  /** A controller that is restarted answers again within this. */
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private static final Duration LEAST_PATIENCE = Duration.ofSeconds(2);

  private final TaskId task;
  private final List<String> nodes;
  private final String cookie;
  private final long pid;
  private final long startTicks;
  private final LeftRanks elsewhere;
  private final BlockTime blockTime;
  private int killed;

  /**
   * @param nodes the task's
   * @param cookie the whole environment entry of the task's processes
   * @param pid of the task's first process
   * @param startTicks when that was started, {@link ProcessTree#startTicks}
   */
  RankSweep(
      TaskId task,
      List<String> nodes,
      String cookie,
      long pid,
      long startTicks,
      LeftRanks elsewhere,
      BlockTime blockTime) {
    this.task = task;
    this.nodes = nodes;
    this.cookie = cookie;
    this.pid = pid;
    this.startTicks = startTicks;
    this.elsewhere = elsewhere;
    this.blockTime = blockTime;
  }

  /** Kills what is left on this node, but for the first process. */
  void killHere() {
    kill(false);
  }

  private void kill(boolean byForce) {
    int found = TreeTermination.killLeftovers(cookie, pid, startTicks, byForce);
    if (found > 0) {
      killed += found;
      log.info("task {} left {} processes behind: they were killed", task, found);
    }
  }

  /**
   * Ends what is left anywhere. A task that ended by itself and left nothing here has seen its
   * launchers end, and they their ranks: nobody is asked.
   *
   * @param died whether the task's first process was killed, or something that it started
   * @return what may still run, and why; empty = nothing
   */
  String end(boolean died) {
    if (!died && killed == 0) {
      return "";
    }
    kill(true);
    Thread.interrupted(); // meant for a function that has ended
    Optional<String> left = elsewhere.end(nodes, patience());
    left.ifPresent(words -> log.warn("task {} is over, and {}", task, words));
    return left.orElse("");
  }

  /** What the block's end leaves time for, so that the outcome can be told. */
  private Duration patience() {
    if (!blockTime.isLimited()) {
      return PATIENCE;
    }
    Duration half = Duration.ofMillis((blockTime.endMillis() - System.currentTimeMillis()) / 2);
    Duration atLeast = half.compareTo(LEAST_PATIENCE) < 0 ? LEAST_PATIENCE : half;
    return atLeast.compareTo(PATIENCE) < 0 ? atLeast : PATIENCE;
  }
}
