package dev.drover.cli.run;

import dev.drover.cli.inspect.RunView;
import dev.drover.submit.ExecutorStatus;
import dev.drover.submit.TaskBatch;
import dev.drover.task.TaskId;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * What the command needs of a started engine. Tasks get dense ids from 1, in the order of
 * submission and, inside a batch, of their index.
 */
public interface Ensemble extends AutoCloseable {
  /** Where this run keeps its files; it exists. */
  Path runDirectory();

  /**
   * What the run had done before this process continued it; empty = it is new. Tasks that were
   * submitted then keep their ids, and those that have not ended are run by the engine without
   * being submitted again; their ends go to the completion that the engine was opened with.
   */
  Optional<RunView> earlier();

  /**
   * Takes tasks in; returns when they are queued, not when they run. Must not call a completion on
   * the calling thread.
   */
  void submit(List<TaskBatch> batches);

  /** Ends these tasks for good, queued or running; each ends in a report. Returns when asked. */
  void cancel(Collection<TaskId> tasks);

  /**
   * Ends all tasks, queued and running, because the run stops; each still ends in a report, as
   * CANCELLED. Not final: to a run that is resumed these tasks have not ended. Returns when asked.
   */
  void cancelAll();

  /** What is going on now; cheap enough to be asked ten times a second. */
  ExecutorStatus status();

  /**
   * Asks for the end of everything that runs and returns within seconds, whatever comes of it: the
   * process ends next. Any thread; also while {@link #close} is at work.
   */
  void abandon();

  /** Gives blocks back and closes the journal. All tasks have ended, or are given up. */
  @Override
  void close();
}
