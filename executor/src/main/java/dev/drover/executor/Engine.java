package dev.drover.executor;

import dev.drover.block.Takeover;
import dev.drover.interchange.Submission;
import dev.drover.journal.RunEnd;
import dev.drover.protocol.ManagerId;
import dev.drover.submit.ExecutorStatus;
import dev.drover.submit.TaskReport;
import dev.drover.task.TaskId;
import java.io.IOException;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * What runs behind an executor: an interchange with its blocks, in this JVM ({@link LocalEngine})
 * or in a process on a head node ({@link RemoteEngine}). Any thread may call; every method returns
 * at once but those that say otherwise.
 */
interface Engine {
  /** Who is told what becomes of the tasks. */
  interface User {
    /** A task ended; told before its completion, on the thread that journals. */
    void ended(TaskReport report);

    /** The engine takes no more tasks; told once, on any thread. */
    default void broke(BadStateException problem) {}

    /** So many tasks ended when the engine broke, and nothing more is known of them. */
    default void untold(long tasks) {}

    /**
     * Is given each end before it is journaled, on the interchange's loop, to keep it elsewhere.
     *
     * @param isFinal whether the task has ended for a resumed run, too
     * @param kept run once it is kept; never, when it cannot be
     */
    default void keep(TaskReport report, boolean isFinal, Runnable kept) {
      kept.run();
    }
  }

  /**
   * Ends or takes over what an earlier process left, then asks for the first blocks.
   *
   * @throws IOException when a job of the earlier process does not end: its tasks would run twice
   */
  void start(List<Takeover.LeftBlock> left) throws IOException;

  /** Journals tasks and takes them in. */
  void submit(List<Submission> submissions);

  /** Takes in tasks that the journal knows already. */
  void resubmit(List<Submission> submissions);

  /** Ends these tasks, in the queue or where they run; each still ends in its report. */
  void cancel(Collection<TaskId> tasks);

  /** Ends all tasks for good; each still ends in its report. */
  void cancelAll(String reason);

  /**
   * The run stops before all is done: what is cancelled from now on is not over for a resumed run.
   */
  void stopping();

  /** Gives a manager no new tasks, or ({@code on} false) gives it tasks again. */
  void hold(ManagerId manager, boolean on);

  /** Lets a manager finish what it runs and leave. */
  void drain(ManagerId manager);

  /** Asks for more blocks, up to {@code provider.max-blocks}. */
  void scaleOut(int blocks);

  /** Gives blocks back once they have nothing to do. */
  void scaleIn(Collection<String> blocks);

  /**
   * What is going on. Of ended tasks it counts those that it knows of; those who count themselves
   * pass that over.
   */
  CompletableFuture<ExecutorStatus> status();

  /** Why it takes no more tasks; empty = it is well. */
  Optional<BadStateException> badState();

  /** Takes no more: what waits fails with the reason, what runs is ended. */
  void fail(BadStateException problem);

  /** Control port of the interchange. */
  int port();

  /**
   * Ends everything, in order: managers, blocks, callbacks, journal. Blocks until it is done.
   *
   * @param reason for the journal; empty = how says it all
   */
  void close(RunEnd how, String reason);

  /** Ends what was made, after {@link #start} failed. Blocks until it is done. */
  void breakOff();

  /**
   * Tells the managers to stop and asks for the end of all blocks, and waits for nothing of that:
   * the JVM ends at once, and what is not told within {@code patience} is not told.
   */
  void abandon(Duration patience);
}
