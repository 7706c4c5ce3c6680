package dev.drover.executor;

import dev.drover.interchange.Submission;
import dev.drover.submit.TaskBatch;
import dev.drover.submit.TaskReport;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What an executor has taken in: it gives tasks their ids and counts them until they have ended;
 * once shut, it takes no more. Any thread may call.
 */
final class Intake implements Engine.User {
  private final AtomicLong lastId;
  private final AtomicLong accepted = new AtomicLong();
  private final AtomicLong finished = new AtomicLong();
  private final AtomicLong failed = new AtomicLong();
  private final AtomicBoolean shut = new AtomicBoolean();
  private final CompletableFuture<Void> allOver = new CompletableFuture<>();

  /** Is told the first id of each batch, before the batch is on its way. */
  interface Numbering {
    void accept(TaskBatch batch, long firstId);
  }

  /**
   * @param lastId highest that the run has given
   */
  Intake(long lastId) {
    this.lastId = new AtomicLong(lastId);
  }

  /**
   * Checks that tasks may come in.
   *
   * @throws RejectedExecutionException when it is shut
   */
  void checkOpen() {
    if (isShut()) {
      throw new RejectedExecutionException("this executor was shut down: make a new one");
    }
  }

  /**
   * Counts batches, whose tasks get the next ids, in order: once they are counted, who shuts it
   * waits for them.
   *
   * @throws RejectedExecutionException when it was shut before
   */
  List<Submission> number(List<TaskBatch> batches, Numbering numbering) {
    long tasks = batches.stream().mapToLong(TaskBatch::count).sum();
    accepted.addAndGet(tasks);
    boolean numbered = false;
    try {
      checkOpen();
      List<Submission> submissions = new ArrayList<>(batches.size());
      for (TaskBatch batch : batches) {
        long first = lastId.getAndAdd(batch.count()) + 1;
        numbering.accept(batch, first);
        submissions.add(new Submission(first, batch));
      }
      numbered = true;
      return submissions;
    } finally {
      if (!numbered) {
        accepted.addAndGet(-tasks);
        look();
      }
    }
  }

  /** Counts tasks that have ids already. */
  void count(List<Submission> submissions) {
    accepted.addAndGet(Submission.count(submissions));
  }

  @Override
  public void ended(TaskReport report) {
    if (!report.outcome().ending().isSuccess()) {
      failed.incrementAndGet();
    }
    finished.incrementAndGet();
    look();
  }

  @Override
  public void untold(long tasks) {
    failed.addAndGet(tasks);
    finished.addAndGet(tasks);
    look();
  }

  private void look() {
    if (isShut() && outstanding() <= 0) { // in this order: what was counted before is seen
      allOver.complete(null);
    }
  }

  /** Takes no more from now on; false = that is so already. */
  boolean shut() {
    boolean first = shut.compareAndSet(false, true);
    look();
    return first;
  }

  boolean isShut() {
    return shut.get();
  }

  /** Done when it is shut and all have ended; on any thread. */
  CompletableFuture<Void> allOver() {
    return allOver;
  }

  /** Tasks accepted that have not ended. */
  long outstanding() {
    return accepted.get() - finished.get();
  }

  long finished() {
    return finished.get();
  }

  long failed() {
    return failed.get();
  }
}
