package dev.drover.remote;

import dev.drover.protocol.IdRange;
import dev.drover.protocol.Order;
import dev.drover.protocol.SubmittedTasks;
import dev.drover.protocol.ToSubmitter;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** What a {@link SubmissionServer} serves. Called on its loop: every method returns at once. */
public interface SubmissionService {
  /**
   * Takes tasks in under the ids that they have.
   *
   * @param accepted run on any thread when they are in the journal; never, when they cannot be
   */
  void submit(List<SubmittedTasks> tasks, Runnable accepted);

  /** Does what the order says; it is neither a submission nor the end. */
  void obey(Order order);

  /**
   * Reports again how those of these tasks ended whose reports are not kept any more, as far as the
   * journal knows it: a submitter has attached that lost what it had.
   */
  void recall(List<IdRange> tasks);

  /** What is going on. */
  CompletableFuture<ToSubmitter.Status> status();

  /** The run cannot go on: ends all tasks. */
  void fail(String reason);

  /**
   * Ends managers, blocks and journal.
   *
   * @param how in the journal's words
   * @param ended run on any thread when that is done
   */
  void end(String how, String reason, Runnable ended);
}
