package dev.drover.worker;

import dev.drover.task.Ending;
import dev.drover.task.TaskAssignment;
import dev.drover.task.TaskId;
import dev.drover.task.TaskOutcome;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The core of a worker JVM: takes assignments, runs them one at a time in their order, and sends
 * their outcomes in batches.
 *
 * <p>Three threads: the <em>runner</em> (who calls {@link #run}) runs tasks; the <em>reader</em>
 * blocks in the source and fills the queue; the <em>flusher</em> sleeps until outcomes wait behind
 * a task that runs long. A batch is sent when the queue is empty, at {@value #BATCH} outcomes, when
 * its first outcome has waited {@value #BATCH_NANOS} ns, or by the flusher after at most twice
 * {@value #PATIENCE_NANOS} ns.
 */
public final class WorkerLoop {
  private static final Logger LOG = LoggerFactory.getLogger(WorkerLoop.class);
  private static final int BATCH = 32;
  private static final long BATCH_NANOS = 200_000;
  private static final long PATIENCE_NANOS = 2_000_000;

  private final TaskSource source;
  private final OutcomeSink sink;
  private final Function<TaskAssignment, TaskOutcome> runner;
  private final Runnable sourceEnded;

  private final Object queueLock = new Object();
  private final ArrayDeque<TaskAssignment> queue = new ArrayDeque<>();
  private boolean runnerWaits;
  private boolean stopped;

  private final Object outboxLock = new Object();
  private int unsent;
  private long unsentSince;
  private long batches;
  private boolean batchOpen; // runner's own: outcomes were added since its last flush

  private final Thread flusher = new Thread(this::flushBehindLongTasks, "drover-flusher");
  private volatile boolean flusherSleeps = true;
  private volatile boolean ended;

  /**
   * @param runner runs one task on the runner thread; what it throws becomes {@code NOT_STARTED}
   * @param sourceEnded called once, on the reader thread, when the manager is gone or said stop; a
   *     task may still be running then
   */
  public WorkerLoop(
      TaskSource source,
      OutcomeSink sink,
      Function<TaskAssignment, TaskOutcome> runner,
      Runnable sourceEnded) {
    this.source = source;
    this.sink = sink;
    this.runner = runner;
    this.sourceEnded = sourceEnded;
  }

  /**
   * Runs tasks on the calling thread until the source ends or the outcomes cannot be sent. Tasks
   * not begun by then are dropped: their manager knows that it has no outcome of them. Call it
   * once.
   */
  public void run() {
    Thread reader = new Thread(this::read, "drover-reader");
    reader.setDaemon(true);
    flusher.setDaemon(true);
    reader.start();
    flusher.start();
    try {
      for (TaskAssignment task = next(); task != null; task = next()) {
        TaskOutcome outcome = runSafely(task);
        finished(outcome);
      }
      flush();
    } catch (IOException e) {
      LOG.error("the manager takes no outcomes any more; this worker ends", e);
    } finally {
      stop();
      ended = true;
      LockSupport.unpark(flusher);
    }
  }

  /**
   * Takes back the tasks that have not begun, in their order. None of them will run, and no other
   * task is lost. Called by the reader thread, from within {@link TaskSource#take}.
   */
  public List<TaskId> recall() {
    synchronized (queueLock) {
      List<TaskId> recalled = new ArrayList<>(queue.size());
      for (TaskAssignment task : queue) {
        recalled.add(task.id());
      }
      queue.clear();
      return recalled;
    }
  }

  /** Reader thread. */
  private void read() {
    try {
      for (List<TaskAssignment> tasks = source.take(); tasks != null; tasks = source.take()) {
        if (!enqueue(tasks)) {
          return;
        }
      }
    } catch (IOException | RuntimeException e) {
      LOG.warn("the connection to the manager broke", e);
    }
    stop();
    sourceEnded.run();
  }

  private boolean enqueue(List<TaskAssignment> tasks) {
    synchronized (queueLock) {
      queue.addAll(tasks);
      if (runnerWaits && !queue.isEmpty()) {
        queueLock.notifyAll();
      }
      return !stopped;
    }
  }

  private void stop() {
    synchronized (queueLock) {
      stopped = true;
      queue.clear();
      queueLock.notifyAll();
    }
  }

  /** Runner thread: the next task, after sending what waits when there is none yet. */
  private TaskAssignment next() throws IOException {
    synchronized (queueLock) {
      TaskAssignment task = queue.poll();
      if (task == null && stopped) {
        return null;
      }
      if (task != null) {
        wakeFlusherForOpenBatch();
        return task;
      }
    }
    batchOpen = false;
    flush();
    synchronized (queueLock) {
      runnerWaits = true;
      while (queue.isEmpty() && !stopped) {
        try {
          queueLock.wait();
        } catch (InterruptedException e) {
          continue; // a thread that some task left behind; the loop ends by its source only
        }
      }
      runnerWaits = false;
      return queue.poll();
    }
  }

  private TaskOutcome runSafely(TaskAssignment task) {
    try {
      return runner.apply(task);
    } catch (RuntimeException | Error e) {
      LOG.error("task {} could not be started", task.id(), e);
      return TaskOutcome.without(
          task.id(),
          task.attempt(),
          Ending.NOT_STARTED,
          ThrowableText.describe(e),
          System.currentTimeMillis() * 1000);
    }
  }

  /** Runner thread. */
  private void finished(TaskOutcome outcome) throws IOException {
    batchOpen = true;
    synchronized (outboxLock) {
      sink.finished(outcome);
      long now = System.nanoTime();
      if (unsent++ == 0) {
        unsentSince = now;
      }
      if (unsent >= BATCH || now - unsentSince >= BATCH_NANOS) {
        batchOpen = false;
        flush();
      }
    }
  }

  /** Runner thread: the task that now begins may run for hours. */
  private void wakeFlusherForOpenBatch() {
    if (batchOpen && flusherSleeps) {
      flusherSleeps = false;
      LockSupport.unpark(flusher);
    }
  }

  /**
   * Sends the outcomes that wait, as the last act of a JVM that a task or its manager ends: a task
   * that has ended must not be taken for the one that ended the JVM. Any thread.
   */
  public void flushAtExit() {
    try {
      flush();
    } catch (IOException e) {
      LOG.debug("the manager takes no outcomes any more", e);
    }
  }

  private void flush() throws IOException {
    synchronized (outboxLock) {
      if (unsent > 0) {
        unsent = 0;
        batches++;
        sink.flush();
      }
    }
  }

  /** Flusher thread: looks after a batch while the runner is busy, parks when nothing waits. */
  private void flushBehindLongTasks() {
    long seen = -1;
    while (!ended) {
      if (flusherSleeps) {
        LockSupport.park(this);
        continue;
      }
      LockSupport.parkNanos(this, PATIENCE_NANOS);
      synchronized (outboxLock) {
        if (unsent == 0) {
          flusherSleeps = true;
        } else if (batches == seen) {
          try {
            flush();
          } catch (IOException e) {
            return; // the runner meets the same error at its next outcome
          }
        }
        seen = batches;
      }
    }
  }
}
